"""Rows and ledger as one state, and its fingerprint."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.database import read
from pipeline.database.read import Snapshot
from pipeline.database.session import reading
from pipeline.errors import DatabaseError
from pipeline.model.address import Address
from pipeline.model.pack import Pack
from pipeline.model.resource import fingerprint
from pipeline.model.values import Declared, Json
from tests.database.catalogue import CATEGORY, ELEMENT, IMAGE, TIER, apply, fetch

MOTOS = ("motos-part",)
ESCAPE = (MOTOS, "ESCAPE")


@pytest.fixture
async def pack(engine: AsyncEngine, folder: Path) -> Pack:
    """The pack, with a tier, an element, a warning and a picture applied."""
    return (await apply(engine, folder, CATEGORY, TIER, ELEMENT, IMAGE)).pack


async def look(engine: AsyncEngine, pack: Pack) -> Snapshot:
    async with reading(engine) as connection:
        return await read.read(connection, pack)


async def test_a_row_is_read_in_canonical_form_with_keys_for_ids(
    engine: AsyncEngine, database: str, pack: Pack
) -> None:
    await fetch(
        database,
        "UPDATE elements SET name = E'Sillo\\u0301n', sort_order = 7, is_active = false,"
        ' keywords = \'[1.0, {"b": 1.50, "a": null}]\'',
    )
    state = (await look(engine, pack)).state
    element = state["element"][ESCAPE]

    assert element.address == Address("element", ESCAPE)
    assert (element.active, element.origin) == (False, None)
    assert element.values["name"] == "Sill\u00f3n"
    assert element.values["keywords"] == Json('[1,{"a":null,"b":1.5}]')
    assert element.values["sort_order"] == 7
    assert element.values["category"] == MOTOS
    assert element.values["parent"] is None
    assert repr(state["tier"][MOTOS, "T6"].values["price"]) == repr(Decimal("140.00"))
    assert state["element_warning"].keys() == {(ESCAPE, (MOTOS, "homologacion"))}
    assert state["policy"] == {}


async def test_one_table_holds_two_kinds_and_each_row_is_of_one(engine: AsyncEngine, database: str, pack: Pack) -> None:
    await fetch(
        database,
        "INSERT INTO tariff_tiers (category_id, code, name, price) SELECT id, 'T5', 'x', 1 FROM vehicle_categories",
    )
    await fetch(
        database,
        "INSERT INTO tier_element_inclusions (tier_id, element_id, included_tier_id)"
        " SELECT t.id, e.id, NULL::uuid FROM tariff_tiers t, elements e WHERE t.code = 'T6' UNION ALL"
        " SELECT t.id, NULL, o.id FROM tariff_tiers t, tariff_tiers o WHERE t.code = 'T6' AND o.code = 'T5'",
    )
    state = (await look(engine, pack)).state

    assert list(state["inclusion"]) == [((MOTOS, "T6"), ESCAPE)]
    assert list(state["tier_inclusion"]) == [((MOTOS, "T6"), (MOTOS, "T5"))]


async def test_null_and_json_null_are_two_values(engine: AsyncEngine, database: str, pack: Pack) -> None:
    await fetch(
        database,
        "INSERT INTO element_required_fields (element_id, field_name, label, options)"
        " SELECT id, v.name, 'x', v.options FROM elements, (VALUES ('a', NULL), ('b', 'null'::jsonb)) v(name, options)",
    )
    fields = (await look(engine, pack)).state["required_field"]

    assert fields[ESCAPE, "a"].values["options"] is None
    assert fields[ESCAPE, "b"].values["options"] == Json("null")


async def test_the_ledger_holds_digests_until_values_are_asked_for(engine: AsyncEngine, pack: Pack) -> None:
    tier = Address("tier", (MOTOS, "T6"))
    declared = Declared(category=MOTOS, code="T6", name="Sin Proyecto - 1 Elemento", price=Decimal("140.00"))
    async with reading(engine) as connection:
        snapshot = await read.read(connection, pack)
        unknown = Address("tier", (MOTOS, "T1"))
        ledger = await read.with_values(connection, pack, snapshot, [tier, unknown])

    entry = snapshot.ledger["tier"][tier.key]
    assert (entry.active, entry.digest, entry.values) == (
        True,
        fingerprint(declared, active=True, protected=False),
        None,
    )
    assert ledger["tier"][tier.key].values == declared
    assert ledger["element"][ESCAPE].values is None
    assert unknown.key not in ledger["tier"]


async def test_a_ledger_entry_outlives_its_row(engine: AsyncEngine, database: str, pack: Pack) -> None:
    await fetch(database, "DELETE FROM element_images")
    snapshot = await look(engine, pack)

    assert snapshot.state["image"] == {}
    assert list(snapshot.ledger["image"]) == [(ESCAPE, "Contraseña grabada")]


async def test_entries_of_a_kind_that_the_pack_has_no_more_are_left_alone(
    engine: AsyncEngine, database: str, pack: Pack
) -> None:
    await fetch(database, "UPDATE pipeline.ledger SET kind = 'sticker' WHERE kind = 'image'")
    ledger = (await look(engine, pack)).ledger

    assert ledger.keys() == {kind.name for kind in pack.kinds}
    assert ledger["image"] == {}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tariff_tiers SET price = 1",
        "UPDATE tariff_tiers SET is_active = false",
        "UPDATE tariff_tiers SET description = ''",
        "UPDATE elements SET keywords = '[\"a\"]'",
        "UPDATE warnings SET element_id = NULL, category_id = owner_category_id",
        "DELETE FROM element_images",
        "UPDATE element_images SET id = gen_random_uuid()",
        "INSERT INTO policies (key, value, category) VALUES ('a', 'b', 'c')",
        "UPDATE pipeline.ledger SET active = false WHERE kind = 'tier'",
        "UPDATE pipeline.ledger SET digest = 'x' WHERE kind = 'tier'",
        "UPDATE pipeline.ledger SET row_id = 'x' WHERE kind = 'tier'",
        "DELETE FROM pipeline.ledger WHERE kind = 'tier'",
    ],
)
async def test_the_fingerprint_moves_with_all_that_a_plan_depends_on(
    engine: AsyncEngine, database: str, pack: Pack, statement: str
) -> None:
    before = (await look(engine, pack)).basis
    await fetch(database, statement)

    assert (await look(engine, pack)).basis != before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tariff_tiers SET updated_at = now(), created_at = now()",
        "UPDATE element_images SET validated_at = now()",
        "UPDATE tariff_tiers SET price = 140",
        "INSERT INTO pipeline.ledger (pack, kind, key, row_id, active, digest, values, run_id)"
        " VALUES ('other', 'tier', '[]', '', true, '', '{}', 1)",
    ],
)
async def test_the_fingerprint_stays_for_all_else(
    engine: AsyncEngine, database: str, pack: Pack, statement: str
) -> None:
    before = (await look(engine, pack)).basis
    await fetch(database, statement)

    assert (await look(engine, pack)).basis == before


async def test_two_rows_with_one_key_are_named(engine: AsyncEngine, database: str, pack: Pack) -> None:
    await fetch(database, "ALTER TABLE tariff_tiers DROP CONSTRAINT uq_tariff_tiers_category_id_code")
    await fetch(
        database,
        "INSERT INTO tariff_tiers (category_id, code, name, price) SELECT category_id, code, name, 1 FROM tariff_tiers",
    )

    with pytest.raises(DatabaseError, match="tariff_tiers holds more than one row for tier motos-part/T6"):
        await look(engine, pack)
