"""Constraints that wait until an apply has written all of its rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from pipeline.database.deferred import defer, settle
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack

METADATA = sa.MetaData()
LAMPS = sa.Table(
    "lamps",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("is_lit", sa.Boolean),
    ExcludeConstraint((sa.column("is_lit"), "="), name="one_lit", using="btree", where="is_lit", deferrable=True),
)
PACK = Pack("lamps", 1, (Kind("lamp", "lamps", "lamps", ("id",)),), lambda: METADATA, home=Path())


@asynccontextmanager
async def lamps(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction with a lit lamp and a dark one, the constraint waiting."""
    async with engine.connect() as connection:
        await connection.run_sync(METADATA.create_all)
        await connection.execute(sa.insert(LAMPS), [{"id": 1, "is_lit": True}, {"id": 2, "is_lit": False}])
        await defer(connection, PACK)
        yield connection


async def light(connection: AsyncConnection, number: int, *, lit: bool) -> None:
    await connection.execute(sa.update(LAMPS).where(LAMPS.c.id == number).values(is_lit=lit))


async def test_what_passes_from_row_to_row_may_be_claimed_twice_for_a_moment(blank_engine: AsyncEngine) -> None:
    async with lamps(blank_engine) as connection:
        await light(connection, 2, lit=True)
        await light(connection, 1, lit=False)

        await settle(connection, PACK)

        assert await connection.scalar(sa.select(LAMPS.c.id).where(LAMPS.c.is_lit)) == 2


async def test_what_is_still_claimed_twice_is_refused(blank_engine: AsyncEngine) -> None:
    async with lamps(blank_engine) as connection:
        await light(connection, 2, lit=True)

        with pytest.raises(IntegrityError, match="one_lit"):
            await settle(connection, PACK)


async def test_nothing_waits_any_more_once_it_is_settled(blank_engine: AsyncEngine) -> None:
    async with lamps(blank_engine) as connection:
        await settle(connection, PACK)

        with pytest.raises(IntegrityError, match="one_lit"):
            await light(connection, 2, lit=True)
