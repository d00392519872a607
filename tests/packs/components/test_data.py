"""The queries of the workshop's programs, on a real database, with the statements they take."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from pipeline.database.session import sessions
from pipeline.packs.components import PACK, data
from pipeline.packs.components.tables import (
    Conversation,
    Document,
    DocumentChunk,
    EmbeddingModel,
    Message,
    RequirementExport,
    User,
)
from tests.packs.trial import statements

HASH = "$2b$12$"
NOON = datetime(2025, 10, 8, 12, tzinfo=UTC)


@pytest.fixture
def maker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return sessions(engine, PACK)


@pytest.fixture
async def session(maker: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """A session with one user, `dev`, in its database."""
    async with maker.begin() as first:
        first.add(user("dev"))
    async with maker.begin() as session:
        yield session


def user(name: str, *, is_active: bool = True) -> User:
    return User(email=f"{name}@example.com", username=name, hashed_password=HASH, is_active=is_active)


async def dev(session: AsyncSession) -> int:
    found = await data.user_by_email(session, "dev@example.com")
    assert found is not None
    assert found.id is not None
    return found.id


def document(owner: int, title: str = "Patterns", **more: Any) -> Document:
    return Document(user_id=owner, title=title, filename="p.pdf", file_path="/uploads/p.pdf", **more)


def hours(count: int) -> datetime:
    return NOON + timedelta(hours=count)


async def test_a_new_account_has_the_defaults_of_its_table(session: AsyncSession) -> None:
    found = await session.get_one(User, await dev(session))

    assert (found.is_active, found.is_admin, found.login_count, found.preferences) == (True, False, 0, {})
    assert found.created_at.tzinfo is not None


async def test_users_are_found_by_their_address(session: AsyncSession, engine: AsyncEngine) -> None:
    with statements(engine) as sent:
        assert await dev(session)
        assert await data.user_by_email(session, "nobody@example.com") is None
    assert len(sent) == 2


async def test_active_users_are_listed_newest_first(session: AsyncSession) -> None:
    session.add_all([user("gone", is_active=False), user("new")])
    await session.flush()
    later = sa.text("UPDATE components.users SET created_at = now() + interval '1 hour' WHERE username = 'new'")
    await session.execute(later)

    assert [found.username for found in await data.active_users(session)] == ["new", "dev"]


async def test_documents_of_a_user_and_those_that_wait(session: AsyncSession, engine: AsyncEngine) -> None:
    owner = await dev(session)
    for number, status in enumerate(("completed", "pending", "completed", "pending", "failed")):
        session.add(document(owner, str(number), processing_status=status, created_at=hours(number)))
    await session.flush()

    with statements(engine) as sent:
        assert [found.title for found in await data.user_documents(session, owner)] == ["2", "0"]
        assert [found.title for found in await data.pending_documents(session)] == ["1", "3"]
        assert [found.title for found in await data.pending_documents(session, limit=1)] == ["1"]
    assert len(sent) == 3


async def test_a_document_is_put_together_from_its_chunks(session: AsyncSession, engine: AsyncEngine) -> None:
    made = document(await dev(session))
    made.chunks = [DocumentChunk(chunk_index=index, content=f"text {index}") for index in (2, 0, 1)]
    session.add(made)
    await session.flush()
    session.expunge_all()
    assert made.id is not None

    with statements(engine) as sent:
        assert await data.full_document_text(session, made.id) == "text 0\n\ntext 1\n\ntext 2"
        assert [chunk.chunk_index for chunk in await data.document_chunks(session, made.id)] == [0, 1, 2]
    assert len(sent) == 2
    with statements(engine) as sent:
        whole = await data.document_with_chunks(session, made.id)
        assert whole is not None
        assert [chunk.chunk_index for chunk in whole.chunks] == [0, 1, 2]
        assert whole.user.username == "dev"
    assert len(sent) == 2
    assert await data.full_document_text(session, made.id + 1) == ""


async def test_vectors_are_noted_in_one_statement(session: AsyncSession, engine: AsyncEngine) -> None:
    made = document(await dev(session))
    made.chunks = [DocumentChunk(chunk_index=index, content="…") for index in range(3)]
    session.add(made)
    await session.flush()
    vectors = {chunk.id: f"point-{chunk.chunk_index}" for chunk in made.chunks if chunk.id is not None}

    with statements(engine) as sent:
        await data.record_vectors(session, vectors, "text-embedding-3-small")
        await data.record_vectors(session, {}, "text-embedding-3-small")

    assert len(sent) == 1
    session.expunge_all()
    found = await data.document_chunks(session, made.id or 0)
    assert [chunk.vector_id for chunk in found] == ["point-0", "point-1", "point-2"]
    assert {chunk.embedding_model for chunk in found} == {"text-embedding-3-small"}


async def test_a_document_that_is_processed_is_completed(
    maker: async_sessionmaker[AsyncSession], session: AsyncSession
) -> None:
    seen: list[str] = []

    async def process(made: Document) -> None:
        async with maker() as other:
            seen.append((await other.get_one(Document, made.id)).processing_status)

    made = await data.add_document(maker, document(await dev(session)), process)

    assert seen == ["pending"]
    assert (await session.get_one(Document, made.id)).processing_status == "completed"


async def test_a_document_that_cannot_be_processed_has_failed(
    maker: async_sessionmaker[AsyncSession], session: AsyncSession
) -> None:
    async def process(_made: Document) -> None:
        raise ValueError("no text in it")

    made = document(await dev(session))
    with pytest.raises(ValueError, match="no text"):
        await data.add_document(maker, made, process)

    assert (await session.get_one(Document, made.id)).processing_status == "failed"


async def test_a_conversation_begins_with_its_first_message(session: AsyncSession, engine: AsyncEngine) -> None:
    owner = await dev(session)

    with statements(engine) as sent:
        made = await data.start_conversation(session, owner, "¿Cómo hago un botón?")
    assert len(sent) == 2
    session.expunge_all()

    with statements(engine) as sent:
        found = await data.conversation_with_messages(session, made.id or 0)
    assert len(sent) == 2
    assert found is not None
    assert (found.title, found.model_name, found.temperature, found.message_count) == (
        "New Conversation",
        "gpt-4",
        0.7,
        1,
    )
    assert [(message.role, message.content) for message in found.messages] == [("user", "¿Cómo hago un botón?")]


async def test_a_conversation_of_nobody_is_not_begun(
    maker: async_sessionmaker[AsyncSession], engine: AsyncEngine
) -> None:
    with pytest.raises(IntegrityError):
        async with maker.begin() as session:
            await data.start_conversation(session, 404, "?")

    async with maker() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Message)) == 0


async def test_messages_are_counted_as_the_database_holds_them(
    maker: async_sessionmaker[AsyncSession], session: AsyncSession, engine: AsyncEngine
) -> None:
    made = await data.start_conversation(session, await dev(session), "?")
    await session.commit()
    number = made.id or 0
    async with maker.begin() as one:
        assert await one.get(Conversation, number)  # what it knows of the counts is soon old
        async with maker.begin() as other:
            with statements(engine) as sent:
                assert await data.count_message(other, number, 100)
            assert len(sent) == 1
        assert await data.count_message(one, number, 20)
        assert not await data.count_message(one, number + 1, 20)

    async with maker() as after:
        found = await after.get_one(Conversation, number)
        assert (found.message_count, found.total_tokens_used) == (3, 120)
        assert found.last_message_at is not None


async def test_conversations_page_by_page(session: AsyncSession, engine: AsyncEngine) -> None:
    owner = await dev(session)
    session.add_all([Conversation(user_id=owner, title=str(number)) for number in range(5)])
    await session.flush()

    pages, before = [], None
    with statements(engine) as sent:
        while page := await data.conversations_page(session, owner, limit=2, before=before):
            pages.append([found.title for found in page])
            before = page[-1].id
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    assert len(sent) == 4


async def test_active_conversations_that_changed_last_come_first(session: AsyncSession) -> None:
    owner = await dev(session)
    for number, status in enumerate(("active", "archived", "active")):
        session.add(Conversation(user_id=owner, title=str(number), status=status, updated_at=hours(-number)))
    await session.flush()

    assert [found.title for found in await data.user_conversations(session, owner)] == ["0", "2"]


async def test_a_message_comes_with_the_one_it_answers(session: AsyncSession, engine: AsyncEngine) -> None:
    made = await data.start_conversation(session, await dev(session), "?")
    first = (await data.conversation_messages(session, made.id or 0))[0]
    reply = Message(
        conversation_id=made.id or 0,
        parent_message_id=first.id,
        role="assistant",
        content="!",
        context_documents=[15, 28],
    )
    session.add(reply)
    await session.flush()
    session.expunge_all()

    with statements(engine) as sent:
        found = await data.message_with_context(session, reply.id or 0)
    assert len(sent) == 1
    assert found is not None
    assert found.parent_message is not None
    assert (found.parent_message.content, found.context_documents) == ("?", [15, 28])
    assert [message.role for message in await data.conversation_messages(session, made.id or 0)] == [
        "user",
        "assistant",
    ]


async def test_nothing_is_loaded_unasked(session: AsyncSession) -> None:
    made = await data.start_conversation(session, await dev(session), "?")
    session.expunge_all()
    found = await session.get_one(Conversation, made.id)

    with pytest.raises(InvalidRequestError, match="messages"):
        _ = found.messages


async def test_what_belongs_to_an_account_goes_with_it(session: AsyncSession) -> None:
    owner = await dev(session)
    conversation = await data.start_conversation(session, owner, "?")
    made = document(owner)
    made.chunks = [DocumentChunk(chunk_index=0, content="…")]
    session.add_all([made, RequirementExport(user_id=owner, component_type="Card", requirements={})])
    await session.flush()
    session.expunge_all()

    await session.delete(await session.get_one(User, owner))
    await session.flush()

    assert conversation.id
    for table in (Conversation, Message, Document, DocumentChunk, RequirementExport):
        assert await session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


async def test_replies_outlive_what_they_answer(session: AsyncSession) -> None:
    made = await data.start_conversation(session, await dev(session), "?")
    (first,) = await data.conversation_messages(session, made.id or 0)
    reply = Message(conversation_id=made.id or 0, parent_message_id=first.id, role="assistant", content="!")
    session.add(reply)
    await session.flush()
    session.expunge_all()

    await session.delete(await session.get_one(Message, first.id))
    await session.flush()

    assert (await session.get_one(Message, reply.id)).parent_message_id is None


async def test_the_model_in_use_is_the_default(session: AsyncSession, engine: AsyncEngine) -> None:
    assert await data.active_embedding_model(session) is None
    for name in "ab0":
        made = EmbeddingModel(name=name, provider="openai", dimension=1536, max_tokens=8191)
        made.is_default, made.is_active = name == "b", name != "0"
        session.add(made)
    await session.flush()

    with statements(engine) as sent:
        found = await data.active_embedding_model(session)
    assert len(sent) == 1
    assert found is not None
    assert found.name == "b"
    found.is_default = False
    await session.flush()
    assert (first := await data.active_embedding_model(session)) is not None
    assert first.name == "a"


async def test_exports_and_what_they_tell(session: AsyncSession, engine: AsyncEngine) -> None:
    assert await data.approval_metrics(session) == (None, None, None)
    owner = await dev(session)
    for number, (kind, latency) in enumerate((("Button", 4523), ("Card", 2999), ("Button", 100), ("Button", None))):
        session.add(
            RequirementExport(
                user_id=owner,
                component_type=kind,
                requirements={"props": []},
                approved_count=number,
                edited_count=1,
                proposal_latency_ms=latency,
                created_at=hours(number),
                notes=str(number),
            )
        )
    await session.flush()

    with statements(engine) as sent:
        assert [found.notes for found in await data.exports_by_component(session, "Button")] == ["3", "2", "0"]
        assert [found.notes for found in await data.fast_exports(session)] == ["2", "1"]
        assert await data.approval_metrics(session) == (Decimal("1.5"), Decimal(1), Decimal(0))
    assert len(sent) == 3


@pytest.mark.parametrize(
    "row",
    [
        Conversation(user_id=1, temperature=2.1),
        Conversation(user_id=1, status="open"),
        Message(conversation_id=1, role="robot", content=""),
        Message(conversation_id=1, role="user", content="", rating=6),
        RequirementExport(user_id=1, component_type="Wheel", requirements={}),
        RequirementExport(user_id=1, component_type="Card", requirements={}, component_confidence=1.1),
        EmbeddingModel(name="x", provider="y", dimension=0, max_tokens=1),
        DocumentChunk(document_id=1, chunk_index=-1, content=""),
    ],
    ids=lambda row: type(row).__name__,
)
async def test_values_out_of_range_are_refused(session: AsyncSession, row: object) -> None:
    session.add(row)
    with pytest.raises(IntegrityError, match="violates check constraint"):
        await session.flush()
    await session.rollback()
