"""Ids of new rows, and statements that grow with kinds and not with rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.database.ids import Ids, make_ids
from pipeline.database.write import MANY, NewRows, insert, steps
from pipeline.model.address import Address, Key
from pipeline.model.pack import SEED_NAMESPACE
from pipeline.model.resource import State
from pipeline.packs.homologation import PACK
from pipeline.plan.change import Action, Change, FieldChange
from pipeline.plan.outcome import outcome

MOTOS: Key = ("motos-part",)
KEYS: dict[str, Key] = {
    "category": MOTOS,
    "tier": (MOTOS, "T6"),
    "element": (MOTOS, "ESCAPE"),
    "inclusion": ((MOTOS, "T6"), (MOTOS, "ESCAPE")),
    "service": (None, "gestion_itv"),
}
COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "id": sa.Uuid(),
    "is_active": sa.Boolean(),
    "code": sa.Text(),
    "content": JSONB(),
}


def change(kind: str, key: Key | None = None, action: Action = "create", *fields: FieldChange) -> Change:
    values = {"category": MOTOS, "tier": (MOTOS, "T6"), "element": (MOTOS, "ESCAPE")}
    declared = {name: values[name] for name in PACK.kind[kind].ref if name in values}
    return Change(action, Address(kind, key or KEYS[kind]), "manifest", fields, declared, active=True)


def after(changes: Sequence[Change]) -> State:
    """The state that the new rows make."""
    nothing: State = {kind.name: {} for kind in PACK.kinds}
    return outcome(PACK, nothing, [made for made in changes if made.action == "create"])


def ids_for(changes: Sequence[Change], known: Ids | None = None, remembered: dict[Address, str] | None = None) -> Ids:
    """The ids there are once these changes have theirs."""
    ids: Ids = {kind.name: dict((known or {}).get(kind.name, {})) for kind in PACK.kinds}
    make_ids(PACK, changes, ids, remembered or {}, {})
    return ids


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("category", "category:motos-part"),
        ("tier", "tier:motos-part:T6"),
        ("element", "element:motos-part:ESCAPE"),
        ("inclusion", "inclusion:motos-part:T6:ESCAPE"),
        ("service", "service:*:gestion_itv"),
    ],
)
def test_an_id_follows_from_kind_scope_and_code(kind: str, text: str) -> None:
    assert UUID("12345678-1234-5678-1234-567812345678") == SEED_NAMESPACE
    assert ids_for([change(kind)])[kind] == {KEYS[kind]: uuid5(SEED_NAMESPACE, text)}


def test_an_id_that_another_row_has_is_passed_over() -> None:
    wanted = uuid5(SEED_NAMESPACE, "element:motos-part:ESCAPE")
    second = uuid5(SEED_NAMESPACE, "element:motos-part:ESCAPE#2")
    known: Ids = {"element": {(MOTOS, "A"): wanted, (MOTOS, "B"): second}}

    found = ids_for([change("element")], known)["element"]
    assert found[KEYS["element"]] == uuid5(SEED_NAMESPACE, "element:motos-part:ESCAPE#3")


def test_two_kinds_in_one_table_share_its_ids() -> None:
    wanted = uuid5(SEED_NAMESPACE, "inclusion:motos-part:T6:ESCAPE")
    known: Ids = {"tier_inclusion": {((MOTOS, "T6"), (MOTOS, "T5")): wanted}}

    assert ids_for([change("inclusion")], known)["inclusion"][KEYS["inclusion"]] != wanted


def test_a_row_that_was_there_before_gets_its_id_back_unless_another_has_it() -> None:
    old = uuid4()
    remembered = {Address("element", KEYS["element"]): str(old)}

    assert ids_for([change("element")], None, remembered)["element"] == {KEYS["element"]: old}
    taken = ids_for([change("element")], {"element": {(MOTOS, "A"): old}}, remembered)["element"]
    assert len(set(taken.values())) == 2


def test_rows_that_are_there_keep_their_ids() -> None:
    known: Ids = {"element": {KEYS["element"]: uuid4()}}

    assert ids_for([change("element", None, "update")], known)["element"] == known["element"]


@pytest.mark.parametrize("count", [1, 300])
def test_there_is_one_step_per_kind_creates_first_and_parents_first(count: int) -> None:
    note = FieldChange("name", "a", "b", "manifest")
    changes = [change("tier", (MOTOS, f"T{number}"), "update", note) for number in range(count)]
    changes += [change("element", (MOTOS, f"E{number}")) for number in range(count)]
    changes += [change("category")]
    ids = ids_for(changes, {"tier": {made.address.key: uuid4() for made in changes[:count]}})

    made = steps(PACK, changes, after(changes), ids)
    assert [(step.label, step.rows) for step in made] == [
        ("create categories", 1),
        ("create elements", count),
        ("update tiers", count),
    ]
    assert [isinstance(step.statement, NewRows) for step in made] == [True, True, False]


def test_new_rows_carry_references_as_ids() -> None:
    changes = [change("category"), change("tier"), change("element"), change("inclusion")]
    ids = ids_for(changes)
    copied = steps(PACK, changes, after(changes), ids)[-1].statement

    assert isinstance(copied, NewRows)
    (row,) = copied.rows
    assert dict(zip(copied.columns, row, strict=True)) == {
        "id": ids["inclusion"][KEYS["inclusion"]],
        "is_active": True,
        "tier_id": ids["tier"][KEYS["tier"]],
        "element_id": ids["element"][KEYS["element"]],
    }


async def test_after_many_rows_json_is_read_as_it_was_before(engine: AsyncEngine) -> None:
    rows = [(uuid4(), True, f"K{number}", '{"ñ": [1]}') for number in range(MANY)]
    tables = sa.MetaData()
    table = sa.Table("many", tables, *(sa.Column(name, kind) for name, kind in COLUMNS.items()))
    async with engine.begin() as connection:
        await connection.run_sync(tables.create_all)
        await insert(connection, NewRows(table, list(COLUMNS), iter(rows), len(rows)))
        found = await connection.execute(sa.select(table.c.content).distinct())
        assert [*found.scalars()] == [{"ñ": [1]}]


async def test_after_many_rows_that_fail_json_is_read_as_it_was_before(engine: AsyncEngine) -> None:
    rows = [(uuid4(), True, "K", "no JSON")] * MANY
    tables = sa.MetaData()
    table = sa.Table("many", tables, *(sa.Column(name, kind) for name, kind in COLUMNS.items()))
    async with engine.begin() as connection:
        await connection.run_sync(tables.create_all)
    async with engine.connect() as connection:
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await insert(connection, NewRows(table, list(COLUMNS), iter(rows), len(rows)))
        await connection.rollback()
        assert await connection.scalar(sa.select(sa.literal({"a": 1}, JSONB))) == {"a": 1}
