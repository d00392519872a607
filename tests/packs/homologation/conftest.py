"""One row in every table."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from pipeline.packs.homologation.tables import Base
from tests.packs.homologation.rows import Rows


@pytest.fixture
async def rows(database: str) -> AsyncIterator[Rows]:
    """A connection, and one row in every table that holds no more than it must."""
    connection = await asyncpg.connect(database)
    made = Rows(connection)
    for table in Base.metadata.sorted_tables:
        made.ids[table.name] = await made.insert(table.name)
    yield made
    await connection.close()
