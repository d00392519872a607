"""What a server or its owner puts an end to: nothing is written, and it is said why."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.database.session import make_engine
from pipeline.errors import DatabaseError
from tests.cli.processes import PATIENCE
from tests.database.catalogue import CATEGORY, RUNS, TIER, fetch, plan

_ROWS = "SELECT count(*) FROM vehicle_categories"
_WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def refused(engine: AsyncEngine, database: str, folder: Path, *settings: str, end: str = "") -> str:
    """What is said when an apply waits for rows that somebody else holds, until the settings or a statement end it."""
    name = urlsplit(database).path[1:]
    prepared = await plan(engine, folder, CATEGORY, TIER)
    for setting in settings:
        await fetch(database, f"ALTER DATABASE {name} SET {setting}")
    limited = make_engine(database)
    holder = await asyncpg.connect(database)
    try:
        await holder.execute("BEGIN")
        await holder.execute("LOCK TABLE tariff_tiers IN SHARE MODE")
        work = asyncio.create_task(commands.apply(limited, prepared, lock_timeout=PATIENCE))
        while end and not (waiting := await fetch(database, _WAITING)):
            assert not work.done()
        if end:
            await fetch(database, f"SELECT {end}({waiting[0][0]})")
        with pytest.raises(DatabaseError) as failed:
            await asyncio.wait_for(work, PATIENCE)
    finally:
        await holder.close()
        await limited.dispose()
    assert await fetch(database, _ROWS) == await fetch(database, RUNS) == [(0,)]
    return str(failed.value)


async def test_lock_timeout(engine: AsyncEngine, database: str, folder: Path) -> None:
    said = await refused(engine, database, folder, "lock_timeout = '100ms'")

    assert "The database refused: somebody else holds a lock on the rows" in said
    assert "Nothing was changed." in said


async def test_statement_timeout(engine: AsyncEngine, database: str, folder: Path) -> None:
    said = await refused(engine, database, folder, "statement_timeout = '1s'")

    assert "The database refused: the statement was cancelled or took too long" in said


async def test_the_statement_is_cancelled(engine: AsyncEngine, database: str, folder: Path) -> None:
    said = await refused(engine, database, folder, end="pg_cancel_backend")

    assert "The database refused: the statement was cancelled or took too long" in said


async def test_the_connection_is_ended(engine: AsyncEngine, database: str, folder: Path) -> None:
    said = await refused(engine, database, folder, end="pg_terminate_backend")

    assert "The connection to the database broke off." in said
