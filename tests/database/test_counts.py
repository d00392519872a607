"""Counting the rows of all tables."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.database import counts
from pipeline.database.tables import tables
from pipeline.packs.homologation import PACK
from tests.database.catalogue import fetch
from tests.packs.homologation.rows import counted


async def test_all_tables_are_counted_in_one_statement(engine: AsyncEngine, database: str) -> None:
    await fetch(database, "INSERT INTO users (phone) VALUES ('+34600000000'), ('+34600000001')")
    await fetch(database, "INSERT INTO policies (key, value, category) VALUES ('pago', 'Antes.', 'precios')")
    async with engine.connect() as connection:
        with counted(engine) as statements:
            found = await counts.rows(connection, PACK)

    assert [statement.count("count(*)") for statement in statements] == [0, 33]
    assert {name: total for name, total in found.items() if total} == {"users": 2, "policies": 1}
    assert list(found) == list(tables(PACK))


async def test_what_may_not_be_read_is_not_counted(engine: AsyncEngine, database: str) -> None:
    await fetch(database, "CREATE TABLE IF NOT EXISTS nothing ()")
    metadata = sa.MetaData()
    for name in ("nothing", "pg_authid"):
        sa.Table(name, metadata)
    async with engine.connect() as connection:
        await connection.exec_driver_sql("SET ROLE pg_read_all_settings")
        assert await counts.rows(connection, replace(PACK, metadata=lambda: metadata)) == dict.fromkeys(
            ("nothing", "pg_authid")
        )


@pytest.mark.parametrize("sectioned", [True, False], ids=["sections", "one group"])
async def test_verify_lists_every_table_once(engine: AsyncEngine, sectioned: bool) -> None:
    pack = PACK if sectioned else replace(PACK, sections=())
    (health,) = await commands.verify(engine, (pack,))

    assert list(health.tables) == ([section.name for section in PACK.sections] if sectioned else ["tables"])
    assert sorted(name for section in health.tables.values() for name in section) == sorted(tables(pack))
