"""The register for programs, on the real tables and in bounded numbers of statements."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from pipeline.database.session import make_sessions
from pipeline.packs.contracts import PACK
from pipeline.packs.contracts.data import (
    add_evidence,
    documents_by_party,
    obligations_of,
    open_flags,
    raise_flag,
    resolve_flag,
)
from pipeline.packs.contracts.tables import Document
from tests.packs.contracts.register import AMENDMENT, EVIDENCE, FASTER, HEAD, MSA, apply


@pytest.fixture
async def session(engine: AsyncEngine, folder: Path) -> AsyncIterator[AsyncSession]:
    """A session on a small register."""
    await apply(engine, folder, HEAD, MSA, EVIDENCE, AMENDMENT, FASTER)
    async with make_sessions(engine, PACK)() as session:
        yield session


@contextmanager
def statements(session: AsyncSession) -> Iterator[list[str]]:
    """The statements that are sent in the block."""
    sent: list[str] = []
    engine = session.bind.sync_engine  # type: ignore[union-attr]  # it is bound

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


async def test_documents_by_party(session: AsyncSession) -> None:
    with statements(session) as sent:
        found = await documents_by_party(session, "Bolt")
    assert [one.file_path for one in found] == ["2023/msa.pdf"]
    assert len(sent) == 1
    assert "@>" in sent[0]
    assert await documents_by_party(session, "bolt") == []
    assert len(await documents_by_party(session, "Bolt", organization="Acme")) == 1
    assert await documents_by_party(session, "Bolt", organization="Other") == []

    found[0].is_active = False
    await session.flush()
    assert await documents_by_party(session, "Bolt") == []
    assert len(await documents_by_party(session, "Bolt", retired=True)) == 1


async def test_the_index_answers_who_is_party(session: AsyncSession) -> None:
    await session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    question = """EXPLAIN SELECT id FROM contracts.documents WHERE parties @> '["Bolt"]'"""
    told = "\n".join((await session.scalars(sa.text(question))).all())
    assert "ix_documents_parties" in told


async def test_obligations_with_their_evidence(session: AsyncSession) -> None:
    with statements(session) as sent:
        found = await obligations_of(session, "Acme")
        assert [(one.document.filename, one.evidence) for one in found] == [("amendment.pdf", [])]
        every = await obligations_of(session, "Acme", statuses=["ACTIVE", "SUPERSEDED"])
    assert [(one.status, len(one.evidence)) for one in every] == [("SUPERSEDED", 1), ("ACTIVE", 0)]
    assert len(sent) == 4
    assert await obligations_of(session, "Other") == []


async def test_what_was_not_asked_for_is_not_loaded_in_secret(session: AsyncSession) -> None:
    (document,) = await documents_by_party(session, "Bolt")
    with pytest.raises(sa.exc.InvalidRequestError, match="lazy='raise'"):
        _ = document.obligations


async def test_evidence_is_added_and_stays(session: AsyncSession) -> None:
    (superseded,) = await obligations_of(session, "Acme", statuses=["SUPERSEDED"])
    added = await add_evidence(session, superseded, page_number=9, verification_result="CONFIRMED")
    assert added.created_at.tzinfo is not None
    assert added.doc_id == superseded.doc_id
    await session.commit()

    added.page_number = 10
    with pytest.raises(DBAPIError, match="evidence is only ever added"):
        await session.flush()


async def test_flags_are_raised_and_resolved(session: AsyncSession) -> None:
    (document,) = await documents_by_party(session, "Bolt")
    (obligation,) = await obligations_of(session, "Acme")
    flag = await raise_flag(session, document, "AMBIGUOUS", "Two agreements fit.")
    await raise_flag(session, obligation, "UNVERIFIED")

    with statements(session) as sent:
        assert [one.id for one in await open_flags(session, document)] == [flag.id]
    assert len(sent) == 1
    assert [one.flag_type for one in await open_flags(session, obligation)] == ["UNVERIFIED"]

    with statements(session) as sent:
        resolved = await resolve_flag(session, flag.id)
    assert len(sent) == 1
    assert resolved is not None
    assert resolved.resolved_at is not None
    assert await open_flags(session, document) == []
    again = await resolve_flag(session, flag.id, resolved=False)
    assert again is not None
    assert again.resolved_at is None
    assert await resolve_flag(session, uuid4()) is None


async def test_a_flag_about_nothing_is_refused(session: AsyncSession) -> None:
    with pytest.raises(IntegrityError, match="a document that does not exist"):
        await raise_flag(session, Document(id=uuid4(), filename="x", file_path="x"), "UNLINKED")
