"""Whether the database answers, how fast, and how large the tables of the packs are."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.own_tables import SCHEMA, Own
from pipeline.database.tables import tables
from pipeline.model.pack import Pack
from pipeline.model.server_health import ServerHealth, TableSize

_SIZES = sa.text(
    "SELECT wanted.pack, n.nspname, c.relname, pg_total_relation_size(c.oid), coalesce(s.n_live_tup, 0),"
    " coalesce(s.n_dead_tup, 0)"
    " FROM unnest(CAST(:packs AS text[]), CAST(:names AS text[])) AS wanted(pack, name)"
    " JOIN pg_class c ON c.oid = to_regclass(wanted.name)"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid"
    " ORDER BY 4 DESC, 1, 2, 3"
)


async def health(connection: AsyncConnection, packs: Iterable[Pack]) -> ServerHealth:
    """Ask the server for its name, and for the sizes of the tables that are there, in two statements."""
    started = perf_counter()
    server, database = (
        await connection.execute(sa.text("SELECT current_setting('server_version'), current_database()"))
    ).one()
    latency = (perf_counter() - started) * 1000
    format_table = connection.dialect.identifier_preparer.format_table
    wanted = [(SCHEMA, table) for table in Own.metadata.tables.values()]
    wanted += [(pack.name, table) for pack in packs for table in tables(pack).values()]
    names = {"packs": [pack for pack, _ in wanted], "names": [format_table(table) for _, table in wanted]}
    found = await connection.execute(_SIZES, names)
    return ServerHealth(server, database, latency, tuple(TableSize(*row) for row in found))
