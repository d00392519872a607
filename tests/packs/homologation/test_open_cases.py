"""What a plan retires although open cases refer to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.commands import Prepared
from pipeline.errors import HazardError, StalePlanError
from pipeline.packs import CATALOG
from pipeline.packs.homologation.tables.cases import CASE_STATES
from pipeline.render import stale
from tests.allowed import everything
from tests.database.catalogue import CATEGORY, ELEMENT, RUNS, TIER, apply, fetch, plan
from tests.packs.homologation.rows import counted

OTHER = CATEGORY.partition("[[categories]]")[0] + '\n[[elements]]\ncode = "OTRO"\nname = "Otro"\n'
BY_ID = """
    INSERT INTO cases (conversation_id, status, {column})
    SELECT '{name}', '{status}', id FROM {table}
"""
BY_CODE = """
    INSERT INTO cases (conversation_id, status, element_codes, category_id)
    VALUES ('{name}', '{status}', '["OTRO", "ESCAPE"]', {category})
"""
HERE = "(SELECT id FROM vehicle_categories WHERE slug = 'motos-part')"


def on_tier(name: str = "17", status: str = "collecting") -> str:
    """A case whose price is that of the tier."""
    return BY_ID.format(name=name, status=status, column="tariff_tier_id", table="tariff_tiers")


def on_element(name: str = "17", status: str = "collecting", category: str = HERE) -> str:
    """A case that names the element."""
    return BY_CODE.format(name=name, status=status, category=category)


def found(prepared: Prepared) -> list[tuple[str, str]]:
    """The rows in use, and by what."""
    hazards = [hazard for hazard in prepared.plan.hazards if hazard.name == "in-use"]
    return [(str(row), note) for hazard in hazards for row, note in zip(hazard.rows, hazard.notes, strict=True)]


async def test_a_tier_is_found_by_its_id(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await fetch(database, on_tier())

    assert found(await plan(engine, folder, CATEGORY)) == [("tier motos-part/T6", "1 open case: 17")]
    assert found(await plan(engine, folder, CATEGORY, TIER.replace("140", "145"))) == []


async def test_a_category_is_found_by_its_id(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY)
    await fetch(
        database, BY_ID.format(name="17", status="in_progress", column="category_id", table="vehicle_categories")
    )

    retired = await plan(engine, folder, f"{CATEGORY}active = false\n")

    assert found(retired) == [("category motos-part", "1 open case: 17")]


async def test_an_element_is_found_by_its_code(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER, ELEMENT)
    await fetch(database, on_element())

    retired = await plan(engine, folder, CATEGORY, TIER)

    assert [change.address.kind for change in retired.plan.changes] == ["element_warning", "warning", "element"]
    assert found(retired) == [("element motos-part/ESCAPE", "1 open case: 17")]


async def test_a_code_means_the_element_of_the_case_s_category(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT)
    other = "INSERT INTO vehicle_categories (slug, name, client_type) VALUES ('otra', 'Otra', 'particular')"
    await fetch(database, other)
    await fetch(database, on_element("elsewhere", category="(SELECT id FROM vehicle_categories WHERE slug = 'otra')"))
    await fetch(database, on_element("undecided", category="NULL"))

    assert found(await plan(engine, folder, CATEGORY)) == [("element motos-part/ESCAPE", "1 open case: undecided")]


@pytest.mark.parametrize("codes", ["{}", '{"ESCAPE": 1}', '"ESCAPE2"', "[]", '["escape", "ESCAPE_2", ["ESCAPE"]]'])
async def test_other_codes_are_no_use(engine: AsyncEngine, database: str, folder: Path, codes: str) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT)
    await fetch(database, f"INSERT INTO cases (conversation_id, element_codes) VALUES ('17', '{codes}')")  # noqa: S608

    assert found(await plan(engine, folder, CATEGORY)) == []


@pytest.mark.parametrize("status", CASE_STATES)
async def test_a_closed_case_does_not_count(engine: AsyncEngine, database: str, folder: Path, status: str) -> None:
    await apply(engine, folder, CATEGORY, TIER, ELEMENT)
    await fetch(database, on_tier(status=status))
    await fetch(database, on_element(status=status))

    is_open = status not in ("resolved", "cancelled", "abandoned")

    assert len(found(await plan(engine, folder, CATEGORY))) == (2 if is_open else 0)


async def test_the_oldest_ten_are_named_and_all_are_counted(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    for number in range(12):
        await fetch(database, on_tier(f"c{number}"))
    await fetch(database, "UPDATE cases SET created_at = now() - interval '1 day' WHERE conversation_id = 'c11'")

    ((_, note),) = found(await plan(engine, folder, CATEGORY))

    assert note == "12 open cases: c11, c0, c1, c2, c3, c4, c5, c6, c7, c8 and 2 more"


async def test_a_case_that_names_an_element_twice_is_one_case(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT)
    twice = "INSERT INTO cases (conversation_id, element_codes) VALUES ('17', '[\"ESCAPE\", \"ESCAPE\"]')"
    await fetch(database, f"{twice}, ('17', '[\"ESCAPE\"]')")

    assert found(await plan(engine, folder, CATEGORY)) == [("element motos-part/ESCAPE", "2 open cases: 17, 17")]


async def test_one_statement_and_only_where_something_retires(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER, ELEMENT)
    with counted(engine) as statements:
        await plan(engine, folder, CATEGORY, TIER, ELEMENT)
    assert sum("cases" in statement for statement in statements) == 0
    with counted(engine) as statements:
        await plan(engine, folder, CATEGORY)
    assert sum("cases" in statement for statement in statements) == 1


async def test_it_is_held_back_until_it_is_allowed(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await fetch(database, on_tier())
    prepared = await plan(engine, folder, CATEGORY)
    others = commands.allowances(["mass-deactivation"], CATALOG)

    with pytest.raises(HazardError, match=r"in-use: 1 row still in use would be deactivated\n.*T6 1 open case: 17\n"):
        await commands.apply(engine, prepared, lock_timeout=5, allowed=others)
    with pytest.raises(HazardError):
        await commands.apply(
            engine, prepared, lock_timeout=5, allowed=[*others, *commands.allowances(["in-use:element"], CATALOG)]
        )
    run = await commands.apply(
        engine, prepared, lock_timeout=5, allowed=[*others, *commands.allowances(["in-use:tier=1"], CATALOG)]
    )

    allowed = await fetch(database, f"SELECT allowed::text FROM pipeline.runs WHERE id = {run}")  # noqa: S608
    assert '{"kind": "tier", "name": "in-use", "rows": 1, "ceiling": 1}' in allowed[0][0]


async def test_a_case_opened_after_the_plan_stops_its_apply(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER, ELEMENT)
    await fetch(database, on_tier("old"))
    prepared = await plan(engine, folder, CATEGORY)
    await fetch(database, on_tier("new"))
    await fetch(database, on_element("new"))

    with pytest.raises(StalePlanError) as failed:
        await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))

    assert str(failed.value) == (
        "1 row that the plan retires came into use after it was made: element motos-part/ESCAPE. "
        "Nothing was applied; make a new plan."
    )
    assert stale.text(failed.value.moved) == "  element motos-part/ESCAPE    came into use: 1 open case: new"
    assert await fetch(database, RUNS) == [(1,)]


async def test_what_is_allowed_whatever_the_number_covers_later_cases(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    prepared = await plan(engine, folder, CATEGORY)
    await fetch(database, on_tier())

    await commands.apply(
        engine, prepared, lock_timeout=5, allowed=commands.allowances(["mass-deactivation", "in-use"], CATALOG)
    )

    allowed = await fetch(database, "SELECT allowed::text FROM pipeline.runs WHERE id = 2")
    assert '{"kind": null, "name": "in-use", "rows": 1, "ceiling": null}' in allowed[0][0]


async def test_a_case_closed_after_the_plan_does_not_count(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    await fetch(database, on_tier())
    prepared = await plan(engine, folder, CATEGORY)
    await fetch(database, "UPDATE cases SET status = 'resolved'")

    await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))

    ((allowed,),) = await fetch(database, "SELECT allowed::text FROM pipeline.runs WHERE id = 2")
    assert "in-use" not in allowed


async def test_a_rollback_retires_nothing_that_is_in_use(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY)
    await apply(engine, folder, CATEGORY, TIER)
    await fetch(database, on_tier())

    back = await commands.rollback(engine, CATALOG, 2)

    assert found(back) == [("tier motos-part/T6", "1 open case: 17")]


async def test_what_a_rename_leads_to_is_found_under_its_new_name(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await apply(engine, folder, CATEGORY, TIER, OTHER.partition('"motos-part"\n')[2])
    await fetch(database, on_tier())
    moved = '\n[[moved]]\nkind = "category"\nfrom = "motos-part"\nto = "motos"\n'
    renamed = CATEGORY.replace("motos-part", "motos")

    prepared = await plan(engine, folder, renamed, OTHER.partition('"motos-part"\n')[2], moved)

    assert found(prepared) == [("tier motos/T6", "1 open case: 17")]
    await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))
