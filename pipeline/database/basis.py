"""Fingerprints of what stands in the database, computed by the server."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.own_tables import LedgerEntry
from pipeline.model import values
from pipeline.model.pack import Pack

LEDGER: sa.Table = LedgerEntry.__table__  # type: ignore[attr-defined]  # SQLModel does not type it


async def basis(connection: AsyncConnection, pack: Pack) -> str:
    """A fingerprint of everything that a plan depends on: managed rows and ledger.

    The ledger's run numbers are in it, so that no plan fits a database that it was applied to.
    """
    parts = [_fingerprint(table, columns, table.c.id, None) for table, columns in _managed(pack)]
    entry = [LEDGER.c.kind, LEDGER.c.key, LEDGER.c.row_id, LEDGER.c.active, LEDGER.c.digest, LEDGER.c.run_id]
    order = sa.func.concat(LEDGER.c.kind, LEDGER.c.key)
    parts.append(_fingerprint(LEDGER, entry, order, LEDGER.c.pack == pack.name))
    return await _all(connection, parts)


async def basis_of_rest(connection: AsyncConnection, pack: Pack, ids: Mapping[str, Collection[Any]]) -> str:
    """A fingerprint of the managed rows whose ids are not among `ids`, by table."""
    parts = []
    for table, columns in _managed(pack):
        excluded = sa.bindparam(f"ids_{table.name}", list(ids.get(table.name, ())), sa.ARRAY(table.c.id.type))
        parts.append(_fingerprint(table, columns, table.c.id, table.c.id != sa.all_(excluded)))
    return await _all(connection, parts)


def _managed(pack: Pack) -> list[tuple[sa.Table, list[Any]]]:
    """The pack's tables with the columns that it manages: what others write beside them is no matter."""
    tables = pack.metadata().tables
    used: dict[str, set[str]] = {}
    for kind in pack.kinds:
        columns = ("id", kind.retire.column, *(ref.column for ref in kind.refs), *kind.field)
        used.setdefault(kind.table, set()).update(columns)
    return [(tables[name], [column for column in tables[name].c if column.name in used[name]]) for name in used]


def _fingerprint(table: sa.Table, columns: Sequence[Any], order: Any, where: Any) -> Any:
    row = sa.func.md5(sa.cast(sa.func.row(*columns), sa.Text))
    aggregated = sa.func.md5(sa.func.string_agg(row, aggregate_order_by(sa.literal(""), order)))
    chosen = sa.select(sa.literal(table.fullname), sa.func.coalesce(aggregated, "")).select_from(table)
    return chosen if where is None else chosen.where(where)


async def _all(connection: AsyncConnection, parts: Sequence[Any]) -> str:
    rows = (await connection.execute(sa.union_all(*parts))).all()
    return values.digest(repr(sorted((name, digest) for name, digest in rows)))
