"""The entries that an apply leaves in the administration panel's log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.database import migrations
from pipeline.database.record import Author
from pipeline.errors import DatabaseError
from pipeline.packs import CATALOG
from pipeline.packs.homologation import PACK
from tests.allowed import everything
from tests.database.catalogue import CATEGORY, DEARER, TIER, apply, fetch, plan
from tests.packs.homologation.rows import counted
from tests.test_properties_engine import Step, histories
from tests.workbench import Workbench, workbench
from tests.worlds.homologation import WORLD

ENTRIES = 'SELECT entity_type, action, changes::text, "user" FROM audit_log ORDER BY created_at, ctid'
MOVED = '\n[[moved]]\nkind = "tier"\nfrom = "T6"\nto = "T7"\n'


async def entries(database: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What, what was done, and the changes, in the order of writing."""
    return [(kind, action, json.loads(changes)) for kind, action, changes, _ in await fetch(database, ENTRIES)]


async def last(database: str) -> tuple[str, str, dict[str, Any]]:
    """The newest entry, of a run that made just one."""
    newest = "SELECT entity_type, action, changes::text FROM audit_log WHERE created_at = (SELECT max(created_at) {})"
    ((kind, action, changes),) = await fetch(database, newest.format("FROM audit_log"))
    return kind, action, json.loads(changes)


async def test_a_new_row_is_told_with_all_that_was_written(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)

    category, tier = await entries(database)
    assert category[:2] == ("category", "create")
    assert tier == (
        "tier",
        "create",
        {
            "new": {
                "code": "T6",
                "name": "Sin Proyecto - 1 Elemento",
                "price": "140.00",
                "category": ["motos-part"],
                "is_active": True,
            }
        },
    )
    assert await fetch(database, "SELECT entity_id FROM audit_log WHERE entity_type = 'tier'") == (
        await fetch(database, "SELECT id FROM tariff_tiers")
    )


async def test_an_update_tells_the_fields_that_change(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await apply(engine, folder, CATEGORY, DEARER)

    assert await last(database) == ("tier", "update", {"price": {"old": "140.00", "new": "145.00"}})


async def test_retiring_is_what_the_panel_calls_delete(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await apply(engine, folder, CATEGORY)
    assert await last(database) == ("tier", "delete", {"is_active": {"old": True, "new": False}})

    await apply(engine, folder, CATEGORY, DEARER)
    assert await last(database) == (
        "tier",
        "update",
        {"is_active": {"old": False, "new": True}, "price": {"old": "140.00", "new": "145.00"}},
    )


async def test_a_rename_is_an_update_of_the_code(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await apply(engine, folder, CATEGORY, DEARER.replace("T6", "T7"), MOVED)

    told = {"code": {"old": "T6", "new": "T7"}, "price": {"old": "140.00", "new": "145.00"}}
    assert await last(database) == ("tier", "update", told)


async def test_a_rollback_is_told_like_any_change(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await apply(engine, folder, CATEGORY, DEARER)
    back = await commands.rollback(engine, CATALOG, 2)
    await commands.apply(engine, back, lock_timeout=5, allowed=everything(back))

    assert await last(database) == ("tier", "update", {"price": {"old": "145.00", "new": "140.00"}})


async def test_what_only_the_ledger_learns_is_no_change(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await fetch(database, "DELETE FROM pipeline.ledger")
    prepared = await apply(engine, folder, CATEGORY, TIER)

    assert prepared.plan.records
    assert not prepared.plan.changes
    assert len(await entries(database)) == 2


async def test_who_and_when_are_those_of_the_run(engine: AsyncEngine, database: str, folder: Path) -> None:
    for actor, part in (("eva", TIER), ("x" * 300, DEARER), (None, TIER)):
        prepared = await plan(engine, folder, CATEGORY, part)
        await commands.apply(engine, prepared, author=Author(actor), lock_timeout=5, allowed=everything(prepared))

    same_time = (
        'SELECT r.id, a."user" FROM audit_log a JOIN pipeline.runs r ON r.applied_at = a.created_at ORDER BY 1, 2'
    )
    ((user,),) = await fetch(database, "SELECT CURRENT_USER")
    assert await fetch(database, same_time) == [(1, "eva"), (1, "eva"), (2, "x" * 100), (3, user)]
    assert await fetch(database, "SELECT count(*) FROM audit_log WHERE admin_user_id IS NOT NULL") == [(0,)]


async def test_an_apply_that_fails_tells_nothing(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    prepared = await plan(engine, folder, CATEGORY, DEARER)
    refuse = (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NOT EXISTS (SELECT FROM audit_log WHERE action = 'update') THEN RAISE 'not yet'; END IF; "
        "RAISE 'refused'; END $$"
    )
    await fetch(database, refuse)
    await fetch(
        database,
        "CREATE CONSTRAINT TRIGGER refused AFTER INSERT ON audit_log DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION refuse()",
    )

    with pytest.raises(DatabaseError, match='"refused"'):
        await commands.apply(engine, prepared, lock_timeout=5)

    assert len(await entries(database)) == 2


async def test_one_statement_however_many_rows(engine: AsyncEngine, folder: Path) -> None:
    few = await plan(engine, folder, CATEGORY)
    with counted(engine) as statements:
        await commands.apply(engine, few, lock_timeout=5)
    assert sum("INTO audit_log" in statement for statement in statements) == 1

    many = "".join(TIER.replace("T6", f"T{number}") for number in range(10, 400))
    prepared = await plan(engine, folder, CATEGORY, many)
    with counted(engine) as statements:
        await commands.apply(engine, prepared, lock_timeout=5)
    assert sum("audit_log" in statement for statement in statements) == 1


async def test_the_log_lies_where_the_pack_lies(blank_engine: AsyncEngine, blank: str, folder: Path) -> None:
    placed = (replace(PACK, schema="tarifas"),)
    await migrations.upgrade(blank_engine, commands.histories(placed))
    (folder / "motos.toml").write_text(CATEGORY, "utf-8")
    (prepared,) = await commands.plan(blank_engine, commands.validate(folder, placed))
    await commands.apply(blank_engine, prepared, lock_timeout=5)

    assert await fetch(blank, "SELECT entity_type FROM tarifas.audit_log") == [("category",)]


@pytest.fixture
async def bench(database: str, folder: Path) -> AsyncIterator[Workbench]:
    async with workbench(database, folder) as made:
        yield made


CHANGED = """
    SELECT c.kind, c.row_id, c.action FROM pipeline.changes c WHERE c.action <> 'record' ORDER BY 1, 2, 3
"""
TOLD = """
    SELECT a.entity_type, a.entity_id::text,
        CASE WHEN a.action = 'delete' THEN 'deactivate' ELSE c.action END
    FROM audit_log a
    JOIN pipeline.runs r ON r.applied_at = a.created_at
    JOIN pipeline.changes c ON c.run_id = r.id AND c.kind = a.entity_type AND c.row_id = a.entity_id::text
    ORDER BY 1, 2, 3
"""
EMPTY = "SELECT count(*) FROM audit_log WHERE changes = '{}' OR changes IS NULL"


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(WORLD))
async def test_every_change_has_just_one_entry(bench: Workbench, history: list[Step]) -> None:
    await bench.reset()
    await bench.connection.execute("DELETE FROM audit_log")
    for step in history:
        await bench.edit(step.edits)
        await bench.apply(bench.valid(step.catalogue))

    told = [tuple(row) for row in await bench.connection.fetch(TOLD)]
    assert told == [tuple(row) for row in await bench.connection.fetch(CHANGED)]
    assert await bench.connection.fetchval("SELECT count(*) FROM audit_log") == len(told)
    assert await bench.connection.fetchval(EMPTY) == 0
