"""How many rows the tables hold."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.tables import tables
from pipeline.model.pack import Pack


async def rows(connection: AsyncConnection, pack: Pack) -> dict[str, int | None]:
    """The rows of every table of the pack, managed and operational, counted in one statement.

    None for a table that the database user may not read: who plans or applies has no right to customers' data.
    """
    named = tables(pack)
    name_of = connection.dialect.identifier_preparer.format_table
    asked = [
        sa.select(sa.literal(name), sa.func.has_table_privilege(name_of(table), "SELECT"))
        for name, table in named.items()
    ]
    readable = [name for name, may in await connection.execute(sa.union_all(*asked)) if may]
    total = sa.func.count().label("total")
    counting = [sa.select(sa.literal(name).label("name"), total).select_from(named[name]) for name in readable]
    counted = await connection.execute(sa.union_all(*counting)) if counting else ()
    return {**dict.fromkeys(named), **{row.name: row.total for row in counted}}
