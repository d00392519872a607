"""What the database user may read."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.migrations import version_table
from pipeline.model.pack import Pack

_BARRED = sa.text(
    "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relname = ANY(:names) AND c.relkind IN ('r', 'p')"
    " AND CASE WHEN CAST(:schema AS text) IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname = :schema END"
    " AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')))"
)


async def is_barred(connection: AsyncConnection, pack: Pack) -> bool:
    """Whether the pack has tables here that the user may not read. Asking any further would be refused."""
    names = [kind.table for kind in pack.kinds] if pack.metadata is None else [version_table(pack.name)]
    return bool(await connection.scalar(_BARRED, {"names": names, "schema": pack.schema}))
