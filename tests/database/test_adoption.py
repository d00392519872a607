"""Tables that the pipeline meets for the first time: other ids, odd values, and no constraints to rely on."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.database import read
from pipeline.database.session import reading
from pipeline.database.unread import Unread, unread
from pipeline.errors import DatabaseError
from pipeline.plan.change import FieldChange
from tests.database.catalogue import CATEGORY, ELEMENT, IMAGE, TIER, apply, fetch, plan

MOTOS = ("motos-part",)
FIRST = [
    "INSERT INTO vehicle_categories (slug, name, client_type) VALUES ('motos-part', 'Motocicletas', 'particular')",
    "INSERT INTO tariff_tiers (category_id, code, name, price)"
    " SELECT id, 'T6', 'Otro nombre', 140 FROM vehicle_categories",
]


async def test_equal_rows_are_noted_and_others_changed_field_by_field(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    for statement in FIRST:
        await fetch(database, statement)
    ids = await fetch(database, "SELECT id FROM vehicle_categories UNION ALL SELECT id FROM tariff_tiers")
    made = (await plan(engine, folder, CATEGORY, TIER)).plan

    assert [record.address.key for record in made.records] == [MOTOS]
    (change,) = made.changes
    assert (change.action, change.cause) == ("update", "adopt")
    assert change.fields == (FieldChange("name", "Otro nombre", "Sin Proyecto - 1 Elemento", "adopt"),)
    await apply(engine, folder, CATEGORY, TIER)
    assert await fetch(database, "SELECT id FROM vehicle_categories UNION ALL SELECT id FROM tariff_tiers") == ids
    assert (await plan(engine, folder, CATEGORY, TIER)).plan.is_empty


async def test_json_null_is_no_null_and_is_corrected_where_declared(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    for statement in FIRST:
        await fetch(database, statement)
    await fetch(database, "UPDATE tariff_tiers SET classification_rules = 'null'")
    declared = TIER + "classification_rules = {}\n"

    (change,) = (await plan(engine, folder, CATEGORY, declared)).plan.changes
    assert {(field.name, field.before, field.after) for field in change.fields} >= {
        ("classification_rules", "null", "{}")
    }
    await apply(engine, folder, CATEGORY, declared)
    assert await fetch(database, "SELECT classification_rules::text FROM tariff_tiers") == [("{}",)]


async def test_rows_without_a_key_or_a_home_are_counted_and_left_alone(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    pack = (await apply(engine, folder, CATEGORY, TIER, ELEMENT, IMAGE)).pack
    for statement in (
        "ALTER TABLE tariff_tiers DROP CONSTRAINT fk_tariff_tiers_category_id, ALTER code DROP NOT NULL",
        "ALTER TABLE tier_element_inclusions DROP CONSTRAINT fk_tier_element_inclusions_tier_id",
        "INSERT INTO tariff_tiers (category_id, code, name, price) SELECT id, NULL, 'x', 1 FROM vehicle_categories",
        "INSERT INTO tariff_tiers (category_id, code, name, price) SELECT id, NULL, 'y', 1 FROM vehicle_categories",
        "INSERT INTO tariff_tiers (category_id, code, name, price) VALUES (gen_random_uuid(), 'T9', 'x', 1)",
        "INSERT INTO tier_element_inclusions (tier_id, element_id) SELECT gen_random_uuid(), id FROM elements",
        "INSERT INTO tier_element_inclusions (tier_id, element_id)"
        " SELECT t.id, e.id FROM tariff_tiers t, elements e WHERE t.name = 'y'",
    ):
        await fetch(database, statement)

    async with reading(engine) as connection:
        snapshot = await read.read(connection, pack)
        found = await unread(connection, pack, snapshot)

    assert list(snapshot.state["tier"]) == [(MOTOS, "T6")]
    assert snapshot.state["inclusion"] == {}
    assert found == [Unread("tariff_tiers", 3, ("T9",)), Unread("tier_element_inclusions", 2, ())]
    assert (await plan(engine, folder, CATEGORY, TIER, ELEMENT, IMAGE)).plan.is_empty


async def test_rows_with_one_key_are_listed_before_anything_is_planned(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await apply(engine, folder, CATEGORY, TIER, ELEMENT)
    await fetch(database, "ALTER TABLE warnings DROP CONSTRAINT uq_warnings_owner_category_id_code")
    await fetch(
        database,
        "INSERT INTO warnings (owner_category_id, code, message, element_id)"
        " SELECT owner_category_id, code, 'otra', element_id FROM warnings",
    )

    with pytest.raises(DatabaseError) as caught:
        await plan(engine, folder, CATEGORY, TIER, ELEMENT)
    assert str(caught.value) == (
        "The table warnings holds more than one row for warning motos-part/homologacion. "
        "The pipeline tells rows apart by this key: remove or rename the ones that are too many."
    )
