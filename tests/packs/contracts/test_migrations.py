"""The revisions make just what the tables say, and take it back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.config import bundled
from pipeline.database import migrations
from pipeline.packs.contracts import PACK

OWN, CONTRACTS = migrations.histories(bundled("alembic"), (PACK,))
_LEFT = sa.text(
    "SELECT count(*) FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid LEFT JOIN pg_proc p"
    " ON p.pronamespace = n.oid WHERE n.nspname = 'contracts'"
)


def differences(connection: sa.Connection) -> list[Any]:
    """What the database has otherwise than the tables."""
    migrations.enter(connection, CONTRACTS)
    options = migrations.options(CONTRACTS)
    metadata = options.pop("target_metadata")
    context = MigrationContext.configure(connection, opts={**options, "target_metadata": metadata})
    return list(compare_metadata(context, metadata))


async def test_the_tables_are_as_the_classes_say(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_nothing_is_left_after_the_way_back(blank_engine: AsyncEngine) -> None:
    await migrations.upgrade(blank_engine, (OWN, CONTRACTS))
    await migrations.downgrade(blank_engine, CONTRACTS, "contracts_0001")
    await migrations.upgrade(blank_engine, (CONTRACTS,))
    await migrations.downgrade(blank_engine, CONTRACTS, "base")

    async with blank_engine.connect() as connection:
        assert await connection.scalar(_LEFT) == 0
    await migrations.upgrade(blank_engine, (CONTRACTS,))
