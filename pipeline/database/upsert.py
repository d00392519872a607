"""Rows by their natural key: those that are missing are added, those that differ are changed, in one statement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from pipeline.database.write import Column, source, taken


@dataclass(frozen=True)
class Upserted:
    """How many rows were added, changed, and left as they are."""

    inserted: int
    updated: int
    unchanged: int


async def upsert(
    session: AsyncSession,
    model: type[SQLModel],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    update: Sequence[str] | None = None,
) -> Upserted:
    """Insert rows, or update those that stand under the same key already: one statement, however many rows.

    `key` are the columns of a unique constraint. `update` are the columns to bring to what the rows say: all that
    they name beside the key and the id, unless told otherwise; none leaves rows that are there as they are. A row that
    does not differ is not written, so `updated_at` moves on those alone that change. All rows name the same columns;
    the others get the table's defaults. What the session holds unflushed is flushed first; objects that were loaded
    before keep what they were loaded with, until they are refreshed.

    Raises ValueError where rows name different or unknown columns, or two have the same key.
    """
    if not rows:
        return Upserted(0, 0, 0)
    table = _table(model)
    names = _names(table, rows, key, update)
    statement = _insert(table, names, rows)
    changed = [name for name in names if name not in {*key, "id"}] if update is None else update
    written = _on_conflict(statement, table, key, changed).cte("written")
    counts = sa.select(sa.func.count().filter(written.c.inserted), sa.func.count().filter(~written.c.inserted))
    await session.flush()
    inserted, updated = (await session.execute(counts)).one()
    return Upserted(inserted, updated, len(rows) - inserted - updated)


def _table(model: type[SQLModel]) -> sa.Table:
    table = sa.inspect(model).local_table
    if not isinstance(table, sa.Table):
        raise TypeError(f"{model.__name__} has no table of its own")
    return table


def _names(
    table: sa.Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str], update: Sequence[str] | None
) -> list[str]:
    """The columns that the rows name, after a look at whether they can be taken as they are."""
    names = list(rows[0])
    for number, row in enumerate(rows, 1):
        if row.keys() != rows[0].keys():
            odd = ", ".join(sorted(row.keys() ^ rows[0].keys()))
            raise ValueError(f"row {number} names other columns than the first: {odd}")
    if unknown := sorted({*names} - {*table.c.keys()}):
        raise ValueError(f"{table.name} has no column {', '.join(unknown)}")
    if missing := sorted({*key, *(update or ())} - {*names}):
        raise ValueError(f"the rows do not name {', '.join(missing)}")
    first: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(rows, 1):
        found = tuple(row[name] for name in key)
        if found in first:
            said = ", ".join(f"{name} {value}" for name, value in zip(key, found, strict=True))
            raise ValueError(f"rows {first[found]} and {number} have the same key: {said}")
        first[found] = number
    return names


def _insert(table: sa.Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Insert:
    columns = [Column(name, table.c[name].type, [_sent(table.c[name], row[name]) for row in rows]) for name in names]
    many = source(columns)
    chosen = sa.select(*(taken(many, column) for column in columns))
    return insert(table).from_select(list(names), chosen, include_defaults=False)


def _sent(column: sa.Column[Any], value: Any) -> Any:
    """JSON travels as text, see `write.source`."""
    return json.dumps(value) if isinstance(column.type, JSONB) and value is not None else value


def _on_conflict(statement: Insert, table: sa.Table, key: Sequence[str], changed: Sequence[str]) -> Any:
    """The statement that tells of each row it writes whether it is new: only then nobody has locked or replaced it."""
    inserted = sa.literal_column("xmax = 0", sa.Boolean).label("inserted")
    if not changed:
        return statement.on_conflict_do_nothing(index_elements=key).returning(inserted)
    assigned: dict[str, Any] = {name: statement.excluded[name] for name in changed}
    if "updated_at" in table.c:
        assigned.setdefault("updated_at", sa.func.now())
    differs = sa.or_(*(table.c[name].is_distinct_from(statement.excluded[name]) for name in changed))
    return statement.on_conflict_do_update(index_elements=key, set_=assigned, where=differs).returning(inserted)
