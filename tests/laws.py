"""What holds of every apply, of whatever plan: the database before and after, held against the plan and its run."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NamedTuple

from pipeline.commands import Prepared
from pipeline.database.read import Snapshot
from pipeline.model import values
from pipeline.model.address import Address, root
from pipeline.model.kind import AppendOnly, Kind, Status
from pipeline.model.pack import Pack
from pipeline.model.resource import Recorded
from pipeline.model.values import Declared
from pipeline.plan.change import ACTIONS, Change, Plan, becomes, is_forgotten, print_of
from pipeline.plan.diff import covers
from pipeline.plan.outcome import outcome
from pipeline.plan.renaming import Renaming
from tests.workbench import Rows, Workbench

_LEDGER = 'SELECT kind, key, row_id, active, protected, digest, "values"::text, run_id FROM pipeline.ledger'
_LOG = (
    "SELECT kind, key, row_id, active, protected, digest, declared::text, run_id, action, fields::text, moved_from"
    " FROM pipeline.changes WHERE run_id = $1 ORDER BY position"
)
_COUNTS = "created, updated, moved, reactivated, deactivated, recorded"


class Held(NamedTuple):
    """An entry of the ledger, or what the change log says that it became."""

    row: str
    recorded: Recorded
    run: int


class Moment(NamedTuple):
    """Everything there is to know of the database at one time."""

    rows: Rows
    ledger: dict[Address, Held]
    runs: int
    moves: frozenset[tuple[str, str, str]]
    seen: Snapshot


async def moment(bench: Workbench, pack: Pack) -> Moment:
    """The database as it is."""
    moves = await bench.connection.fetch("SELECT kind, from_key, to_key FROM pipeline.moves")
    return Moment(
        await bench.rows(),
        {_address(row): _held(pack, row) for row in await bench.connection.fetch(_LEDGER)},
        int(await bench.connection.fetchval("SELECT coalesce(max(id), 0) FROM pipeline.runs")),
        frozenset(tuple(row) for row in moves),
        await bench.snapshot(pack),
    )


def managed(pack: Pack, found: Moment) -> Any:
    """What a plan depends on: the columns that the pipeline manages, and the ledger."""
    columns: dict[str, set[str]] = {}
    for kind in pack.kinds:
        columns.setdefault(kind.table, {"id"}).update(column(kind, name) for name in (*kind.ref, *kind.field))
        columns[kind.table] |= {kind.flag} if kind.flag else set()  # a status is a field
    rows = {(table, id_): {name: str(row[name]) for name in columns[table]} for (table, id_), row in found.rows.items()}
    return rows, found.ledger


def nothing_was_written(before: Moment, after: Moment) -> None:
    """Not a row, nor anything that the pipeline keeps for itself."""
    assert after.rows == before.rows
    assert (after.ledger, after.runs, after.moves) == (before.ledger, before.runs, before.moves)


def column(kind: Kind, name: str) -> str:
    """The column of a field or reference."""
    return kind.ref[name].column if name in kind.ref else name


def outcome_is_as_planned(pack: Pack, plan: Plan, before: Moment, after: Moment) -> None:
    """The rows are the outcome of the state before and the plan, to the last field."""
    expected = outcome(pack, before.seen.state, plan.changes)
    for kind in pack.kinds:
        found = after.seen.state[kind.name]
        assert found.keys() == expected[kind.name].keys()
        for key, row in expected[kind.name].items():
            assert found[key].active == row.active
            assert values.canonical_text(dict(found[key].values)) == values.canonical_text(dict(row.values))


def rows_stay_under_their_ids(pack: Pack, plan: Plan, before: Moment, after: Moment) -> None:
    """No row is deleted, and each has its id, through moves and all."""
    assert before.rows.keys() <= after.rows.keys()
    kept = Renaming.of(pack, plan.changes).keyed(before.seen.ids)
    for name, ids in kept.items():
        assert ids.items() <= after.seen.ids[name].items()


def nothing_else_is_touched(pack: Pack, plan: Plan, before: Moment, after: Moment) -> None:
    """Rows without a change are as they were, and in the others the columns that no change names."""
    written: dict[tuple[str, str], set[str]] = {}
    for change in plan.changes:
        kind = pack.kind[change.address.kind]
        row = kind.table, str(after.seen.ids[kind.name][change.address.key])
        written[row] = {column(kind, name) for name in becomes(kind, change)} | {kind.flag or "", "updated_at"}
    for row, was in before.rows.items():
        assert {name for name, value in was.items() if after.rows[row][name] != value} <= written.get(row, set())
        if "updated_at" in was:  # which rows that are only added have not
            assert (after.rows[row]["updated_at"] != was["updated_at"]) == (row in written)


def only_what_is_owned_is_written(pack: Pack, prepared: Prepared, before: Moment) -> None:
    """An apply of manifests writes what these declare, or declared the last time, and nothing that people edit."""
    assert prepared.desired is not None
    renaming = Renaming.of(pack, prepared.plan.changes)
    last = {
        Address(address.kind, renaming.key(address.kind, address.key)): held for address, held in before.ledger.items()
    }
    for change in prepared.plan.changes:
        want = prepared.desired[change.address.kind].get(change.address.key)
        held = last.get(change.address)
        owned = set(want.values if want else ()) | set((held.recorded.values if held else None) or ())
        retire = pack.kind[change.address.kind].retire
        liveness = {retire.column} if isinstance(retire, Status) else set()
        assert {field.name for field in change.fields} <= owned | liveness


def ledger_equals_rows(pack: Pack, scope: str | None, after: Moment) -> None:
    """What the manifests own, the rows hold."""
    for (name, key), held in after.ledger.items():
        if not held.recorded.active or not covers(pack, pack.kind[name], key, scope):
            continue
        if isinstance(pack.kind[name].retire, AppendOnly) and key not in after.seen.state[name]:
            continue  # nobody declares it any more, and what it belongs to has another name
        row = after.seen.state[name][key]
        assert row.active
        assert held.row == str(after.seen.ids[name][key])
        for field, value in (held.recorded.values or {}).items():
            assert row.values[field] == value


def nothing_outside_the_scope(plan: Plan) -> None:
    addresses = [*(change.address for change in plan.changes), *(record.address for record in plan.records)]
    for address in addresses if plan.scope is not None else ():
        assert address.kind in plan.scoped
        assert root(address.key) == plan.scope


async def the_run_is_told(bench: Workbench, plan: Plan, run: int, before: Moment, after: Moment) -> None:
    """One run more, with its counts."""
    runs = await bench.connection.fetch("SELECT id FROM pipeline.runs WHERE id > $1", before.runs)
    assert [row["id"] for row in runs] == [run] == [after.runs]
    found = await bench.connection.fetchrow(
        f"SELECT plan_digest, undoes, scope, {_COUNTS} FROM pipeline.runs WHERE id = $1",  # noqa: S608
        run,
    )
    counts = [plan.summary[action] for action in ACTIONS]
    assert tuple(found) == (plan.digest, plan.undoes, plan.scope, *counts, len(plan.records))


async def the_log_makes_the_ledger(
    bench: Workbench, pack: Pack, plan: Plan, run: int, before: Moment, after: Moment
) -> None:
    """The ledger before and the run's change log give the ledger after; so the whole log gives the whole ledger."""
    log = await bench.connection.fetch(_LOG, run)
    entries: list[Any] = [*plan.changes, *plan.records]
    assert [(_address(row), row["digest"]) for row in log] == [(one.address, print_of(one)) for one in entries]
    moved: dict[str, dict[Any, Any]] = {}
    for row in log:
        if row["moved_from"] is not None:
            moved.setdefault(row["kind"], {})[values.key(json.loads(row["moved_from"]))] = _address(row).key
    expected = _renamed(pack, Renaming(pack, moved), before)
    for row, entry in zip(log, entries, strict=True):
        address, held = _address(row), _held(pack, row)
        if is_forgotten(entry):
            expected.pop(address, None)
            continue
        if not held.row and address in expected:
            held = held._replace(row=expected[address].row)
        expected[address] = held
    assert after.ledger == expected


def _renamed(pack: Pack, renaming: Renaming, before: Moment) -> dict[Address, Held]:
    entries: dict[str, dict[Any, Recorded]] = {kind.name: {} for kind in pack.kinds}
    for (name, key), held in before.ledger.items():
        entries[name][key] = held.recorded
    ledger = renaming.ledger(entries, renaming.arrivals(before.seen.ids, entries))
    found = {}
    for (name, key), held in before.ledger.items():
        address = Address(name, renaming.key(name, key))
        recorded = ledger[name].get(address.key)
        if recorded is not None and (address.key != key or address not in found):
            found[address] = held._replace(recorded=recorded)
    return found


def _address(row: Any) -> Address:
    return Address(row["kind"], values.key(json.loads(row["key"])))


def _held(pack: Pack, row: Any) -> Held:
    said = row["declared" if "declared" in row else "values"]
    loaded: Declared = values.load(json.loads(said, parse_float=Decimal), pack.kind[row["kind"]].types)
    return Held(row["row_id"], Recorded(row["active"], row["digest"], row["protected"], loaded), row["run_id"])


def told(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    """The changes in short, for the message of a test that fails."""
    return [(change.action, str(change.address), change.cause) for change in changes]
