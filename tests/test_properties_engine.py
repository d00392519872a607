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
few = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
many = settings(few, max_examples=70)


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
    (pack,) = validation.packs
    return Moment(await bench.rows(), await bench.ledger(pack), await bench.snapshot(pack))


async def live(bench: Workbench, history: list[Step], last: Catalogue | None = None) -> Applied:
    """Apply manifests after manifests, with the edits before each, and look closely at the last apply."""
    await bench.reset()
    for step in history[:-1]:
        await bench.edit(step.edits)
        await bench.apply(valid(bench, step.catalogue))
    await bench.edit(history[-1].edits)
    validation = valid(bench, history[-1].catalogue if last is None else last)
    before = await moment(bench, validation)
    prepared = await bench.apply(validation)
    return Applied(before, await moment(bench, validation), prepared)


def column(kind: Kind, name: str) -> str:
    """The column of a field or reference."""
    return kind.ref[name].column if name in kind.ref else name


@many
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


@many
@given(histories)
async def test_what_is_declared_stands_in_the_database_and_in_the_ledger(bench: Workbench, history: list[Step]) -> None:
    applied = await live(bench, history)

    for kind, key, resource in applied.declared():
        row, entry = applied.after.seen.state[kind.name][key], applied.after.ledger[kind.name, key]
        assert {name: row.values[name] for name in resource.values} == dict(resource.values)
        assert dump(entry.values) == dump(resource.values)
        assert row.active == entry.active == resource.active
        assert entry.id == str(applied.after.seen.ids[kind.name][key])


@many
@given(histories)
async def test_nothing_is_deleted_and_every_row_keeps_its_id(bench: Workbench, history: list[Step]) -> None:
    applied = await live(bench, history)

    assert applied.before.rows.keys() <= applied.after.rows.keys()
    for kind, key, id_, *_ in applied.both():
        assert str(applied.after.seen.ids[kind.name][key]) == id_


@many
@given(histories)
async def test_a_row_that_vanished_comes_back_under_its_id(bench: Workbench, history: list[Step]) -> None:
    applied = await live(bench, history)

    used = {id_ for _, id_ in applied.before.rows}
    for kind, key, _ in applied.declared():
        entry = applied.before.ledger.get((kind.name, key))
        if entry and key not in applied.before.seen.ids[kind.name] and entry.id not in used:
            assert str(applied.after.seen.ids[kind.name][key]) == entry.id


@many
@given(histories)
async def test_what_nobody_declares_stays_as_people_left_it(bench: Workbench, history: list[Step]) -> None:
    applied = await live(bench, history)

    for kind, key, _, before, after in applied.both():
        want = applied.desired[kind.name].get(key)
        owned = set(want.values) | set(applied.recorded(kind, key)) if want else set()
        touched = {column(kind, name) for name in owned if name in kind.field or name in kind.ref}
        kept = before.keys() - touched - {kind.retire.column, "updated_at"}
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


@many
@given(histories)
async def test_a_dropped_declaration_goes_back_to_the_default(bench: Workbench, history: list[Step]) -> None:
    applied = await live(bench, history)

    for kind, key, resource in applied.declared():
        row = applied.after.seen.state[kind.name][key]
        for name in applied.recorded(kind, key).keys() - resource.values.keys():
            assert row.values[name] == (kind.field[name].default if name in kind.field else None)


@many
@given(histories)
async def test_only_rows_of_the_plan_change_and_unmanaged_ones_never(bench: Workbench, history: list[Step]) -> None:
    applied = await live(bench, history)

    planned = {change.address for change in applied.prepared.plan.changes}
    unmanaged = 0
    for kind, key, _, before, after in applied.both():
        known = key in applied.desired[kind.name] or (kind.name, key) in applied.before.ledger
        unmanaged += not known
        assert (after != before) == ((kind.name, key) in planned)
        assert known or after == before
    assert applied.prepared.plan.unmanaged == unmanaged


@many
@given(histories)
async def test_what_is_declared_no_more_retires(bench: Workbench, history: list[Step]) -> None:
    applied = await live(bench, history)

    for (name, key), entry in applied.before.ledger.items():
        if entry.active and key not in applied.desired[name]:
            assert not applied.after.ledger[name, key].active
            left = applied.after.seen.state[name].get(key)
            assert left is None or not left.active


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
    assert back.seen.state == first.after.seen.state
