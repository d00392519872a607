"""What people do by hand to the tables of any pack, made from its kinds and tables: a strategy of SQL statements.

Rows are chosen by number, so an edit means the same whatever rows there are. What a constraint or a trigger refuses
is not done, as `Workbench.edit` sees to. Strategies hold functions, not tables: Hypothesis prints strategies, and the
text of a table is very long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from pipeline.database.tables import tables
from pipeline.model import values
from pipeline.model.kind import AppendOnly, Kind, Ref, Status
from pipeline.model.pack import Pack
from tests.edits import ROW, Edit
from tests.from_schema import definitions, value_of

CODES = ("r-1", "r-2", "a-mano")
"""Codes of the rows that people add."""

_OWN = ("id", "created_at", "updated_at")
_BY_TYPE: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (sa.Boolean, ("true", "false")),
    (sa.Integer, ("0", "1", "3")),
    (sa.Double, ("0.25", "1")),
    (sa.DateTime, ("2024-02-29 12:00+00",)),
    (sa.Date, ("2024-02-29",)),
    (postgresql.JSONB, ('{"a": 1}', "[]", '["\u0301"]')),
    (sa.String, ("a mano", "running", "'")),
)
"""What columns that are not managed may hold, as text."""
_rows = st.integers(0, 5)


class Apart(NamedTuple):
    """Columns of a table that only manifests write: a copy or a renamed row holds `text` in them."""

    column: str
    text: str


def edits(whole: Pack, apart: Mapping[str, Apart] | None = None) -> st.SearchStrategy[list[Edit]]:
    """Some edits of the tables of a pack with its fields. `apart` says by table what they keep away from."""
    known = definitions(whole.name)
    by_kind = [
        st.one_of(list(_edits(whole, kind, known.get(kind.name, {}), (apart or {}).get(kind.table))))
        for kind in whole.kinds
    ]
    return st.lists(st.one_of(by_kind), max_size=6)


def _edits(
    pack: Pack, kind: Kind, definition: Mapping[str, Any], apart: Apart | None
) -> Iterator[st.SearchStrategy[Edit]]:
    table = tables(pack)[kind.table]
    written = definition.get("properties", {})
    kept = isinstance(kind.retire, AppendOnly)
    for column in () if kept else table.columns:
        if column.name not in _OWN and (apart is None or column.name != apart.column):
            found = _values(pack, kind, column, written)
            if found is not None:
                yield st.builds(_change(table, column), found, _rows)
    for ref in kind.refs:
        if not ref.placed and ref.name not in kind.key:
            yield _rows.map(_point(table, ref, tables(pack)[pack.kind[ref.to].table]))
    yield _rows.map(_vanish(table))
    if kind.code not in kind.ref:
        yield st.builds(_add(table, kind.code, apart), st.sampled_from(CODES), _rows)
        yield _rows.map(_rename(table, kind.code, apart))


def _values(
    pack: Pack, kind: Kind, column: sa.Column[Any], written: Mapping[str, Any]
) -> st.SearchStrategy[str | None] | None:
    """What a column may hold, as text: of liveness, of a managed field, or of what nobody manages."""
    name = column.name
    if name in kind.key or column.foreign_keys:
        return None
    match kind.retire:
        case Status(column=status) if name == status:
            replaced = {ref.retires for one in pack.kinds for ref in one.refs if ref.to == kind.name} - {None}
            return st.sampled_from((*kind.retire.active, kind.retire.retired, *sorted(map(str, replaced))))
    found: st.SearchStrategy[str | None]
    if name in written and not isinstance(column.type, (sa.Date, sa.DateTime)):  # a schema knows no calendar
        found = value_of(name, written[name]).map(_text)
    else:
        known = next(texts for kinds, texts in _BY_TYPE if isinstance(column.type, kinds))
        found = st.sampled_from(known)
    return found | st.none() if column.nullable else found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(values.json(value))


def _change(table: sa.Table, column: sa.Column[Any]) -> Callable[[str | None, int], Edit]:
    statement = f"UPDATE {table} SET {column.name} = {_cast(column)}{_now(table)} WHERE {_row(table, 2)}"  # noqa: S608
    return lambda text, row: Edit(statement, (text, row))


def _point(table: sa.Table, ref: Ref, target: sa.Table) -> Callable[[int], Edit]:
    """Make a row refer to another, perhaps to itself."""
    other = f"(SELECT id FROM {target} ORDER BY id DESC OFFSET $1::bigint / 2 LIMIT 1)"  # noqa: S608
    statement = f"UPDATE {table} SET {ref.column} = {other} WHERE {_row(table, 1)}"  # noqa: S608
    return lambda row: Edit(statement, (row,))


def _vanish(table: sa.Table) -> Callable[[int], Edit]:
    statement = f"DELETE FROM {table} WHERE {_row(table, 1)}"  # noqa: S608
    return lambda row: Edit(statement, (row,))


def _add(table: sa.Table, code: str, apart: Apart | None) -> Callable[[str, int], Edit]:
    """Add a copy of a row under another code."""
    named = {column.name: column.name for column in table.columns} | {code: "$1::text"}
    named["id"] = _new_id(table)
    if apart is not None:
        named[apart.column] = f"'{apart.text}'"
    statement = (
        f"INSERT INTO {table} ({', '.join(named)})"  # noqa: S608
        f" SELECT {', '.join(named.values())} FROM {table} WHERE {_row(table, 2)}"
    )
    return lambda new, row: Edit(statement, (new, row))


def _new_id(table: sa.Table) -> str:
    """The same for the same copy, where the database does not make it."""
    match table.c.id.type:
        case sa.Integer():
            return f"nextval(pg_get_serial_sequence('{table}', 'id'))"
        case sa.String():
            return "md5(id || $1::text)::uuid::text"
        case _:
            return "md5(id::text || $1::text)::uuid"


def _rename(table: sa.Table, code: str, apart: Apart | None) -> Callable[[int], Edit]:
    more = "" if apart is None else f", {apart.column} = '{apart.text}'"
    new = f"'r' || substr(md5(id::text), 1, 8){more}"
    statement = f"UPDATE {table} SET {code} = {new} WHERE {_row(table, 1)}"  # noqa: S608
    return lambda row: Edit(statement, (row,))


def _cast(column: sa.Column[Any]) -> str:
    return f"CAST($1::text AS {column.type.compile(postgresql.dialect())})"  # type: ignore[no-untyped-call]  # SQLAlchemy does not type it


def _now(table: sa.Table) -> str:
    return ", updated_at = now()" if "updated_at" in table.c else ""


def _row(table: sa.Table, number: int) -> str:
    return ROW.format(table, number)
