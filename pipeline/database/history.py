"""What runs left in the pipeline's own tables, read back as data; and the pruning of old details."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.basis import LEDGER, RUNS
from pipeline.database.read import Snapshot, key_text
from pipeline.database.record import CHANGES
from pipeline.database.write import Column, source
from pipeline.model import values
from pipeline.model.address import Address, Key
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Recorded, fingerprint
from pipeline.model.values import Declared, Json, Value
from pipeline.plan.change import FieldChange
from pipeline.plan.past import Entry, Run, Touch
from pipeline.plan.renaming import Renaming

_COUNTS = {
    "create": RUNS.c.created,
    "update": RUNS.c.updated,
    "move": RUNS.c.moved,
    "reactivate": RUNS.c.reactivated,
    "deactivate": RUNS.c.deactivated,
    "record": RUNS.c.recorded,
}
_LOGGED = [
    *(CHANGES.c[name] for name in ("kind", "key", "action", "cause", "active", "protected", "file", "line")),
    CHANGES.c.moved_from,
    *(sa.cast(CHANGES.c[name], sa.Text).label(name) for name in ("fields", "declared")),
    sa.cast(CHANGES.c.recorded, sa.Text).label("held"),  # runs have a column `recorded` of their own
]


class Page(NamedTuple):
    """Some of the runs, newest first, and how many there are in all."""

    runs: tuple[Run, ...]
    total: int


class Old(NamedTuple):
    """Details of old runs: how many changes, of how many runs."""

    changes: int
    runs: int


class _Name(NamedTuple):
    """A key that a resource had, from the run `since` to the one before `until`."""

    key: Key
    since: int
    until: int


_EVER = 2**63


async def runs(connection: AsyncConnection, limit: int, page: int) -> Page:
    """The runs on a page of `limit`, newest first. The first page is 1."""
    chosen = _runs().order_by(RUNS.c.id.desc()).limit(limit).offset(limit * (page - 1))
    found = [_run(row) for row in await connection.execute(chosen)]
    total = await connection.scalar(sa.select(sa.func.count()).select_from(RUNS))
    return Page(tuple(found), int(total or 0))


async def by_number(connection: AsyncConnection, number: int) -> Run | None:
    """One run; None where there is none of that number."""
    row = (await connection.execute(_runs().where(RUNS.c.id == sa.literal(number, sa.BigInteger)))).first()
    return None if row is None else _run(row)


async def entries(connection: AsyncConnection, pack: Pack, number: int) -> tuple[Entry, ...]:
    """What a run did to each row, in the order in which it did."""
    chosen = sa.select(*_LOGGED).where(CHANGES.c.run_id == number).order_by(CHANGES.c.position)
    return tuple(_entry(pack, row) for row in await connection.execute(chosen))


async def touches(connection: AsyncConnection, pack: Pack, address: Address) -> tuple[Touch, ...]:
    """All that runs did to one resource, newest first, under whatever keys it had."""
    names = await _names(connection, pack, address)
    texts = sa.bindparam("texts", [key_text(name.key) for name in names], sa.ARRAY(sa.Text))
    concerned = (RUNS.c.pack == pack.name) & (CHANGES.c.kind == address.kind) & (CHANGES.c.key == sa.any_(texts))
    chosen = _runs().add_columns(*_LOGGED).join_from(RUNS, CHANGES, CHANGES.c.run_id == RUNS.c.id).where(concerned)
    found = await connection.execute(chosen.order_by(RUNS.c.id.desc()))
    told = [Touch(_run(row), _entry(pack, row)) for row in found]
    return tuple(touch for touch in told if any(_fits(name, touch) for name in names))


async def all_touches(connection: AsyncConnection, pack: Pack) -> dict[Address, tuple[Touch, ...]]:
    """All that runs did to every resource, newest first, by the address that it has now; in one statement.

    What runs did to rows that are gone, and whose key another row got later, is nobody's.
    """
    chosen = _runs().add_columns(*_LOGGED).join_from(RUNS, CHANGES, CHANGES.c.run_id == RUNS.c.id)
    chosen = chosen.where(RUNS.c.pack == pack.name).order_by(RUNS.c.id.desc(), CHANGES.c.position)
    later: list[tuple[Renaming, Renaming]] = []
    found: dict[Address, list[Touch]] = {}
    for _, rows in groupby(await connection.execute(chosen), lambda row: row.number):
        touches = [Touch(_run(row), _entry(pack, row)) for row in rows]
        for touch in touches:
            name, key = touch.entry.address
            now = _now(name, key, later) if name in pack.kind else None
            if now is not None:
                found.setdefault(Address(name, now), []).append(touch)
        moved: dict[str, dict[Key, Key]] = {}
        for _, entry in touches:
            if entry.moved_from is not None and entry.address.kind in pack.kind:
                moved.setdefault(entry.address.kind, {})[entry.moved_from] = entry.address.key
        if moved:
            back = {name: {new: old for old, new in keys.items()} for name, keys in moved.items()}
            later.append((Renaming(pack, moved), Renaming(pack, back)))
    return {address: tuple(told) for address, told in found.items()}


def _now(name: str, key: Key, later: Sequence[tuple[Renaming, Renaming]]) -> Key | None:
    """The key of a row after all renames since, which come newest first; None where another row has got its key."""
    for forth, back in reversed(later):
        new = forth.key(name, key)
        if new == key and back.key(name, key) != key:
            return None
        key = new
    return key


def _fits(name: _Name, touch: Touch) -> bool:
    return touch.entry.address.key == name.key and name.since <= touch.run.number < name.until


async def _names(connection: AsyncConnection, pack: Pack, address: Address) -> list[_Name]:
    """The keys that a resource had, newest first."""
    moved = sa.select(CHANGES.c.run_id, CHANGES.c.kind, CHANGES.c.key, CHANGES.c.moved_from)
    moved = moved.join(RUNS, RUNS.c.id == CHANGES.c.run_id).where(RUNS.c.pack == pack.name)
    runs: dict[int, dict[str, dict[Key, Key]]] = {}
    for number, kind, new, old in await connection.execute(moved.where(CHANGES.c.moved_from.is_not(None))):
        if kind in pack.kind:
            runs.setdefault(number, {}).setdefault(kind, {})[_key(old)] = _key(new)
    (name, key), until, names = address, _EVER, list[_Name]()
    for number in sorted(runs, reverse=True):
        back = {kind: {new: old for old, new in keys.items()} for kind, keys in runs[number].items()}
        before = Renaming(pack, back).key(name, key)
        if before == key and Renaming(pack, runs[number]).key(name, key) != key:
            return [*names, _Name(key, number, until)]  # another had this name before, and left it
        if before != key:
            names.append(_Name(key, number, until))
            key, until = before, number
    return [*names, _Name(key, 0, until)]


async def places(connection: AsyncConnection, pack: Pack, number: int, snapshot: Snapshot) -> dict[Address, Key]:
    """Where the rows are by now that a run renamed, by the addresses that they got from it."""
    moved = sa.select(CHANGES.c.kind, CHANGES.c.key, CHANGES.c.row_id)
    rows = (await connection.execute(moved.where(CHANGES.c.run_id == number, CHANGES.c.moved_from.is_not(None)))).all()
    concerned = {row.kind for row in rows if row.kind in pack.kind}
    keys = {name: {str(id_): key for key, id_ in snapshot.ids[name].items()} for name in concerned}
    return {
        Address(name, _key(text)): keys[name][row_id] for name, text, row_id in rows if row_id in keys.get(name, {})
    }


async def is_undoing(connection: AsyncConnection, run: Run) -> bool:
    """Whether a run took another back, and that one did not take back in its turn."""
    undone = None if run.undoes is None else await by_number(connection, run.undoes)
    return run.undoes is not None and (undone is None or not await is_undoing(connection, undone))


async def last_runs(connection: AsyncConnection, pack: Pack, addresses: Collection[Address]) -> dict[Address, Run]:
    """The run that each of the ledger's entries at `addresses` is from."""
    if not addresses:
        return {}
    by_text = {(address.kind, key_text(address.key)): address for address in addresses}
    wanted = source(
        [
            Column("kind", sa.Text(), [kind for kind, _ in by_text]),
            Column("key", sa.Text(), [key for _, key in by_text]),
        ],
        "wanted",
    )
    entry = (LEDGER.c.pack == pack.name) & (LEDGER.c.kind == wanted.c.kind) & (LEDGER.c.key == wanted.c.key)
    chosen = _runs().add_columns(LEDGER.c.kind, LEDGER.c.key).join_from(RUNS, LEDGER, LEDGER.c.run_id == RUNS.c.id)
    found = await connection.execute(chosen.join(wanted, entry))
    return {by_text[row.kind, row.key]: _run(row) for row in found}


async def newer(connection: AsyncConnection, pack: Pack, number: int) -> set[Address]:
    """The resources that runs after this one wrote last."""
    chosen = sa.select(LEDGER.c.kind, LEDGER.c.key).where(LEDGER.c.pack == pack.name, LEDGER.c.run_id > number)
    return {Address(kind, _key(key)) for kind, key in await connection.execute(chosen) if kind in pack.kind}


async def old(connection: AsyncConnection, age: timedelta) -> Old:
    """How many details `prune` would remove."""
    count = sa.func.count()
    chosen = sa.select(count, sa.func.count(sa.distinct(CHANGES.c.run_id))).where(_is_old(age))
    changes, of_runs = (await connection.execute(chosen)).one()
    return Old(changes, of_runs)


async def prune(connection: AsyncConnection, age: timedelta) -> int:
    """Remove the change details of runs older than `age`. The runs themselves and the ledger stay."""
    return int((await connection.execute(sa.delete(CHANGES).where(_is_old(age)))).rowcount)


def _is_old(age: timedelta) -> Any:
    return CHANGES.c.run_id.in_(sa.select(RUNS.c.id).where(RUNS.c.applied_at < sa.func.now() - age))


def _runs() -> sa.Select[Any]:
    detailed = sa.exists().where(CHANGES.c.run_id == RUNS.c.id).correlate(RUNS)
    return sa.select(
        RUNS.c.id.label("number"), RUNS, sa.cast(RUNS.c.allowed, sa.Text).label("said"), detailed.label("detailed")
    )


def _run(row: Any) -> Run:
    counts = {action: getattr(row, column.name) for action, column in _COUNTS.items()}
    return Run(
        number=row.number,
        pack=row.pack,
        at=row.applied_at,
        actor=row.actor,
        database_user=row.database_user,
        reason=row.reason,
        scope=row.scope,
        commit=row.git_commit,
        clean=row.git_clean,
        undoes=row.undoes,
        allowed=tuple(json.loads(row.said)),
        counts=counts,
        pruned=any(counts.values()) and not row.detailed,
    )


def _entry(pack: Pack, row: Any) -> Entry:
    kind = pack.kind.get(row.kind)
    fields: Mapping[str, Mapping[str, Any]] = _parsed(row.fields)
    before = _loaded(kind, {name: said["before"] for name, said in fields.items()})
    after = _loaded(kind, {name: said["after"] for name, said in fields.items()})
    return Entry(
        address=Address(row.kind, _key(row.key)),
        action=row.action,
        cause=row.cause,
        fields=tuple(FieldChange(n, before[n], after[n], fields[n]["cause"]) for n in sorted(fields)),
        declared=_loaded(kind, _parsed(row.declared)),
        active=row.active,
        protected=row.protected,
        recorded=None if row.held is None else _recorded(kind, _parsed(row.held)),
        file=row.file,
        line=row.line,
        moved_from=None if row.moved_from is None else _key(row.moved_from),
    )


def _recorded(kind: Kind | None, said: Mapping[str, Any]) -> Recorded:
    held = _loaded(kind, said["values"])
    active, protected = bool(said["active"]), bool(said["protected"])
    return Recorded(active, fingerprint(held, active=active, protected=protected), protected, held)


def _loaded(kind: Kind | None, said: Mapping[str, Any]) -> Declared:
    """Values of the log. A field that the pack does not have any more is shown as it was written."""
    types = {name: (field.type, field.scale) for name, field in kind.field.items()} if kind else {}
    known = set(types) | set(kind.ref if kind else ())
    loaded = values.load({name: raw for name, raw in said.items() if name in known}, types)
    return Declared(
        {name: _settled(kind, name, loaded[name]) if name in known else _unknown(said[name]) for name in said}
    )


def _settled(kind: Kind | None, name: str, value: Value) -> Value:
    """In a JSON column that is never NULL, null is JSON's own."""
    field = kind.field.get(name) if kind else None
    is_json_null = value is None and field is not None and field.type == "json" and field.default is not None
    return Json("null") if is_json_null else value


def _unknown(raw: Any) -> Value:
    return values.json(raw) if isinstance(raw, dict | list) else raw


def _parsed(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def _key(text: str) -> Key:
    return values.key(json.loads(text))
