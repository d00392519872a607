"""What holds of every apply, whatever the manifests say and whatever people did to the rows before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from hypothesis import strategies as st

from pipeline.commands import Prepared, Validation
from pipeline.database.read import Snapshot
from pipeline.model.address import Key
from pipeline.model.kind import AppendOnly, Kind, Status
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource, State
from pipeline.model.values import Value, dump
from tests.edits import Edit
from tests.strategies import Catalogue
from tests.workbench import Entry, Rows, Workbench
from tests.worlds.everywhere import CATALOGUES, everywhere
from tests.worlds.world import World


class Step(NamedTuple):
    """Manifests, and what people do by hand before these are applied."""

    catalogue: Catalogue
    edits: list[Edit]


def histories(world: World) -> st.SearchStrategy[list[Step]]:
    """Steps one after another."""
    return st.lists(st.builds(Step, world.catalogues, world.edits), min_size=1, max_size=3)


@dataclass
class Moment:
    """Everything there is to know of the database at one time."""

    rows: Rows
    ledger: dict[tuple[str, Key], Entry]
    seen: Snapshot


@dataclass
class Applied:
    """One apply: the database before and after, what was wanted, and what was planned."""

    before: Moment
    after: Moment
    prepared: Prepared

    @property
    def desired(self) -> State:
        assert self.prepared.desired is not None
        return self.prepared.desired

    def both(self) -> Iterator[tuple[Kind, Key, str, dict[str, Any], dict[str, Any]]]:
        """Kind, key and id of every row that was there before, and the row before and after."""
        for kind in self.prepared.pack.kinds:
            for key, id_ in self.before.seen.ids[kind.name].items():
                row = kind.table, str(id_)
                yield kind, key, str(id_), self.before.rows[row], self.after.rows[row]

    def declared(self) -> Iterator[tuple[Kind, Key, Resource]]:
        """What the manifests declare."""
        for kind in self.prepared.pack.kinds:
            for key, resource in self.desired[kind.name].items():
                yield kind, key, resource

    def changeable(self) -> Iterator[tuple[Kind, Key, str, dict[str, Any], dict[str, Any]]]:
        """The rows of `both` that an apply may change at all: of others not a column does."""
        for found in self.both():
            if not isinstance(found[0].retire, AppendOnly):
                yield found

    def recorded(self, kind: Kind, key: Key) -> dict[str, Value]:
        """The values last applied, by name; none where nothing was."""
        entry = self.before.ledger.get((kind.name, key))
        return dict(entry.values) if entry else {}


async def moment(bench: Workbench, validation: Validation) -> Moment:
    pack = validation.packs[0]
    return Moment(await bench.rows(), await bench.ledger(pack), await bench.snapshot(pack))


async def live(bench: Workbench, history: list[Step]) -> Applied:
    """Apply manifests after manifests, with the edits before each, and look closely at the last apply."""
    await bench.reset()
    for step in history[:-1]:
        await bench.edit(step.edits)
        await bench.apply(bench.valid(step.catalogue))
    await bench.edit(history[-1].edits)
    validation = bench.valid(history[-1].catalogue)
    before = await moment(bench, validation)
    prepared = await bench.apply(validation)
    return Applied(before, await moment(bench, validation), prepared)


def alike(pack: Pack, rows: Rows) -> Rows:
    """The rows without the time of their last change, and of what is active by its status just that it is."""
    active = {kind.table: kind.retire for kind in pack.kinds if isinstance(kind.retire, Status)}
    found = {}
    for row, held in rows.items():
        found[row] = {name: value for name, value in held.items() if name != "updated_at"}
        retire = active.get(row[0])
        if retire is not None and held[retire.column] in retire.active:
            found[row][retire.column] = True
    return found


def column(kind: Kind, name: str) -> str:
    """The column of a field or reference."""
    return kind.ref[name].column if name in kind.ref else name


def liveness(kind: Kind) -> str | None:
    """The column that says whether a row is active."""
    return None if isinstance(kind.retire, AppendOnly) else kind.retire.column


def declared_values_stand(applied: Applied) -> None:
    for kind, key, resource in applied.declared():
        row, entry = applied.after.seen.state[kind.name][key], applied.after.ledger[kind.name, key]
        assert {name: row.values[name] for name in resource.values} == dict(resource.values)
        assert dump(entry.values) == dump(resource.values)
        assert row.active == entry.active == resource.active
        assert entry.id == str(applied.after.seen.ids[kind.name][key])


def nothing_is_deleted_and_ids_stay(applied: Applied) -> None:
    assert applied.before.rows.keys() <= applied.after.rows.keys()
    for kind, key, id_, *_ in applied.both():
        assert str(applied.after.seen.ids[kind.name][key]) == id_


def vanished_rows_come_back_under_their_id(applied: Applied) -> None:
    for kind, key, _ in applied.declared():
        entry = applied.before.ledger.get((kind.name, key))
        gone = entry and key not in applied.before.seen.ids[kind.name]
        if entry and gone and (kind.table, entry.id) not in applied.before.rows:
            assert str(applied.after.seen.ids[kind.name][key]) == entry.id


def new_rows_have_the_defaults(applied: Applied) -> None:
    for kind, key, resource in applied.declared():
        if key not in applied.before.seen.ids[kind.name]:
            row = applied.after.seen.state[kind.name][key]
            assert all(
                row.values[field.name] == field.default for field in kind.fields if field.name not in resource.values
            )  # also of a status: what is not active declares it


def undeclared_fields_stay(applied: Applied) -> None:
    for kind, key, _, before, after in applied.both():
        want = applied.desired[kind.name].get(key)
        owned = set(want.values) | set(applied.recorded(kind, key)) if want else set()
        touched = {column(kind, name) for name in owned}
        kept = before.keys() - touched - {liveness(kind), "updated_at"}
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def dropped_declarations_go_back_to_the_default(applied: Applied) -> None:
    for kind, key, resource in applied.declared():
        row = applied.after.seen.state[kind.name][key]
        for name in applied.recorded(kind, key).keys() - resource.values.keys():
            if name != liveness(kind):
                assert row.values[name] == (kind.field[name].default if name in kind.field else None)


def only_rows_of_the_plan_change(applied: Applied) -> None:
    planned = {change.address for change in applied.prepared.plan.changes}
    assert all(after == before for kind, _, _, before, after in applied.both() if isinstance(kind.retire, AppendOnly))
    for kind, key, _, before, after in applied.changeable():
        assert (after != before) == ((kind.name, key) in planned)
        assert (after["updated_at"] != before["updated_at"]) == ((kind.name, key) in planned)


def unmanaged_rows_are_left_alone(applied: Applied) -> None:
    unmanaged = 0
    for kind, key, _, before, after in applied.both():
        if key not in applied.desired[kind.name] and (kind.name, key) not in applied.before.ledger:
            unmanaged += 1
            assert after == before
    assert applied.prepared.plan.unmanaged == unmanaged


def what_is_declared_no_more_retires(applied: Applied) -> None:
    for (name, key), entry in applied.before.ledger.items():
        kept = isinstance(applied.prepared.pack.kind[name].retire, AppendOnly)
        if entry.active and key not in applied.desired[name] and not kept:
            assert not applied.after.ledger[name, key].active
            left = applied.after.seen.state[name].get(key)
            assert left is None or not left.active


@everywhere(70, history=histories)
async def test_an_apply_does_just_what_its_contract_says(bench: Workbench, world: World, history: list[Step]) -> None:
    applied = await live(bench, history)

    declared_values_stand(applied)
    nothing_is_deleted_and_ids_stay(applied)
    vanished_rows_come_back_under_their_id(applied)
    new_rows_have_the_defaults(applied)
    undeclared_fields_stay(applied)
    dropped_declarations_go_back_to_the_default(applied)
    only_rows_of_the_plan_change(applied)
    unmanaged_rows_are_left_alone(applied)
    what_is_declared_no_more_retires(applied)


@everywhere(20, history=histories)
async def test_after_an_apply_there_is_nothing_left_to_do(bench: Workbench, world: World, history: list[Step]) -> None:
    await live(bench, history)

    again = (await bench.plan(bench.valid(history[-1].catalogue))).plan

    assert (again.changes, again.records) == ((), ())
    assert again.is_empty


@everywhere(15, catalogue=CATALOGUES)
async def test_a_second_apply_touches_no_row(bench: Workbench, world: World, catalogue: Catalogue) -> None:
    first = await live(bench, [Step(catalogue, [])])
    validation = bench.valid(catalogue)

    await bench.apply(validation)

    assert await moment(bench, validation) == first.after


@everywhere(15, history=histories)
async def test_dropping_everything_and_declaring_it_again_brings_back_the_same_rows(
    bench: Workbench, world: World, history: list[Step]
) -> None:
    first = await live(bench, history)
    validation = bench.valid(history[-1].catalogue)

    await bench.apply(bench.valid({"nothing.toml": world.head}))
    gone = await moment(bench, validation)
    await bench.apply(validation)
    back = await moment(bench, validation)

    for kind, key, resource in first.declared():
        assert gone.seen.state[kind.name][key].active == isinstance(kind.retire, AppendOnly)
        assert back.seen.state[kind.name][key].active == resource.active
    assert back.seen.ids == first.after.seen.ids
    assert alike(world.pack, back.rows) == alike(world.pack, first.after.rows)
