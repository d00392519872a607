"""Constraints that may wait: what passes from one row to another is claimed twice for a moment.

PostgreSQL checks a deferrable constraint after each statement, or when asked. An apply has it wait until all rows are
written, because new rows come before those that make room for them.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.tables import tables
from pipeline.model.pack import Pack


async def defer(connection: AsyncConnection, pack: Pack) -> None:
    """Let the pack's deferrable constraints wait, to `settle` or the end of the transaction."""
    if _has_deferrable(pack):
        await connection.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))


async def settle(connection: AsyncConnection, pack: Pack) -> None:
    """Check what was made to wait, now: at the commit it would be too late for a clear answer."""
    if _has_deferrable(pack):
        await connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))


def _has_deferrable(pack: Pack) -> bool:
    return any(constraint.deferrable for table in tables(pack).values() for constraint in table.constraints)
