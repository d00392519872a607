"""Applying a plan: exactly what it says, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from pipeline import commands
from pipeline.cli.console import error, tell
from pipeline.errors import EXIT_ERROR, EXIT_STALE, DatabaseError, StalePlanError, VerificationError
from pipeline.packs import CATALOG
from tests.allowed import everything
from tests.database.catalogue import CATEGORY, DEARER, ELEMENT, IMAGE, PRICE, RUNS, TIER, apply, fetch, plan

BUNDLED = Path(__file__).parents[2] / "manifests" / "homologation"


def trigger(body: str, when: str = "BEFORE INSERT OR UPDATE ON tariff_tiers FOR EACH ROW") -> str:
    """A trigger that does something with each row."""
    return (
        f"DO $do$ BEGIN CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;"
        f" CREATE TRIGGER meddle {when} EXECUTE FUNCTION meddle(); END $do$"
    )


async def test_a_database_that_moved_makes_a_plan_stale_and_the_rows_are_listed(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await apply(engine, folder, CATEGORY, TIER, ELEMENT)
    prepared = await plan(engine, folder, CATEGORY, DEARER, ELEMENT)
    await fetch(database, "UPDATE tariff_tiers SET price = 99")
    await fetch(database, "DELETE FROM elements")

    with pytest.raises(StalePlanError) as stale:
        await commands.apply(engine, prepared, lock_timeout=5)

    assert stale.value.exit_code == EXIT_STALE
    assert str(stale.value) == (
        "The database changed after the plan was made; 4 rows moved: element motos-part/ESCAPE, "
        "element_warning motos-part/ESCAPE/homologacion, tier motos-part/T6, warning motos-part/homologacion. "
        "Nothing was applied; make a new plan."
    )
    assert await fetch(database, PRICE) == [("99.00",)]
    assert await fetch(database, RUNS) == [(1,)]


@pytest.mark.parametrize(
    ("statement", "moved"),
    [
        ("UPDATE tariff_tiers SET description = 'x'", "1 row moved: tier motos-part/T6"),
        (
            "UPDATE elements SET id = gen_random_uuid() WHERE code = 'OTRO'",
            "another apply has finished, or rows were replaced",
        ),
        ("DELETE FROM pipeline.ledger", "another apply has finished, or rows were replaced"),
    ],
)
async def test_whatever_a_plan_was_made_from_makes_it_stale(
    engine: AsyncEngine, database: str, folder: Path, statement: str, moved: str
) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await fetch(
        database, "INSERT INTO elements (category_id, code, name) SELECT id, 'OTRO', 'x' FROM vehicle_categories"
    )
    prepared = await plan(engine, folder, CATEGORY, DEARER)
    await fetch(database, statement)

    with pytest.raises(StalePlanError, match=moved):
        await commands.apply(engine, prepared, lock_timeout=5)


async def test_what_operations_write_beside_the_manifests_makes_no_plan_stale(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT, IMAGE)
    prepared = await plan(engine, folder, CATEGORY, ELEMENT, IMAGE, TIER)
    await fetch(database, "UPDATE element_images SET validated_at = now(), updated_at = now()")

    assert await commands.apply(engine, prepared, lock_timeout=5) == 2


async def test_a_plan_is_carried_out_once(engine: AsyncEngine, folder: Path) -> None:
    prepared = await apply(engine, folder, CATEGORY, TIER)

    with pytest.raises(StalePlanError):
        await commands.apply(engine, prepared, lock_timeout=5)


async def test_a_trigger_that_changes_what_is_written_rolls_everything_back(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await fetch(database, trigger("NEW.price := NEW.price * 1.21; RETURN NEW;"))
    prepared = await plan(engine, folder, CATEGORY, TIER)

    with pytest.raises(VerificationError) as failed:
        await commands.apply(engine, prepared, lock_timeout=5)

    assert failed.value.exit_code == EXIT_ERROR
    assert "1 row is not as the plan says: tier motos-part/T6." in str(failed.value)
    assert await fetch(database, PRICE) == []
    assert await fetch(database, RUNS) == [(0,)]


async def test_a_trigger_that_refuses_is_quoted_in_one_paragraph(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await fetch(database, trigger("RAISE EXCEPTION E'precios cerrados\\nhasta enero';"))
    prepared = await plan(engine, folder, CATEGORY, TIER)

    with pytest.raises(DatabaseError) as failed:
        await commands.apply(engine, prepared, lock_timeout=5)

    assert str(failed.value) == (
        'The database refused: the server reports an error (it says: "precios cerrados"). Nothing was changed. '
        "See the statement with --debug."
    )
    assert await fetch(database, "SELECT 1 FROM vehicle_categories") == []


async def test_a_row_that_a_trigger_adds_rolls_everything_back(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await fetch(
        database,
        trigger(
            "INSERT INTO element_warning_associations (element_id, warning_id)"
            " SELECT e.id, w.id FROM elements e, warnings w WHERE e.code = 'OTRO'; RETURN NULL;",
            "AFTER INSERT ON tariff_tiers FOR EACH STATEMENT",
        ),
    )
    other = ELEMENT[: ELEMENT.index("  [[")].replace("ESCAPE", "OTRO")
    await apply(engine, folder, CATEGORY, ELEMENT, other)
    prepared = await plan(engine, folder, CATEGORY, ELEMENT, other, TIER)

    with pytest.raises(VerificationError) as failed:
        await commands.apply(engine, prepared, lock_timeout=5)

    assert "1 row is not as the plan says: element_warning motos-part/OTRO/homologacion." in str(failed.value)
    assert str(failed.value).endswith("Everything was rolled back.")
    assert await fetch(database, PRICE) == []


async def test_a_broken_invariant_rolls_everything_back(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT)
    await fetch(
        database,
        "WITH far AS (INSERT INTO vehicle_categories (slug, name, client_type) VALUES ('far', 'x', 'particular')"
        " RETURNING id), parent AS (INSERT INTO elements (category_id, code, name) SELECT id, 'P', 'x' FROM far"
        " RETURNING id) UPDATE elements SET parent_element_id = parent.id FROM parent WHERE code = 'ESCAPE'",
    )
    prepared = await plan(engine, folder, CATEGORY, ELEMENT, TIER)

    with pytest.raises(VerificationError) as failed:
        await commands.apply(engine, prepared, lock_timeout=5)

    assert str(failed.value).startswith("element motos-part/ESCAPE ")
    assert str(failed.value).endswith("give it a parent of its own. Everything was rolled back.")
    assert await fetch(database, PRICE) == []


async def test_rows_that_were_never_ours_may_break_an_invariant(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await apply(engine, folder, CATEGORY)
    await fetch(database, "INSERT INTO elements (category_id, code, name) SELECT id, 'X', 'x' FROM vehicle_categories")
    await fetch(
        database,
        "INSERT INTO warnings (owner_category_id, element_id, code, message)"
        " SELECT category_id, id, 'suelto', 'x' FROM elements",
    )

    await apply(engine, folder, CATEGORY, TIER)


async def test_what_is_broken_in_one_category_does_not_stop_the_apply_of_another(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    (folder / "other.toml").write_text((CATEGORY + ELEMENT).replace("motos-part", "coches"), "utf-8")
    await apply(engine, folder, CATEGORY, TIER)
    await fetch(database, "UPDATE element_warning_associations SET is_active = false")
    await fetch(database, "UPDATE tariff_tiers SET price = 1")
    validation = commands.validate(folder, CATALOG)

    (prepared,) = await commands.plan(engine, validation, scope="motos-part")
    await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))

    assert await fetch(database, PRICE) == [("140.00",)]


async def test_a_row_that_vanished_comes_back_under_its_id_even_if_it_was_dropped_in_between(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await apply(engine, folder, CATEGORY)
    await fetch(
        database,
        "INSERT INTO tariff_tiers (id, category_id, code, name, price)"
        " SELECT 'a0000000-0000-4000-8000-000000000001', id, 'T6', 'x', 1 FROM vehicle_categories",
    )
    await apply(engine, folder, CATEGORY, TIER)
    await fetch(database, "DELETE FROM tariff_tiers")
    await apply(engine, folder, CATEGORY)
    await apply(engine, folder, CATEGORY, TIER)

    assert await fetch(database, "SELECT id::text FROM tariff_tiers") == [("a0000000-0000-4000-8000-000000000001",)]


async def test_the_run_and_its_changes_are_on_record(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    prepared = await apply(engine, folder, CATEGORY, DEARER, ELEMENT)

    (run,) = await fetch(
        database, "SELECT plan_digest, created, updated, reactivated, deactivated, recorded FROM pipeline.runs OFFSET 1"
    )
    log = await fetch(
        database,
        "SELECT kind, action, cause, fields::text, line FROM pipeline.changes WHERE run_id = 2 ORDER BY position",
    )
    assert run == (prepared.plan.digest, 3, 1, 0, 0, 0)
    assert log == [
        ("element", "create", "manifest", "{}", 15),
        ("warning", "create", "manifest", "{}", 19),
        ("element_warning", "create", "manifest", "{}", 19),
        ("tier", "update", "manifest", '{"price": {"after": "145.00", "cause": "manifest", "before": "140.00"}}', 10),
    ]


async def test_few_statements_however_many_rows(engine: AsyncEngine) -> None:
    statements: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    validation = commands.validate(BUNDLED, CATALOG)

    (prepared,) = await commands.plan(engine, validation)
    await commands.apply(engine, prepared, lock_timeout=5)
    assert sum(statement.startswith("INSERT") for statement in statements) >= 15
    assert len(statements) < 80

    statements.clear()
    (prepared,) = await commands.plan(engine, validation)
    assert prepared.plan.is_empty
    assert 10 < len(statements) < 30


@pytest.mark.parametrize("many", [1, 10**6])
async def test_many_rows_and_few_are_written_alike(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr("pipeline.database.write.MANY", many)
    validation = commands.validate(BUNDLED, CATALOG)

    (prepared,) = await commands.plan(engine, validation)
    await commands.apply(engine, prepared, lock_timeout=5)

    (again,) = await commands.plan(engine, validation)
    assert again.plan.is_empty


async def test_a_plan_cannot_write(engine: AsyncEngine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def writes(connection: AsyncConnection, *_: object) -> None:
        await connection.execute(sa.text("DELETE FROM tariff_tiers"))

    monkeypatch.setattr("pipeline.database.read.read", writes)

    with pytest.raises(DatabaseError, match="the transaction may only read"):
        await plan(engine, folder, CATEGORY, TIER)


async def test_rows_that_go_while_they_are_written_make_the_plan_stale(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await fetch(database, trigger("RETURN NULL;", "BEFORE UPDATE ON tariff_tiers FOR EACH ROW"))
    prepared = await plan(engine, folder, CATEGORY, DEARER)

    with pytest.raises(StalePlanError, match="are gone"):
        await commands.apply(engine, prepared, lock_timeout=5)


def test_a_message_with_what_rows_hold_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    error("1 row moved: image motos-part/ESCAPE/\x1b[2J\x9b.")
    tell("Waiting for \x1b[31m.")

    assert capsys.readouterr().err == (
        "error: 1 row moved: image motos-part/ESCAPE/\\u001b[2J\\u009b.\nWaiting for \\u001b[31m.\n"
    )
