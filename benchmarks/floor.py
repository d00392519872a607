"""What the same rows cost without any pipeline: COPY into the same tables, and a plain fetch of them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from benchmarks.process import Cost
from pipeline.database.own_tables import Own
from pipeline.database.tables import tables
from pipeline.packs.homologation import PACK


class Rows(NamedTuple):
    """All rows of a table, with all their columns, ready to be sent."""

    table: sa.Table
    records: list[Any]


def managed_tables() -> list[sa.Table]:
    """The pack's tables, parents first."""
    named = tables(PACK)
    return [named[name] for name in dict.fromkeys(kind.table for kind in PACK.kinds)]


def own_tables() -> list[sa.Table]:
    """The pipeline's own tables, which an apply fills as well."""
    return [table for table in Own.metadata.sorted_tables if table.name != "runs"]


def log_tables() -> list[sa.Table]:
    """The log of the administration, which an apply of the pack writes as well, and never reads."""
    return [tables(PACK)["audit_log"]]


async def rows(url: str, tables: Iterable[sa.Table]) -> list[Rows]:
    """What stands in the tables of a database."""
    connection = await asyncpg.connect(url)
    try:
        return [Rows(table, await connection.fetch(_select(table))) for table in tables]
    finally:
        await connection.close()


async def copy(url: str, work: Iterable[Rows]) -> Cost:
    """COPY rows into a database's empty tables, in one transaction; from the connection to the commit."""
    begin = time.perf_counter()
    connection = await asyncpg.connect(url)
    async with connection.transaction():
        for table, records in work:
            await connection.copy_records_to_table(
                table.name, schema_name=table.schema, columns=list(table.columns.keys()), records=records
            )
    seconds = time.perf_counter() - begin
    await connection.close()
    return Cost(seconds)


async def fetch(url: str, tables: Iterable[sa.Table]) -> Cost:
    """Fetch all columns of all rows, from the connection to the last row."""
    begin = time.perf_counter()
    connection = await asyncpg.connect(url)
    for table in tables:
        await connection.fetch(_select(table))
    seconds = time.perf_counter() - begin
    await connection.close()
    return Cost(seconds)


def _select(table: sa.Table) -> str:
    return str(sa.select(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]  # SQLAlchemy does not type it
