"""Rows -> State: one statement per kind, ids turned into natural keys on the way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.basis import LEDGER, basis
from pipeline.database.tables import tables
from pipeline.errors import DatabaseError
from pipeline.model import values
from pipeline.model.address import Address, Key
from pipeline.model.kind import AppendOnly, Field, FieldType, Flag, Kind, Status
from pipeline.model.moments import Moment, in_utc
from pipeline.model.pack import Pack
from pipeline.model.resource import Recorded, Resource, State
from pipeline.model.values import Row, Value

ACTIVE = "*active"
"""The name under which it is read whether a row is active; no column is called so."""
_WHOLE: Any = sa.literal_column("'{}'")


@dataclass(frozen=True)
class Snapshot:
    """What one transaction saw: the rows, the ids behind their keys, the ledger, and a fingerprint of all.

    Ids are known to this room alone. `ledger` holds digests; see `with_values`.
    """

    state: dict[str, dict[Key, Resource]]
    ids: dict[str, dict[Key, Any]]
    ledger: dict[str, dict[Key, Recorded]]
    basis: str


async def read(connection: AsyncConnection, pack: Pack, like: State | None = None) -> Snapshot:
    """All rows of the pack's kinds and its ledger, as the connection's transaction sees them.

    Values that equal those of `like` are kept as the same objects: most do, and texts take the most memory.
    """
    state, ids = await _rows(connection, pack, like)
    return Snapshot(state, ids, await _ledger(connection, pack, state), (await basis(connection, pack)).print_)


async def _rows(
    connection: AsyncConnection, pack: Pack, like: State | None
) -> tuple[dict[str, dict[Key, Resource]], dict[str, dict[Key, Any]]]:
    named = tables(pack)
    state: dict[str, dict[Key, Resource]] = {}
    ids: dict[str, dict[Key, Any]] = {}
    keys: dict[str, dict[Any, Key]] = {}
    referred = {ref.to for kind in pack.kinds for ref in kind.refs}
    for kind in pack.kinds:
        columns = await columns_of(connection, kind, named[kind.table])
        columns = _with_keys(kind, columns, keys)
        if not columns:
            state[kind.name], ids[kind.name], keys[kind.name] = {}, {}, {}
            continue
        found_keys = _keys(kind, columns, keys)
        keys[kind.name] = dict(zip(columns["id"], found_keys, strict=True))
        state[kind.name] = _resources(kind, columns, found_keys, keys, like[kind.name] if like else {})
        if len(state[kind.name]) != len(found_keys):
            raise DatabaseError(_duplicates(kind, found_keys))
        ids[kind.name] = dict(zip(state[kind.name], columns["id"], strict=True))
        keys[kind.name] = dict(zip(columns["id"], state[kind.name], strict=True)) if kind.name in referred else {}
    return state, ids


async def columns_of(
    connection: AsyncConnection, kind: Kind, table: sa.Table, only: Collection[Any] | None = None
) -> dict[str, Sequence[Any]]:
    """The kind's rows, or those with the ids in `only`, as columns by name; empty where there are no rows.

    Fields are in canonical form, references (by their names) still ids.
    """
    statement = _select(kind, table)
    if only is not None:
        chosen = sa.bindparam("only", list(only), sa.ARRAY(table.c.id.type))
        statement = statement.where(table.c.id == sa.any_(chosen))
    found = (await connection.execute(statement)).all()
    return _converted(kind, found) if found else {}


async def with_values(
    connection: AsyncConnection, pack: Pack, snapshot: Snapshot, addresses: Collection[Address]
) -> dict[str, dict[Key, Recorded]]:
    """The ledger with the values of the entries at `addresses`; all other entries stay as they are."""
    ledger = {name: dict(entries) for name, entries in snapshot.ledger.items()}
    entries = ((address, ledger[address.kind].get(address.key)) for address in addresses)
    known = [address for address, entry in entries if entry and entry.values is None]
    if not known:
        return ledger
    wanted = (
        sa.func.unnest(
            sa.bindparam("kinds", [address.kind for address in known], sa.ARRAY(sa.Text)),
            sa.bindparam("keys", [key_text(address.key) for address in known], sa.ARRAY(sa.Text)),
        )
        .table_valued(sa.column("kind", sa.Text), sa.column("key", sa.Text))
        .render_derived(name="wanted")
    )
    statement = sa.select(LEDGER.c.kind, LEDGER.c.key, sa.cast(LEDGER.c["values"], sa.Text)).join(
        wanted, (LEDGER.c.kind == wanted.c.kind) & (LEDGER.c.key == wanted.c.key)
    )
    rows = (await connection.execute(statement.where(LEDGER.c.pack == pack.name))).all()
    for name, text, stored in rows:
        key = values.key(json.loads(text))
        loaded = values.load(json.loads(stored, parse_float=Decimal), pack.kind[name].types)
        ledger[name][key] = ledger[name][key]._replace(values=loaded)
    return ledger


def key_text(key: Key) -> str:
    """A natural key as the ledger stores it."""
    return values.canonical_text(key)


def _select(kind: Kind, table: sa.Table) -> sa.Select[Any]:
    """id, liveness, references, fields. Rows without a part of the key that the kind needs are not of this kind."""
    columns: list[Any] = [table.c.id, _liveness(kind, table)]
    columns += [table.c[ref.column] for ref in kind.refs]
    for field in kind.fields:
        columns.append(_said(field, table.c[field.name]))
    optional = {ref.name for ref in kind.refs if ref.optional}
    needed = [table.c[kind.ref[part].column if part in kind.ref else part] for part in kind.key if part not in optional]
    return sa.select(*columns).where(*(column.is_not(None) for column in needed))


def _liveness(kind: Kind, table: sa.Table) -> Any:
    """Whether a row is active, under the name ACTIVE."""
    match kind.retire:
        case Flag(column=name):
            active: sa.ColumnElement[bool] = table.c[name]
        case Status(column=name, active=values_):
            active = table.c[name].in_(values_)
        case AppendOnly():
            active = sa.true()
    return active.label(ACTIVE)


def _said(field: Field, column: sa.Column[Any]) -> Any:
    """The column as it is asked for. The driver's dates end in 9999, and its last day is infinity.

    Of all texts that PostgreSQL makes of dates, only those in JSON do not depend on settings.
    """
    match field.type:
        case "json":
            return sa.cast(column, sa.Text)
        case "date":
            return sa.func.to_json(column).op("#>>")(_WHOLE)
        case "timestamp":
            return sa.func.to_json(sa.func.timezone(sa.literal_column("'UTC'"), column)).op("#>>")(_WHOLE)
        case _:
            return column


def _with_keys(
    kind: Kind, columns: dict[str, Sequence[Any]], keys: Mapping[str, Mapping[Any, Key]]
) -> dict[str, Sequence[Any]]:
    """The rows without those whose key leads to a row that is not there: no name can be given to them."""
    lost = {
        at
        for part in kind.key
        if columns and part in kind.ref
        for at, id_ in enumerate(columns[part])
        if id_ is not None and id_ not in keys[kind.ref[part].to]
    }
    if not lost:
        return columns
    if len(lost) == len(columns["id"]):
        return {}
    return {name: [cell for at, cell in enumerate(cells) if at not in lost] for name, cells in columns.items()}


def _keys(kind: Kind, columns: Mapping[str, Sequence[Any]], keys: dict[str, dict[Any, Key]]) -> list[Key]:
    """The natural key of each row."""
    parts: list[Sequence[Any]] = []
    for part in kind.key:
        if part in kind.ref:
            known = keys[kind.ref[part].to]
            parts.append([None if id_ is None else known[id_] for id_ in columns[part]])
        else:
            is_text = kind.field[part].type == "text"
            parts.append(columns[part] if is_text else [None if cell is None else str(cell) for cell in columns[part]])
    return list(zip(*parts, strict=True))


def _converted(kind: Kind, rows: Sequence[Any]) -> dict[str, Sequence[Any]]:
    """The rows as columns by name, fields in canonical form, references still ids."""
    names = ["id", ACTIVE, *kind.ref, *kind.field]
    columns: dict[str, Sequence[Any]] = dict(zip(names, zip(*rows, strict=True), strict=True))
    for field in kind.fields:
        convert = _converter(field)
        if convert is not None:
            columns[field.name] = [None if raw is None else convert(raw) for raw in columns[field.name]]
    return columns


def _resources(
    kind: Kind,
    columns: Mapping[str, Sequence[Any]],
    found: Sequence[Key],
    keys: dict[str, dict[Any, Key]],
    like: Mapping[Key, Resource],
) -> dict[Key, Resource]:
    at = {name: position for position, name in enumerate((*kind.ref, *kind.field))}
    cells = [[keys[ref.to].get(id_) for id_ in columns[ref.name]] for ref in kind.refs]
    cells += [list(columns[field.name]) for field in kind.fields]
    resources = {}
    for key, row, active in zip(found, zip(*cells, strict=True), columns[ACTIVE], strict=True):
        twin = like.get(key)
        if twin is None:
            resources[key] = Resource(Address(kind.name, key), Row(at, row), active)
        else:
            resources[twin.address.key] = Resource(twin.address, Row(at, _shared(row, at, twin.values)), active)
    return resources


def _shared(row: tuple[Any, ...], at: Mapping[str, int], twin: Mapping[str, Value]) -> tuple[Any, ...]:
    """The row with each value that equals its twin's replaced by that."""
    cells = list(row)
    for name, value in twin.items():
        position = at[name]
        if cells[position] == value:
            cells[position] = value
    return tuple(cells)


def _converter(field: Field) -> Callable[[Any], Value] | None:
    """From the driver's value to the canonical one; None where they are the same."""
    match field.type:
        case "json":
            return _json_reader()
        case "decimal":
            return lambda raw: values.decimal(raw, field.scale)
        case other:
            return _CONVERTERS.get(other)


_CONVERTERS: dict[FieldType, Callable[[Any], Value]] = {
    "text": values.text,
    "float": values.double,
    "date": Moment,
    "timestamp": in_utc,
}


def _json_reader() -> Callable[[str], Value]:
    """PostgreSQL's JSON text -> canonical. Texts repeat a lot, so those of a column are remembered."""
    parse = json.JSONDecoder(parse_float=Decimal).decode
    known: dict[str, Value] = {}

    def read_json(raw: str) -> Value:
        found = known.get(raw)
        if found is None:
            found = known[raw] = values.json(values.composed(parse(raw)))
        return found

    return read_json


async def _ledger(
    connection: AsyncConnection, pack: Pack, state: Mapping[str, Mapping[Key, Resource]]
) -> dict[str, dict[Key, Recorded]]:
    statement = sa.select(LEDGER.c.kind, LEDGER.c.key, LEDGER.c.active, LEDGER.c.digest, LEDGER.c.protected)
    rows = (await connection.execute(statement.where(LEDGER.c.pack == pack.name))).all()
    ledger: dict[str, dict[Key, Recorded]] = {kind.name: {} for kind in pack.kinds}
    by_text: dict[str, dict[str, Key]] = {}
    for name, text, active, digest, protected in rows:
        if name not in ledger:
            continue  # a kind that this version of the pack does not have any more
        if name not in by_text:  # writing the keys of the rows is cheaper than parsing those of the ledger
            by_text[name] = {key_text(key): key for key in state[name]}
        key = by_text[name].get(text) or values.key(json.loads(text))
        ledger[name][key] = Recorded(active, digest, protected)
    return ledger


def _duplicates(kind: Kind, found: Sequence[Key]) -> str:
    twice = sorted(str(Address(kind.name, key)) for key, count in Counter(found).items() if count > 1)
    return (
        f"The table {kind.table} holds more than one row for {', '.join(twice[:10])}. "
        "The pipeline tells rows apart by this key: remove or rename the ones that are too many."
    )
