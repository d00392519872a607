"""What runs leave in the pipeline's tables, and what a rollback makes of ledger and rows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.database.record import Author
from pipeline.errors import RollbackError, StalePlanError
from pipeline.packs import CATALOG
from pipeline.render import history
from tests.allowed import everything
from tests.database.catalogue import CATEGORY, DEARER, ELEMENT, TIER, apply, fetch, plan

LEDGER = "SELECT kind, digest, active FROM pipeline.ledger ORDER BY kind, key"


async def take_back(engine: AsyncEngine, number: int) -> int:
    prepared = await commands.rollback(engine, CATALOG, number)
    return await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))


async def test_a_run_keeps_its_author_and_its_commit(engine: AsyncEngine, folder: Path, database: str) -> None:
    prepared = await plan(engine, folder, CATEGORY)
    author = Author("ana", "por fin", "a" * 40, clean=False)
    number = await commands.apply(engine, prepared, author=author, lock_timeout=5)

    past = await commands.past(engine, CATALOG, number)

    run = past.run
    assert (run.actor, run.reason, run.commit, run.clean, run.undoes) == ("ana", "por fin", "a" * 40, False, None)
    assert (run.database_user, run.counts["create"], run.pruned) == ("postgres", 1, False)
    assert run.at.utcoffset() == timedelta(0)
    (entry,) = past.entries
    assert (str(entry.address), entry.action, entry.recorded) == ("category motos-part", "create", None)


async def test_what_a_run_adopted_is_nobodys_after_its_rollback(
    engine: AsyncEngine, folder: Path, database: str
) -> None:
    insert = "INSERT INTO vehicle_categories (slug, name, client_type) VALUES ('motos-part', '{}', 'particular')"
    await fetch(database, insert.format("Otro nombre"))
    await apply(engine, folder, CATEGORY)

    await take_back(engine, 1)

    assert await fetch(database, LEDGER) == []
    assert await fetch(database, "SELECT name, is_active FROM vehicle_categories") == [("Otro nombre", True)]
    (standing,) = [
        standing
        for standing in (await commands.status(engine, CATALOG))[0].status.standings
        if standing[1:] != (0,) * 4
    ]
    assert standing == ("category", 0, 0, 1, 0)
    again = await plan(engine, folder, CATEGORY)
    assert [(change.action, change.cause) for change in again.plan.changes] == [("update", "adopt")]


async def test_a_plan_that_was_taken_back_is_not_applied_again(
    engine: AsyncEngine, folder: Path, database: str
) -> None:
    await fetch(
        database,
        "INSERT INTO vehicle_categories (slug, name, client_type) VALUES ('motos-part', 'x', 'particular')",
    )
    approved = await apply(engine, folder, CATEGORY)
    await take_back(engine, 1)
    assert await fetch(database, LEDGER) == []

    with pytest.raises(StalePlanError, match="This plan was applied already, as run 1 "):
        await commands.apply(engine, approved, lock_timeout=5, allowed=everything(approved))

    assert await fetch(database, "SELECT name FROM vehicle_categories") == [("x",)]


async def test_the_ledger_is_as_before_the_run(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    before = await fetch(database, LEDGER)
    await apply(engine, folder, CATEGORY, DEARER, ELEMENT)

    assert await take_back(engine, 2) == 3

    after = await fetch(database, LEDGER)
    assert [entry for entry in after if entry[0] in ("category", "tier")] == before
    assert {entry[2] for entry in after if entry[0] not in ("category", "tier")} == {False}
    assert (await commands.past(engine, CATALOG, 3)).run.undoes == 2


async def test_json_null_comes_back_where_null_is_not_allowed(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await fetch(database, "UPDATE tariff_tiers SET classification_rules = 'null'")
    rules = "[tiers.classification_rules]\npriority = 1\n"
    await apply(engine, folder, CATEGORY, TIER, rules)

    await take_back(engine, 2)

    assert await fetch(database, "SELECT classification_rules::text FROM tariff_tiers") == [("null",)]


async def test_a_rollback_is_of_the_category_of_its_run(engine: AsyncEngine, folder: Path, database: str) -> None:
    (folder / "motos.toml").write_text(CATEGORY + TIER, "utf-8")
    (prepared,) = await commands.plan(engine, commands.validate(folder, CATALOG), scope="motos-part")
    await commands.apply(engine, prepared, lock_timeout=5)

    assert (await commands.rollback(engine, CATALOG, 1)).plan.scope == "motos-part"


async def test_a_field_or_a_kind_that_is_gone_can_still_be_looked_at(
    engine: AsyncEngine, folder: Path, database: str
) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await apply(engine, folder, CATEGORY, DEARER)
    fields = '{"sizes": {"before": [1, "x"], "after": {"a": null}, "cause": "manifest"}}'
    await fetch(database, f"UPDATE pipeline.changes SET kind = 'gadget', fields = '{fields}' WHERE run_id = 2")  # noqa: S608

    (entry,) = (await commands.past(engine, CATALOG, 2)).entries

    assert [(field.name, field.before, field.after) for field in entry.fields] == [("sizes", '[1,"x"]', '{"a":null}')]
    past = await commands.past(engine, CATALOG, 2)
    assert "gadget" in history.run(*past)
    with pytest.raises(RollbackError, match="no kind gadget any more"):
        await commands.rollback(engine, CATALOG, 2)


async def test_pruning_counts_what_it_will_remove(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await apply(engine, folder, CATEGORY, DEARER)

    assert await commands.old_details(engine, CATALOG, timedelta(days=1)) == (0, 0)
    assert await commands.old_details(engine, CATALOG, timedelta(0)) == (3, 2)
    assert await commands.prune(engine, timedelta(days=1)) == 0
    assert await commands.prune(engine, timedelta(0)) == 3
    assert (await commands.past(engine, CATALOG, 1)).run.pruned
