"""Rows that no key can name: their own is missing, or they belong to a row that does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.read import Snapshot
from pipeline.database.tables import tables
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack

_SHOWN = 10


class Unread(NamedTuple):
    """How many rows of a table could not be read as any kind, and what the first of them say of themselves."""

    table: str
    rows: int
    codes: tuple[str, ...]


async def unread(connection: AsyncConnection, pack: Pack, snapshot: Snapshot) -> list[Unread]:
    """The tables with such rows. Constraints forbid them, so they are found in tables that came without."""
    named = tables(pack)
    kinds: dict[str, list[Kind]] = {}
    for kind in pack.kinds:
        kinds.setdefault(kind.table, []).append(kind)
    counts = [sa.select(sa.literal(name), sa.func.count()).select_from(named[name]) for name in kinds]
    found = []
    totals = {name: int(total) for name, total in (await connection.execute(sa.union_all(*counts))).all()}
    for name, total in sorted(totals.items()):
        read = [id_ for kind in kinds[name] for id_ in snapshot.ids[kind.name].values()]
        if total > len(read):
            codes = await _codes(connection, named[name], kinds[name], read)
            found.append(Unread(name, total - len(read), codes))
    return found


async def _codes(
    connection: AsyncConnection, table: sa.Table, kinds: Sequence[Kind], read: Sequence[Any]
) -> tuple[str, ...]:
    columns = [table.c[kind.code] for kind in kinds if kind.code in kind.field]
    if not columns:
        return ()
    code = sa.cast(columns[0], sa.Text)
    others = table.c.id != sa.all_(sa.bindparam("read", list(read), sa.ARRAY(table.c.id.type)))
    statement = sa.select(code).where(others, code.is_not(None)).order_by(code).limit(_SHOWN)
    return tuple((await connection.scalars(statement)).all())
