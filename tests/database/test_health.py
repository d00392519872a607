"""How a database is: its answer, and the sizes of our tables in it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.database.health import health
from pipeline.database.session import reading
from pipeline.database.tables import tables
from pipeline.model.server_health import ServerHealth
from pipeline.packs import CATALOG
from tests.packs.trial import statements


async def asked(engine: AsyncEngine) -> ServerHealth:
    async with reading(engine) as connection:
        return await health(connection, CATALOG)


async def test_every_table_of_ours_is_there_once(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE not_ours (id integer)"))

    found = await asked(engine)

    ours = {(pack.name, pack.schema or "public", name) for pack in CATALOG for name in tables(pack)}
    assert ours <= {(row.pack, row.schema, row.table) for row in found.tables}
    assert {row.pack for row in found.tables} == {"pipeline", *(pack.name for pack in CATALOG)}
    assert len({(row.schema, row.table) for row in found.tables}) == len(found.tables)
    assert "not_ours" not in {row.table for row in found.tables}


async def test_the_largest_comes_first(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            sa.text("INSERT INTO quiz.categories (slug, name) SELECT 'c' || n, 'C' FROM generate_series(1, 5000) n")
        )

    found = await asked(engine)

    assert (found.tables[0].schema, found.tables[0].table) == ("quiz", "categories")
    assert found.tables[0].size > 400_000
    assert list(found.tables) == sorted(found.tables, key=lambda row: -row.size)


async def test_rows_are_those_that_the_server_counts(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            sa.text("INSERT INTO quiz.categories (slug, name) SELECT 'c' || n, 'C' FROM generate_series(1, 7) n")
        )
        await connection.execute(sa.text("DELETE FROM quiz.categories WHERE slug IN ('c1', 'c2')"))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text("SELECT pg_stat_force_next_flush()"))

    (row,) = [row for row in (await asked(engine)).tables if (row.pack, row.table) == ("quiz", "categories")]

    assert (row.live, row.dead) == (5, 2)


async def test_nothing_is_there_yet(blank_engine: AsyncEngine) -> None:
    with statements(blank_engine) as sent:
        found = await asked(blank_engine)

    assert found.tables == ()
    assert found.latency_ms > 0
    assert found.server[:2].isdigit()
    assert len(sent) == 2
