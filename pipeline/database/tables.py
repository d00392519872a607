"""A pack's tables, in the schema that the pack lives in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sqlalchemy as sa

from pipeline.model.pack import Pack


def tables(pack: Pack) -> Mapping[str, sa.Table]:
    """The pack's tables by their bare names, for statements: with the pack's schema, where it has one."""
    if pack.metadata is None:
        raise TypeError(f"the tables of {pack.name} have not been read from the database yet")
    metadata = pack.metadata()
    return (
        {table.name: table for table in metadata.tables.values()} if pack.reflected else _placed(metadata, pack.schema)
    )


@lru_cache
def _placed(metadata: sa.MetaData, schema: str | None) -> Mapping[str, sa.Table]:
    if schema is None:
        return {table.name: table for table in metadata.tables.values()}
    placed = sa.MetaData()
    return {table.name: table.to_metadata(placed, schema=schema) for table in metadata.sorted_tables}
