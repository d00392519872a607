"""What the workshop's programs ask of the tables, and how they write to them.

Every function takes the session it works in and commits nothing: who opens it does, best by
`async with database.session.sessions(engine, PACK).begin() as session`. Relationships are loaded only where a function
says so; touching another raises an error instead of asking the database once for each row.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import col

from pipeline.packs.components.tables import (
    Conversation,
    Document,
    DocumentChunk,
    EmbeddingModel,
    Message,
    RequirementExport,
    User,
)

T = TypeVar("T")

FAST_MS = 3000
"""A proposal that takes less is fast."""


class ApprovalMetrics(NamedTuple):
    """What people did with proposals, on average of all exports; None where there is no export."""

    approved: Decimal | None
    edited: Decimal | None
    custom_added: Decimal | None


async def user_by_email(session: AsyncSession, email: str) -> User | None:
    """The account with that address, for signing in."""
    return await session.scalar(sa.select(User).where(col(User.email) == email))


async def active_users(session: AsyncSession) -> Sequence[User]:
    """The accounts in use, newest first."""
    return await _all(session, sa.select(User).where(col(User.is_active)).order_by(col(User.created_at).desc()))


async def user_documents(session: AsyncSession, user_id: int) -> Sequence[Document]:
    """The documents of a user that are ready to be searched, newest first."""
    own = sa.select(Document).where(col(Document.user_id) == user_id, col(Document.processing_status) == "completed")
    return await _all(session, own.order_by(col(Document.created_at).desc()))


async def pending_documents(session: AsyncSession, limit: int = 10) -> Sequence[Document]:
    """The documents that wait to be processed, oldest first."""
    waiting = sa.select(Document).where(col(Document.processing_status) == "pending")
    return await _all(session, waiting.order_by(col(Document.created_at)).limit(limit))


async def document_with_chunks(session: AsyncSession, document_id: int) -> Document | None:
    """A document with its user and its chunks in order, in two statements."""
    along = (selectinload(_of(Document.chunks)), joinedload(_of(Document.user)))
    return await session.scalar(sa.select(Document).options(*along).where(col(Document.id) == document_id))


async def document_chunks(session: AsyncSession, document_id: int) -> Sequence[DocumentChunk]:
    """A document's chunks in order."""
    own = sa.select(DocumentChunk).where(col(DocumentChunk.document_id) == document_id)
    return await _all(session, own.order_by(col(DocumentChunk.chunk_index)))


async def full_document_text(session: AsyncSession, document_id: int) -> str:
    """The text of a document put together again from its chunks; empty where it has none."""
    own = sa.select(col(DocumentChunk.content)).where(col(DocumentChunk.document_id) == document_id)
    return "\n\n".join(await session.scalars(own.order_by(col(DocumentChunk.chunk_index))))


async def add_document(
    sessions: async_sessionmaker[AsyncSession], document: Document, process: Callable[[Document], Awaitable[None]]
) -> Document:
    """Add a document and have it processed, outside of any transaction.

    It is pending at first, then completed, or failed where `process` raises; the error goes on to the caller.
    """
    async with sessions.begin() as session:
        session.add(document)
    try:
        await process(document)
    except BaseException:
        await _set_status(sessions, document, "failed")
        raise
    await _set_status(sessions, document, "completed")
    return document


async def _set_status(sessions: async_sessionmaker[AsyncSession], document: Document, status: str) -> None:
    document.processing_status = status
    async with sessions.begin() as session:
        session.add(document)


async def record_vectors(session: AsyncSession, vectors: Mapping[int, str], embedding_model: str) -> None:
    """Note the points in Qdrant, by the ids of the chunks, and the name of the model that made them."""
    if vectors:
        named = {"embedding_model": embedding_model}
        rows = [{"id": chunk, "vector_id": point, **named} for chunk, point in vectors.items()]
        await session.execute(sa.update(DocumentChunk), rows)


async def user_conversations(session: AsyncSession, user_id: int) -> Sequence[Conversation]:
    """A user's active conversations, those that changed last first."""
    own = sa.select(Conversation).where(col(Conversation.user_id) == user_id, col(Conversation.status) == "active")
    return await _all(session, own.order_by(col(Conversation.updated_at).desc()))


async def conversations_page(
    session: AsyncSession, user_id: int, *, limit: int, before: int | None = None
) -> Sequence[Conversation]:
    """A page of a user's conversations, newest first; the next one is what lies `before` the last id of this one."""
    own = sa.select(Conversation).where(col(Conversation.user_id) == user_id)
    if before is not None:
        own = own.where(col(Conversation.id) < before)
    return await _all(session, own.order_by(col(Conversation.id).desc()).limit(limit))


async def conversation_with_messages(session: AsyncSession, conversation_id: int) -> Conversation | None:
    """A conversation with its messages in order, in two statements."""
    along = selectinload(_of(Conversation.messages))
    return await session.scalar(sa.select(Conversation).options(along).where(col(Conversation.id) == conversation_id))


async def conversation_messages(session: AsyncSession, conversation_id: int) -> Sequence[Message]:
    """A conversation's messages in order."""
    own = sa.select(Message).where(col(Message.conversation_id) == conversation_id)
    return await _all(session, own.order_by(col(Message.created_at), col(Message.id)))


async def message_with_context(session: AsyncSession, message_id: int) -> Message | None:
    """A message with the one that it answers, in one statement."""
    along = joinedload(_of(Message.parent_message))
    return await session.scalar(sa.select(Message).options(along).where(col(Message.id) == message_id))


async def start_conversation(
    session: AsyncSession,
    user_id: int,
    content: str,
    *,
    title: str = "New Conversation",
    model_name: str = "gpt-4",
    temperature: float = 0.7,
) -> Conversation:
    """A new conversation with its first message, all or nothing, in two statements."""
    conversation = Conversation(
        user_id=user_id,
        title=title,
        model_name=model_name,
        temperature=temperature,
        message_count=1,
        messages=[Message(role="user", content=content, message_index=0)],
    )
    session.add(conversation)
    await session.flush()
    return conversation


async def count_message(session: AsyncSession, conversation_id: int, tokens: int) -> bool:
    """Add one message and its tokens to a conversation's metrics, as the database holds them.

    Two who count at once do not lose one another's. Returns whether there is such a conversation.
    """
    counted = (
        sa.update(Conversation)
        .where(col(Conversation.id) == conversation_id)
        .values(
            message_count=col(Conversation.message_count) + 1,
            total_tokens_used=col(Conversation.total_tokens_used) + tokens,
            last_message_at=sa.func.now(),
        )
        .returning(col(Conversation.id))
    )
    return await session.scalar(counted) is not None


async def active_embedding_model(session: AsyncSession) -> EmbeddingModel | None:
    """The model that new vectors are made with: the default, or else the first by name of those in use."""
    in_use = sa.select(EmbeddingModel).where(col(EmbeddingModel.is_active))
    best = in_use.order_by(col(EmbeddingModel.is_default).desc(), col(EmbeddingModel.name)).limit(1)
    return await session.scalar(best)


async def exports_by_component(session: AsyncSession, component_type: str) -> Sequence[RequirementExport]:
    """The exports of one type of component, newest first."""
    alike = sa.select(RequirementExport).where(col(RequirementExport.component_type) == component_type)
    return await _all(session, alike.order_by(col(RequirementExport.created_at).desc()))


async def approval_metrics(session: AsyncSession) -> ApprovalMetrics:
    """How many requirements of an export were approved, edited and added by people, on average."""
    counts = (RequirementExport.approved_count, RequirementExport.edited_count, RequirementExport.custom_added_count)
    row = (await session.execute(sa.select(*(sa.func.avg(col(count)) for count in counts)))).one()
    return ApprovalMetrics(*row)


async def fast_exports(session: AsyncSession, below_ms: int = FAST_MS) -> Sequence[RequirementExport]:
    """The exports whose proposal took less than `below_ms` milliseconds, fastest first."""
    latency = col(RequirementExport.proposal_latency_ms)
    return await _all(session, sa.select(RequirementExport).where(latency < below_ms).order_by(latency))


async def _all(session: AsyncSession, statement: sa.Select[T]) -> Sequence[T]:
    return (await session.scalars(statement)).all()


def _of(relationship: Any) -> Any:
    """A relationship of a table's class, as a query wants it: SQLModel types it as what it holds."""
    return relationship
