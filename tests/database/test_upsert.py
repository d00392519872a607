"""Rows by their natural key: added, changed where they differ, and else not touched."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.database.session import session
from pipeline.database.upsert import Upserted, upsert
from pipeline.errors import DatabaseError
from pipeline.packs.homologation.tables import AdditionalService, Element, Policy, VehicleCategory
from tests.packs.homologation.rows import counted

POLICY = {"key": "iva", "value": "21 %", "category": "precios"}


async def rows(engine: AsyncEngine, model: Any) -> dict[str, dict[str, Any]]:
    """All rows by their key or code."""
    async with session(engine) as opened:
        found = (await opened.scalars(sa.select(model))).all()
        return {getattr(row, "key", None) or row.code: row.model_dump() for row in found}


async def write(engine: AsyncEngine, *written: dict[str, Any], update: list[str] | None = None) -> Upserted:
    async with session(engine) as opened:
        return await upsert(opened, Policy, written, key=["key"], update=update)


async def test_only_rows_that_change_are_written(engine: AsyncEngine) -> None:
    others = [POLICY | {"key": key} for key in ("plazo", "garantia")]
    assert await write(engine, POLICY, *others) == Upserted(3, 0, 0)
    before = await rows(engine, Policy)

    changed = POLICY | {"value": "10 %"}
    assert await write(engine, changed, *others, POLICY | {"key": "nuevo"}) == Upserted(1, 1, 2)
    after = await rows(engine, Policy)
    assert after["iva"]["value"] == "10 %"
    assert after["iva"]["updated_at"] > before["iva"]["updated_at"]
    assert after["iva"]["created_at"] == before["iva"]["created_at"]
    assert after["iva"]["id"] == before["iva"]["id"]
    assert [after[key] for key in ("plazo", "garantia")] == [before[key] for key in ("plazo", "garantia")]


async def test_only_the_columns_asked_for_are_updated(engine: AsyncEngine) -> None:
    await write(engine, POLICY)
    other = POLICY | {"value": "10 %", "category": "otra"}
    assert await write(engine, other, update=["value"]) == Upserted(0, 1, 0)
    found = (await rows(engine, Policy))["iva"]
    assert (found["value"], found["category"]) == ("10 %", "precios")
    assert await write(engine, other | {"value": "0 %"}, POLICY | {"key": "b"}, update=[]) == Upserted(1, 0, 1)
    assert (await rows(engine, Policy))["iva"]["value"] == "10 %"


async def test_values_of_every_type_and_absent_ones(engine: AsyncEngine) -> None:
    async with session(engine) as opened:
        home = VehicleCategory(slug="motos-part", name="x", client_type="particular")
        opened.add(home)
        element = {"category_id": home.id, "code": "ESCAPE", "name": "Ñ", "keywords": ["é", '"'], "description": None}
        service = {"category_id": None, "code": "urgencia", "name": "x", "price": Decimal("1.50"), "is_active": False}
        for expected in (Upserted(1, 0, 0), Upserted(0, 0, 1)):
            assert await upsert(opened, Element, [element], key=["category_id", "code"]) == expected
            assert await upsert(opened, AdditionalService, [service], key=["category_id", "code"]) == expected
        changed = element | {"keywords": ["é"], "description": "x"}
        assert await upsert(opened, Element, [changed], key=["category_id", "code"]) == Upserted(0, 1, 0)
    found = (await rows(engine, Element))["ESCAPE"]
    assert {name: found[name] for name in changed} == changed
    assert found["aliases"] == []
    assert service.items() <= (await rows(engine, AdditionalService))["urgencia"].items()


async def test_one_statement_however_many_rows(engine: AsyncEngine) -> None:
    many = [POLICY | {"key": f"k{number}"} for number in range(20_000)]
    with counted(engine) as statements:
        assert await write(engine, *many) == Upserted(20_000, 0, 0)
    assert len(statements) == 1


async def test_no_rows_ask_nobody(engine: AsyncEngine) -> None:
    with counted(engine) as statements:
        assert await write(engine) == Upserted(0, 0, 0)
    assert statements == []


@pytest.mark.parametrize(
    ("written", "update", "message"),
    [
        ([POLICY, {"key": "b", "value": "x"}], None, "row 2 names other columns than the first: category"),
        ([POLICY, POLICY], None, "rows 1 and 2 have the same key: key iva"),
        ([POLICY | {"colour": "red"}], None, "policies has no column colour"),
        ([{"value": "x", "category": "y"}], None, "the rows do not name key"),
        ([{"key": "a", "category": "y"}], ["value"], "the rows do not name value"),
    ],
)
async def test_rows_that_cannot_be_meant(
    engine: AsyncEngine, written: list[dict[str, Any]], update: list[str] | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        await write(engine, *written, update=update)


async def test_what_the_table_refuses_leaves_nothing_behind(engine: AsyncEngine) -> None:
    with pytest.raises(DatabaseError, match="a text is longer"):
        await write(engine, POLICY, POLICY | {"key": "b", "category": "x" * 51})
    assert await rows(engine, Policy) == {}


@pytest.mark.parametrize("given_update", [None, []])
async def test_counts_and_rows_are_those_of_a_dictionary(engine: AsyncEngine, given_update: list[str] | None) -> None:
    """Upserts in turn, against the same upserts of a plain dictionary."""
    held: dict[str, str] = {}
    for written in ({"a": "x", "b": "x"}, {"b": "y", "c": "x"}, {"a": "x", "b": "y"}, {"c": "y", "d": "y", "a": "z"}):
        known = written.keys() & held.keys()
        moved = {key for key in known if held[key] != written[key]} if given_update is None else set()
        wanted = Upserted(len(written) - len(known), len(moved), len(known) - len(moved))
        made = [POLICY | {"key": key, "value": value} for key, value in written.items()]
        assert await write(engine, *made, update=given_update) == wanted
        held = {**held, **written} if given_update is None else {**written, **held}
        assert {key: row["value"] for key, row in (await rows(engine, Policy)).items()} == held
