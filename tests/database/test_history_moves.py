"""What becomes of the past when something is renamed: rollback, blame, status, and the reasons of the next plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.errors import RollbackError
from pipeline.packs import CATALOG
from tests.allowed import everything
from tests.database.catalogue import CATEGORY, ELEMENT, TIER, apply, fetch, plan

CODES = "SELECT code FROM elements ORDER BY id"
LEDGER = 'SELECT kind, key, active, protected, digest, "values"::text FROM pipeline.ledger ORDER BY kind, key'
MOVES = "SELECT kind, from_key, to_key FROM pipeline.moves"
NEW_ELEMENT = ELEMENT.replace("ESCAPE", "SILENCIADOR")
TO_NEW = '\n[[moved]]\nkind = "element"\nfrom = "ESCAPE"\nto = "SILENCIADOR"\n'
VARIANT = '\n[[elements]]\ncode = "COLA"\nname = "Cola"\nparent = "ESCAPE"\n'
NEW_VARIANT = VARIANT.replace("ESCAPE", "SILENCIADOR")
TWO = '\n[[elements]]\ncode = "A"\nname = "Uno"\n\n[[elements]]\ncode = "B"\nname = "Dos"\n'
SWAPPED = TWO.replace("Uno", "x").replace("Dos", "Uno").replace("x", "Dos")
SWAP = (TO_NEW + TO_NEW).replace("ESCAPE", "A", 1).replace("SILENCIADOR", "B", 1)
SWAP = SWAP.replace("ESCAPE", "B").replace("SILENCIADOR", "A")


async def take_back(engine: AsyncEngine, number: int) -> list[str]:
    """Take a run back. Returns what the plan said."""
    prepared = await commands.rollback(engine, CATALOG, number)
    await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))
    return said(prepared)


def said(prepared: commands.Prepared) -> list[str]:
    return [f"{change.action} {change.address} {change.cause}" for change in prepared.plan.changes]


async def test_a_rename_is_taken_back_and_proposed_again(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT, VARIANT)
    rows, ledger = await fetch(database, "SELECT id, code FROM elements ORDER BY id"), await fetch(database, LEDGER)
    await apply(engine, folder, CATEGORY, NEW_ELEMENT, NEW_VARIANT, TO_NEW)
    assert await fetch(database, MOVES) != []

    assert await take_back(engine, 2) == ["move element motos-part/ESCAPE manifest"]

    assert await fetch(database, "SELECT id, code FROM elements ORDER BY id") == rows
    assert await fetch(database, LEDGER) == ledger
    assert await fetch(database, MOVES) == []
    assert (await commands.rollback(engine, CATALOG, 2)).plan.is_empty
    assert (await plan(engine, folder, CATEGORY, ELEMENT, VARIANT)).plan.is_empty
    again = await apply(engine, folder, CATEGORY, NEW_ELEMENT, NEW_VARIANT, TO_NEW)
    assert said(again) == ["move element motos-part/SILENCIADOR manifest"]


async def test_what_was_written_beside_a_rename_goes_back_too(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT, VARIANT)
    rows = await fetch(database, "SELECT id, code, name, parent_element_id FROM elements ORDER BY id")
    category = CATEGORY.replace("motos-part", "motos") + TO_NEW.replace("element", "category").replace(
        "ESCAPE", "motos-part"
    ).replace("SILENCIADOR", "motos")
    renamed = NEW_ELEMENT.replace('"Escape"', '"Otro"').replace("Busca", "Mira")
    loose = VARIANT.replace('parent = "ESCAPE"\n', "")
    await apply(engine, folder, category, renamed, loose, TIER, TO_NEW)

    assert await take_back(engine, 2) == [
        "move category motos-part manifest",
        "move element motos-part/ESCAPE manifest",
        "update element motos-part/COLA manifest",
        "update warning motos-part/homologacion manifest",
        "deactivate tier motos-part/T6 manifest",
    ]

    assert await fetch(database, "SELECT id, code, name, parent_element_id FROM elements ORDER BY id") == rows
    assert (await plan(engine, folder, CATEGORY, ELEMENT, VARIANT)).plan.is_empty


async def test_a_rollback_is_of_the_category_by_its_old_name(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, CATEGORY)
    entry = '\n[[moved]]\nkind = "category"\nfrom = "motos-part"\nto = "motos"\n'
    (folder / "motos.toml").write_text(CATEGORY.replace("motos-part", "motos") + entry, "utf-8")
    (prepared,) = await commands.plan(engine, commands.validate(folder, CATALOG), scope="motos")
    await commands.apply(engine, prepared, lock_timeout=5)

    assert (await commands.rollback(engine, CATALOG, 2)).plan.scope == "motos-part"


async def test_a_swap_goes_back_and_forth_as_often_as_wished(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, CATEGORY, TWO)
    before = await fetch(database, CODES)
    await apply(engine, folder, CATEGORY, SWAPPED, SWAP)
    after = await fetch(database, CODES)
    assert after == before[::-1]
    for number in (2, 3, 4, 5):
        assert len(await take_back(engine, number)) == 2
        forth = number % 2 == 1
        assert await fetch(database, CODES) == (after if forth else before)
        assert len((await plan(engine, folder, CATEGORY, SWAPPED, SWAP)).plan.changes) == (0 if forth else 2)
        assert (await commands.rollback(engine, CATALOG, number)).plan.is_empty


async def test_a_rename_of_what_is_retired_since_is_a_conflict(
    engine: AsyncEngine, folder: Path, database: str
) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT)
    await apply(engine, folder, CATEGORY, NEW_ELEMENT, TO_NEW)
    await apply(engine, folder, CATEGORY)

    assert await take_back(engine, 2) == ["move element motos-part/ESCAPE conflict"]
    assert await fetch(database, "SELECT code, is_active FROM elements") == [("ESCAPE", False)]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE elements SET code = 'TERCERO'", "element motos-part/SILENCIADOR is not known any more"),
        ("DELETE FROM elements", "element motos-part/SILENCIADOR is not known any more"),
        (
            "INSERT INTO elements (category_id, code, name) SELECT id, 'ESCAPE', 'x' FROM vehicle_categories",
            "it renamed element motos-part/ESCAPE, and there is another one of that name now",
        ),
    ],
)
async def test_a_rename_without_a_way_back_is_refused(
    engine: AsyncEngine, folder: Path, database: str, statement: str, message: str
) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT)
    await apply(engine, folder, CATEGORY, NEW_ELEMENT, TO_NEW)
    await fetch(database, statement)

    with pytest.raises(RollbackError, match=message):
        await commands.rollback(engine, CATALOG, 2)


async def test_blame_follows_a_resource_through_its_names(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT)
    await apply(engine, folder, CATEGORY, NEW_ELEMENT, TO_NEW)
    new_name = NEW_ELEMENT.replace('"Escape"', '"Otro"')
    await apply(engine, folder, CATEGORY, new_name, ELEMENT.replace("homologacion", "otra"))

    async def origins(address: str) -> dict[str, tuple[str, int]]:
        account = await commands.blame(engine, CATALOG, address)
        return {one.name: (one.how, one.touch.run.number if one.touch else 0) for one in account.sources}

    assert await origins("element motos-part/SILENCIADOR") == {"name": ("set", 3), "active": ("created", 1)}
    assert await origins("element motos-part/SILENCIADOR code") == {"code": ("set", 2)}
    assert await origins("element motos-part/ESCAPE") == {"name": ("created", 3), "active": ("created", 3)}
    assert (await origins("element_warning motos-part/SILENCIADOR/homologacion"))["active"] == ("created", 1)


async def test_nothing_has_drifted_after_a_rename(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT, VARIANT)
    await apply(engine, folder, CATEGORY, NEW_ELEMENT, NEW_VARIANT, TO_NEW)

    found, *_ = await commands.status(engine, CATALOG)
    assert found.status.drifts == ()
    assert {one.kind: one.managed for one in found.status.standings if one.managed} == {
        "category": 1,
        "element": 2,
        "warning": 1,
        "element_warning": 1,
    }

    await fetch(database, "UPDATE elements SET name = 'x' WHERE code = 'SILENCIADOR'")
    found, *_ = await commands.status(engine, CATALOG)
    (drift,) = found.status.drifts
    assert (str(drift.address), found.runs[drift.address].number) == ("element motos-part/SILENCIADOR", 2)


async def test_protection_follows_a_rename(engine: AsyncEngine, folder: Path, database: str) -> None:
    guarded = ELEMENT.replace('name = "Escape"', 'name = "Escape"\nprotected = true')
    await apply(engine, folder, CATEGORY, guarded)
    renamed = guarded.replace("ESCAPE", "SILENCIADOR")

    both = await plan(engine, folder, CATEGORY, renamed.replace("protected = true", "active = false"), TO_NEW)
    assert "protected" in {hazard.name for hazard in both.plan.hazards}

    await apply(engine, folder, CATEGORY, renamed, TO_NEW)
    gone = await plan(engine, folder, CATEGORY)
    (hazard,) = [hazard for hazard in gone.plan.hazards if hazard.name == "protected"]
    assert [str(row) for row in hazard.rows] == ["element motos-part/SILENCIADOR"]
