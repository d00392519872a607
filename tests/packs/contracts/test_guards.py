"""What the database itself sees to, whoever is connected."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.packs.contracts import PACK
from tests.database.catalogue import fetch
from tests.packs.contracts.register import AMENDMENT, EVIDENCE, FASTER, HEAD, MSA, apply

FLAG = (
    "INSERT INTO contracts.flags (entity_type, entity_id, flag_type) SELECT 'document', id, 'UNLINKED'"
    " FROM contracts.documents WHERE filename = 'msa.pdf'"
)


@pytest.fixture
async def register(engine: AsyncEngine, folder: Path, database: str) -> str:
    """The URL of a database with a small register."""
    await apply(engine, folder, HEAD, MSA, EVIDENCE, AMENDMENT, FASTER)
    return database


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contracts.evidence SET page_number = 5",
        "UPDATE contracts.evidence SET page_number = page_number",
        "DELETE FROM contracts.evidence",
        "TRUNCATE contracts.evidence",
        "TRUNCATE contracts.obligations CASCADE",
    ],
)
async def test_evidence_is_only_added(register: str, statement: str) -> None:
    with pytest.raises(asyncpg.RestrictViolationError, match="evidence is only ever added"):
        await fetch(register, statement)
    assert await fetch(register, "SELECT page_number FROM contracts.evidence") == [(4,)]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM contracts.organizations",
        "DELETE FROM contracts.obligations WHERE supersedes_id IS NULL",
        "DELETE FROM contracts.documents WHERE filename = 'msa.pdf'",
    ],
)
async def test_what_evidence_or_others_rest_on_is_not_deleted(register: str, statement: str) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await fetch(register, statement)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE contracts.obligations SET status = 'ACTVE'", "ck_obligations_status"),
        ("UPDATE contracts.obligations SET obligation_type = 'Other'", "ck_obligations_obligation_type"),
        ("UPDATE contracts.obligations SET confidence = 1.5", "ck_obligations_confidence"),
        ("UPDATE contracts.obligations SET supersedes_id = id", "ck_obligations_id_supersedes_id"),
        ("UPDATE contracts.documents SET doc_type = 'Contract'", "ck_documents_doc_type"),
        ("UPDATE contracts.documents SET status = 'REJECTED'", "ck_documents_status"),
        ("UPDATE contracts.documents SET parties = '{}'", "ck_documents_parties"),
        ("UPDATE contracts.document_links SET link_status = 'UNLINKED'", "ck_document_links_linked_parent"),
        ("UPDATE contracts.document_links SET parent_doc_id = NULL", "ck_document_links_linked_parent"),
        ("UPDATE contracts.document_links SET candidates = '[]'", "ck_document_links_ambiguous_candidates"),
        (
            "UPDATE contracts.document_links SET parent_doc_id = child_doc_id",
            "ck_document_links_child_doc_id_parent_doc_id",
        ),
        (
            "INSERT INTO contracts.evidence (obligation_id, doc_id, verification_result)"
            " SELECT id, doc_id, 'MAYBE' FROM contracts.obligations",
            "ck_evidence_verification_result",
        ),
        (FLAG.replace("'UNLINKED'", "'ODD'"), "ck_flags_flag_type"),
    ],
)
async def test_values_are_from_their_lists_and_links_make_sense(register: str, statement: str, constraint: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await fetch(register, statement)
    assert refused.value.constraint_name == constraint


@pytest.mark.parametrize("entity", ["document", "obligation"])
async def test_a_flag_is_about_something_that_is_there(register: str, entity: str) -> None:
    strays = (
        FLAG.replace("'document', id", "$entity, gen_random_uuid()"),
        "UPDATE contracts.flags SET entity_type = $entity, entity_id = gen_random_uuid()",
    )
    for statement in strays:
        await fetch(register, FLAG)
        with pytest.raises(asyncpg.ForeignKeyViolationError, match=f"a {entity} that does not exist"):
            await fetch(register, statement.replace("$entity", f"'{entity}'"))


async def test_who_may_only_write_flags_can_raise_one(register: str) -> None:
    connection = await asyncpg.connect(register)
    try:
        async with connection.transaction():  # roles belong to the server, so this one must not outlive the test
            await connection.execute("CREATE ROLE flagger; GRANT USAGE ON SCHEMA contracts TO flagger")
            await connection.execute("GRANT INSERT ON contracts.flags TO flagger")
            entity = await connection.fetchval("SELECT id FROM contracts.obligations LIMIT 1")
            await connection.execute("SET LOCAL ROLE flagger")
            new = (
                "INSERT INTO contracts.flags (entity_type, entity_id, flag_type) VALUES ('obligation', $1, 'AMBIGUOUS')"
            )
            assert await connection.execute(new, entity) == "INSERT 0 1"
            await connection.execute("RESET ROLE; DROP OWNED BY flagger; DROP ROLE flagger")
    finally:
        await connection.close()


async def test_a_flag_is_resolved_at_a_time(register: str) -> None:
    times = "SELECT resolved, resolved_at IS NOT NULL, resolved_at < now() FROM contracts.flags"
    await fetch(register, FLAG)
    assert await fetch(register, times) == [(False, False, None)]
    await fetch(register, "UPDATE contracts.flags SET resolved = true")
    assert await fetch(register, times) == [(True, True, True)]
    at = await fetch(register, "SELECT resolved_at FROM contracts.flags")
    await fetch(register, "UPDATE contracts.flags SET message = 'seen', resolved_at = now()")
    assert await fetch(register, "SELECT resolved_at FROM contracts.flags") == at
    await fetch(register, "UPDATE contracts.flags SET resolved = false")
    assert await fetch(register, times) == [(False, False, None)]


async def test_a_flag_holds_on_to_its_row_until_it_is_committed(register: str) -> None:
    raising, deleting = await asyncpg.connect(register), await asyncpg.connect(register)
    try:
        await deleting.execute("SET lock_timeout = '50ms'; UPDATE contracts.obligations SET supersedes_id = NULL")
        async with raising.transaction():
            await raising.execute(FLAG.replace("msa.pdf", "amendment.pdf"))
            with pytest.raises(asyncpg.LockNotAvailableError):
                await deleting.execute("DELETE FROM contracts.documents WHERE filename = 'amendment.pdf'")
    finally:
        await raising.close()
        await deleting.close()


async def test_verify_names_flags_about_rows_that_are_gone(engine: AsyncEngine, register: str) -> None:
    await fetch(register, FLAG.replace("msa.pdf", "amendment.pdf"))
    (sound,) = await commands.verify(engine, (PACK,))
    assert sound.unsound == ()

    await fetch(register, "DELETE FROM contracts.documents WHERE filename = 'amendment.pdf'")
    (health,) = await commands.verify(engine, (PACK,))
    assert health.unsound == ("1 flag UNLINKED is about a document that does not exist any more: delete it.",)
