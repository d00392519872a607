"""Operational rows through the ORM: what is loaded along, what never is, and what goes when something is deleted."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import selectinload
from sqlmodel import select

from pipeline.database.session import make_sessions
from pipeline.packs.homologation.tables import (
    AdminAccessLog,
    AdminUser,
    AuditLog,
    Base,
    Case,
    CaseElementData,
    CaseImage,
    ContainerErrorLog,
    ConversationHistory,
    ConversationMessage,
    DocumentChunk,
    Escalation,
    LLMUsageMetric,
    QueryCitation,
    RAGQuery,
    RegulatoryDocument,
    TariffTier,
    ToolCallLog,
    User,
    VehicleCategory,
)
from tests.packs.homologation.rows import Rows, counted

NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def office(engine: AsyncEngine, size: int) -> None:
    """`size` customers with a conversation and a case each, and `size` questions to one regulation."""
    async with make_sessions(engine)() as session:
        session.add_all(made(size))
        await session.commit()


def made(size: int) -> list[Base]:
    category = VehicleCategory(slug="motos-part", name="Motocicletas", client_type="particular")
    tier = TariffTier(category=category, code="T1", name="Proyecto", price=Decimal(410))
    document = RegulatoryDocument(
        title="Reglamento",
        document_type="reglamento",
        filename="r.pdf",
        stored_filename="1",
        file_size=1,
        file_hash="1",
    )
    rows: list[Base] = [category, tier, document]
    for number in range(size):
        user = User(phone=f"+3460000{number:04d}")
        conversation = ConversationHistory(user=user, chatwoot_conversation_id=str(number))
        call = Escalation(conversation=conversation, user=user, reason="No lo sé.")
        case = Case(conversation_id=str(number), user=user, category=category, tariff_tier=tier, escalation=call)
        case.element_codes = ["ESCAPE"]
        case.images = [CaseImage(stored_filename=f"{number}-{n}", display_name="Foto") for n in range(2)]
        case.element_data = [CaseElementData(element_code=code) for code in ("ESCAPE", "MANILLAR")]
        rows += [case, ToolCallLog(conversation=conversation, tool_name="tarifa")]
        rows += [ConversationMessage(conversation=conversation, role="user", content="Hola") for _ in range(3)]
        rows.append(metric(conversation))
        rows.append(question(document, number, user))
    return rows


def metric(conversation: ConversationHistory) -> LLMUsageMetric:
    return LLMUsageMetric(
        task_type="extraction", tier="local_fast", provider="ollama", model="m", latency_ms=1, conversation=conversation
    )


def question(document: RegulatoryDocument, number: int, user: User) -> RAGQuery:
    chunk = DocumentChunk(
        document=document,
        chunk_index=number,
        qdrant_point_id=str(number),
        content="Artículo 1",
        content_hash="1",
        char_count=10,
    )
    asked = RAGQuery(
        query_text="¿Qué es una reforma?",
        query_hash="1",
        user=user,
        total_ms=5,
        num_results_retrieved=1,
        num_results_reranked=1,
        num_results_used=1,
        response_generated=True,
    )
    asked.citations = [QueryCitation(document=document, chunk=chunk, rank=rank) for rank in (2, 1)]
    return asked


async def test_a_case_is_loaded_whole_and_nothing_late(engine: AsyncEngine) -> None:
    await office(engine, 3)
    async with make_sessions(engine)() as session:
        cases = (await session.scalars(select(Case).order_by(Case.conversation_id))).all()
        with counted(engine) as late:
            for case in cases:
                assert case.user is not None
                assert case.user.phone.startswith("+34")
                assert case.category is not None
                assert case.category.slug == "motos-part"
                assert case.tariff_tier is not None
                assert case.tariff_tier.code == "T1"
                assert case.escalation is not None
                assert case.escalation.status == "pending"
                assert [image.image_type for image in case.images] == ["base_documentation"] * 2
                assert {data.status for data in case.element_data} == {"pending_photos"}
                assert case.images[0].case is case
                assert (case.metadata_, case.element_codes, case.status) == ({}, ["ESCAPE"], "collecting")
        assert late == []


async def test_a_question_is_loaded_with_what_it_found(engine: AsyncEngine) -> None:
    await office(engine, 2)
    async with make_sessions(engine)() as session:
        questions = (await session.scalars(select(RAGQuery))).all()
        with counted(engine) as late:
            for asked in questions:
                assert [citation.rank for citation in asked.citations] == [1, 2]
                assert asked.user is not None
        assert late == []
        citations = (await session.scalars(select(QueryCitation))).all()
        with counted(engine) as late:
            assert {citation.chunk.content for citation in citations} == {"Artículo 1"}
            assert {citation.document.title for citation in citations} == {"Reglamento"}
        assert late == []


@pytest.mark.parametrize(
    "asked",
    [
        *(User, ConversationHistory, ConversationMessage, ToolCallLog, LLMUsageMetric),
        *(Case, CaseImage, CaseElementData, Escalation),
        *(RegulatoryDocument, DocumentChunk, RAGQuery, QueryCitation),
    ],
)
async def test_loading_takes_as_many_statements_however_many_rows(engine: AsyncEngine, asked: type[Base]) -> None:
    sent = []
    for size in (3, 30):
        await office(engine, size)
        with counted(engine) as statements:
            async with make_sessions(engine)() as session:
                assert (await session.scalars(select(asked))).all()
        sent.append(len(statements))
        async with engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                await connection.execute(sa.delete(table))
    assert sent[0] == sent[1] <= 20


async def test_what_never_ends_is_not_read_unasked(engine: AsyncEngine) -> None:
    await office(engine, 2)
    async with make_sessions(engine)() as session:
        conversation = (await session.scalars(select(ConversationHistory))).first()
        assert conversation is not None
        with pytest.raises(InvalidRequestError, match="lazy='raise'"):
            _ = conversation.messages
        session.expunge_all()
        asked = select(ConversationHistory).options(selectinload(ConversationHistory.messages))  # type: ignore[arg-type]  # SQLModel types it as a list
        assert [len(found.messages) for found in await session.scalars(asked)] == [3, 3]


async def test_who_leaves_the_administration_leaves_a_trace(engine: AsyncEngine) -> None:
    chief = AdminUser(username="ana", password_hash="x", role="admin")  # noqa: S106 -- no password
    clerk = AdminUser(username="eva", password_hash="x", creator=chief)  # noqa: S106
    error = ContainerErrorLog(
        service_name="api", container_name="api-1", level="ERROR", message="…", log_timestamp=NOW, resolver=clerk
    )
    change = AuditLog(entity_type="case", entity_id=uuid.uuid4(), action="delete", user="eva", admin_user=clerk)
    async with make_sessions(engine)() as session:
        session.add_all([chief, clerk, error, change, AdminAccessLog(user=clerk, action="login")])
        await session.commit()
        await session.delete(clerk)
        await session.commit()
    async with make_sessions(engine)() as session:
        assert (await session.scalars(select(AdminAccessLog))).all() == []
        kept = (await session.scalars(select(AuditLog))).one()
        assert (kept.user, kept.admin_user, kept.changes) == ("eva", None, None)
        assert (await session.scalars(select(ContainerErrorLog))).one().resolved_by is None
        assert await session.scalar(sa.text("SELECT changes IS NULL FROM audit_log")) is True
        await session.delete((await session.scalars(select(AdminUser))).one())
        await session.commit()


async def test_a_case_outlives_customer_conversation_and_tariff(engine: AsyncEngine) -> None:
    await office(engine, 1)
    async with make_sessions(engine)() as session:
        for model in (ConversationHistory, User, VehicleCategory):
            await session.delete((await session.scalars(select(model))).one())
            await session.commit()
    async with make_sessions(engine)() as session:
        case = (await session.scalars(select(Case))).one()
        assert (case.user_id, case.category_id, case.tariff_tier_id, case.escalation_id) == (None, None, None, None)
        assert len(case.images) == len(case.element_data) == 2
        for gone in (ConversationMessage, ToolCallLog, Escalation):
            assert (await session.scalars(select(gone))).all() == []
        assert (await session.scalars(select(LLMUsageMetric))).one().conversation is None
        assert (await session.scalars(select(RAGQuery))).one().user is None


@pytest.mark.parametrize(
    ("table", "on_delete"),
    [
        ("case_images", "cases"),
        ("case_element_data", "cases"),
        ("document_chunks", "regulatory_documents"),
        ("query_citations", "document_chunks"),
        ("query_citations", "rag_queries"),
        ("conversation_messages", "conversation_history"),
    ],
)
async def test_parts_go_with_the_whole(rows: Rows, table: str, on_delete: str) -> None:
    await rows.connection.execute(f"DELETE FROM {on_delete} WHERE id = $1", rows.ids[on_delete])  # noqa: S608
    assert await rows.connection.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608


async def test_one_escalation_belongs_to_one_case(engine: AsyncEngine) -> None:
    async with make_sessions(engine)() as session:
        conversation = ConversationHistory(chatwoot_conversation_id="1")
        call = Escalation(conversation=conversation, reason="No lo sé.")
        session.add_all([Case(conversation_id="1", escalation=call), Case(conversation_id="1", escalation=call)])
        with pytest.raises(sa.exc.IntegrityError, match="ix_cases_escalation_id"):
            await session.commit()


async def test_what_changes_says_when(engine: AsyncEngine) -> None:
    async with make_sessions(engine)() as session:
        user = User(phone="+34600000000")
        session.add(user)
        await session.commit()
        before = user.updated_at
        user.first_name = "Eva"
        await session.commit()
        await session.refresh(user)
        assert user.updated_at > before
        assert user.created_at == before
