"""What holds between any two states of a register."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import tomli_w
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.packs.contracts import PACK
from tests.allowed import everything

TABLES = ("organizations", "documents", "document_links", "obligations", "evidence", "dangling_references")
# Only here rows are deleted, past the triggers that forbid it: the examples share a database.
_RESET = """
SET session_replication_role = replica;
DELETE FROM contracts.organizations; DELETE FROM contracts.documents; DELETE FROM contracts.document_links;
DELETE FROM contracts.obligations; DELETE FROM contracts.evidence; DELETE FROM contracts.dangling_references;
DELETE FROM pipeline.changes; DELETE FROM pipeline.ledger; DELETE FROM pipeline.runs
"""
_ROWS = " UNION ALL ".join(
    f"SELECT '{table}', t.id::text, to_jsonb(t)::text FROM contracts.{table} t"  # noqa: S608
    for table in TABLES
)
_UNSOUND = (
    "SELECT 1 FROM contracts.obligations n JOIN contracts.obligations o ON o.id = n.supersedes_id"
    " WHERE n.status = 'ACTIVE' AND o.status <> 'SUPERSEDED'"
)
Key = tuple[str, str, str]
FILES = ("x/a.pdf", "y/a.pdf", "b.pdf", "c.pdf")
REFERENCES = ("a.pdf", "b.pdf", "x/a.pdf", "gone.pdf")
OBLIGATIONS = (("1", "The buyer pays."), ("1", "The seller delivers."), ("2", "The buyer pays."))

few = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

LINK = st.fixed_dictionaries({"parent": st.sampled_from(REFERENCES)}, optional={"active": st.booleans()})


@st.composite
def registers(draw: st.DrawFn) -> dict[str, Any]:
    """A manifest of one organization."""
    known: list[Key] = []
    documents = []
    for path in draw(st.lists(st.sampled_from(FILES), unique=True)):
        entry: dict[str, Any] = {"file_path": path, "filename": path.rsplit("/", 1)[-1]}
        entry |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "active": st.booleans(),
                    "doc_type": st.sampled_from(["MSA", "NDA"]),
                    "parties": st.lists(st.sampled_from(["Acme", "Bolt"]), unique=True),
                    "parent_reference_raw": st.sampled_from(REFERENCES),
                    "links": st.lists(
                        st.fixed_dictionaries(
                            {"parent": st.sampled_from(REFERENCES)}, optional={"active": st.booleans()}
                        ),
                        max_size=2,
                        unique_by=lambda link: link["parent"],
                    ),
                },
            )
        )
        found = draw(st.lists(st.sampled_from(OBLIGATIONS), unique=True))
        entry["obligations"] = [_obligation(draw, clause, text, known) for clause, text in found]
        known += [(path, clause, text) for clause, text in found]
        documents.append(entry)
    organization = {"name": "Acme", **draw(st.fixed_dictionaries({}, optional={"active": st.booleans()}))}
    return {
        "pack": "contracts",
        "version": 1,
        "organization": "Acme",
        "organizations": [organization],
        "documents": documents,
    }


def _obligation(draw: st.DrawFn, clause: str, text: str, known: list[Key]) -> dict[str, Any]:
    entry: dict[str, Any] = {"source_clause": clause, "obligation_text": text}
    entry |= draw(
        st.fixed_dictionaries({}, optional={"active": st.booleans(), "deadline": st.sampled_from(["soon", "late"])})
    )
    target: Key | None = draw(st.none() | st.sampled_from(known)) if known else None
    if target:
        entry["supersedes"] = dict(zip(("document", "source_clause", "obligation_text"), target, strict=True))
    entry["evidence"] = draw(
        st.lists(st.fixed_dictionaries({"page_number": st.integers(1, 3)}), max_size=2, unique_by=str)
    )
    return entry


@pytest.fixture
async def connection(database: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def rows(connection: Any) -> dict[tuple[str, str], str]:
    return {(table, id_): row for table, id_, row in await connection.fetch(_ROWS)}


@few
@given(st.lists(registers(), min_size=2, max_size=2))
async def test_from_any_state_to_any_other(
    engine: AsyncEngine, connection: Any, folder: Path, history: list[dict[str, Any]]
) -> None:
    await connection.execute(_RESET)
    before: dict[tuple[str, str], str] = {}
    for register in history:
        (folder / "register.toml").write_text(tomli_w.dumps(register), "utf-8")
        validation = commands.validate(folder, (PACK,))
        assume(validation.ok)  # documents may hang on themselves
        (prepared,) = await commands.plan(engine, validation)
        if not prepared.plan.is_empty:
            await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))
        after = await rows(connection)

        assert before.keys() <= after.keys()
        assert all(after[row] == held for row, held in before.items() if row[0] == "evidence")
        assert await connection.fetch(_UNSOUND) == []
        (again,) = await commands.plan(engine, validation)
        assert again.plan.is_empty
        before = after


@few
@given(registers())
async def test_an_export_of_any_register_makes_it_again(
    engine: AsyncEngine, connection: Any, folder: Path, register: dict[str, Any]
) -> None:
    await connection.execute(_RESET)
    (folder / "register.toml").write_text(tomli_w.dumps(register), "utf-8")
    validation = commands.validate(folder, (PACK,))
    assume(validation.ok)
    (prepared,) = await commands.plan(engine, validation)
    await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))

    (made,) = await commands.export(engine, (PACK,), folder, folder / "schemas", pack=None, scope=None)
    new = folder / "new"
    for name, content in made.files.items():
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).write_text(content, "utf-8")
    again = commands.validate(new, (PACK,))
    assert again.ok, again.diagnostics
    (prepared,) = await commands.plan(engine, again)
    for path in new.rglob("*.toml"):
        path.unlink()

    assert [(one.action, str(one.address)) for one in prepared.plan.changes] == []
