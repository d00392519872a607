"""What holds of every apply, whatever the manifests say and whatever people did to the rows before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.commands import Prepared, Validation
from pipeline.database.read import Snapshot
from pipeline.model.address import Key
from pipeline.model.kind import Kind
from pipeline.model.resource import Resource, State
from pipeline.model.values import Value, dump
from tests.edits import Edit, edits
from tests.strategies import Catalogue, catalogues
from tests.workbench import Entry, Rows, Workbench, workbench

# The database of a test is emptied before each of its examples, so they share it without seeing each other.
few = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
async def bench(database: str, folder: Path) -> AsyncIterator[Workbench]:
    async with workbench(database, folder) as made:
        yield made


class Step(NamedTuple):
    """Manifests, and what people do by hand before these are applied."""

    catalogue: Catalogue
    edits: list[Edit]


steps = st.builds(Step, catalogues(), edits)
histories = st.lists(steps, min_size=1, max_size=3)


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

    def recorded(self, kind: Kind, key: Key) -> dict[str, Value]:
        """The values last applied, by name; none where nothing was."""
        entry = self.before.ledger.get((kind.name, key))
        return dict(entry.values) if entry else {}


def valid(bench: Workbench, catalogue: Catalogue) -> Validation:
    """The manifests' validation. The strategy makes no errors: one would be a mistake in it or in the checks."""
    validation = bench.validate(catalogue)
    assert validation.ok, [found.message for found in validation.diagnostics]
    return validation


async def moment(bench: Workbench, validation: Validation) -> Moment:
    pack = validation.packs[0]
    return Moment(await bench.rows(), await bench.ledger(pack), await bench.snapshot(pack))


async def live(bench: Workbench, history: list[Step]) -> Applied:
    """Apply manifests after manifests, with the edits before each, and look closely at the last apply."""
    await bench.reset()
    for step in history[:-1]:
        await bench.edit(step.edits)
        await bench.apply(valid(bench, step.catalogue))
    await bench.edit(history[-1].edits)
    validation = valid(bench, history[-1].catalogue)
    before = await moment(bench, validation)
    prepared = await bench.apply(validation)
    return Applied(before, await moment(bench, validation), prepared)


def untimed(rows: Rows) -> Rows:
    """The rows without the time of their last change."""
    return {id_: {name: value for name, value in row.items() if name != "updated_at"} for id_, row in rows.items()}


def column(kind: Kind, name: str) -> str:
    """The column of a field or reference."""
    return kind.ref[name].column if name in kind.ref else name


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
    used = {id_ for _, id_ in applied.before.rows}
    for kind, key, _ in applied.declared():
        entry = applied.before.ledger.get((kind.name, key))
        if entry and key not in applied.before.seen.ids[kind.name] and entry.id not in used:
            assert str(applied.after.seen.ids[kind.name][key]) == entry.id


def new_rows_have_the_defaults(applied: Applied) -> None:
    for kind, key, resource in applied.declared():
        if key not in applied.before.seen.ids[kind.name]:
            row = applied.after.seen.state[kind.name][key]
            assert all(
                row.values[field.name] == field.default for field in kind.fields if field.name not in resource.values
            )


def undeclared_fields_stay(applied: Applied) -> None:
    for kind, key, _, before, after in applied.both():
        want = applied.desired[kind.name].get(key)
        owned = set(want.values) | set(applied.recorded(kind, key)) if want else set()
        touched = {column(kind, name) for name in owned}
        kept = before.keys() - touched - {kind.flag, "updated_at"}
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def dropped_declarations_go_back_to_the_default(applied: Applied) -> None:
    for kind, key, resource in applied.declared():
        row = applied.after.seen.state[kind.name][key]
        for name in applied.recorded(kind, key).keys() - resource.values.keys():
            assert row.values[name] == (kind.field[name].default if name in kind.field else None)


def only_rows_of_the_plan_change(applied: Applied) -> None:
    planned = {change.address for change in applied.prepared.plan.changes}
    for kind, key, _, before, after in applied.both():
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
        if entry.active and key not in applied.desired[name]:
            assert not applied.after.ledger[name, key].active
            left = applied.after.seen.state[name].get(key)
            assert left is None or not left.active


@settings(few, max_examples=70)
@given(histories)
async def test_an_apply_does_just_what_its_contract_says(bench: Workbench, history: list[Step]) -> None:
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


@settings(few, max_examples=20)
@given(histories)
async def test_after_an_apply_there_is_nothing_left_to_do(bench: Workbench, history: list[Step]) -> None:
    await live(bench, history)

    again = (await bench.plan(valid(bench, history[-1].catalogue))).plan

    assert (again.changes, again.records) == ((), ())
    assert again.is_empty


@few
@given(catalogues())
async def test_a_second_apply_touches_no_row(bench: Workbench, catalogue: Catalogue) -> None:
    first = await live(bench, [Step(catalogue, [])])
    validation = valid(bench, catalogue)

    await bench.apply(validation)

    assert await moment(bench, validation) == first.after


@few
@given(histories)
async def test_dropping_everything_and_declaring_it_again_brings_back_the_same_rows(
    bench: Workbench, history: list[Step]
) -> None:
    first = await live(bench, history)
    validation = valid(bench, history[-1].catalogue)

    await bench.apply(valid(bench, {"nothing.toml": {"pack": "homologation", "version": 1}}))
    gone = await moment(bench, validation)
    await bench.apply(validation)
    back = await moment(bench, validation)

    for kind, key, resource in first.declared():
        assert not gone.seen.state[kind.name][key].active
        assert back.seen.state[kind.name][key].active == resource.active
    assert back.seen.ids == first.after.seen.ids
    assert untimed(back.rows) == untimed(first.after.rows)
