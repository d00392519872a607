"""Fingerprints of what stands in the database, computed by the server."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.own_tables import LedgerEntry, Run
from pipeline.database.tables import tables
from pipeline.model import values
from pipeline.model.pack import Pack

RUNS: sa.Table = Run.__table__  # type: ignore[attr-defined]  # SQLModel does not type it
LEDGER: sa.Table = LedgerEntry.__table__  # type: ignore[attr-defined]  # SQLModel does not type it


class Rest(NamedTuple):
    """The managed rows that an apply leaves alone, as a fingerprint, and by table how many rows it writes."""

    print_: str
    written: dict[str, int]


class Basis(NamedTuple):
    """Fingerprints of everything that a plan depends on, and of the managed rows alone."""

    print_: str
    rows: str


async def basis(connection: AsyncConnection, pack: Pack) -> Basis:
    """What a plan depends on: managed rows and ledger.

    The runs are in it, so that no plan fits a database that it was applied to, even if it was taken back since.
    """
    parts = [_print(table, columns, sa.true()) for table, columns in _managed(pack)]
    entry = [LEDGER.c.kind, LEDGER.c.key, LEDGER.c.row_id, LEDGER.c.active, LEDGER.c.digest, LEDGER.c.run_id]
    parts.append(_print(LEDGER, entry, LEDGER.c.pack == pack.name))
    parts.append(_print(RUNS, [RUNS.c.id], RUNS.c.pack == pack.name))
    rows = await _counted(connection, parts)
    return Basis(_digest(rows), _digest([row for row in rows if row[0] not in (LEDGER.fullname, RUNS.fullname)]))


async def rest_before(connection: AsyncConnection, pack: Pack, changed: Mapping[str, Collection[Any]]) -> str:
    """The fingerprint of the managed rows whose ids are not in `changed` (by table)."""
    parts = []
    for table, columns in _managed(pack):
        rest: sa.ColumnElement[bool] = sa.true()
        if ids := changed.get(table.name):
            rest = table.c.id != sa.all_(sa.bindparam(f"ids_{table.name}", list(ids), sa.ARRAY(table.c.id.type)))
        parts.append(_print(table, columns, rest))
    return _digest(await _counted(connection, parts))


async def rest_after(connection: AsyncConnection, pack: Pack) -> Rest:
    """The managed rows that this transaction has not written, and how many it has."""
    ours: sa.ColumnElement[bool] = sa.literal_column("xmin = pg_current_xact_id()::xid")
    rows = await _counted(connection, [_print(table, columns, sa.not_(ours)) for table, columns in _managed(pack)])
    return Rest(_digest(rows), {name: others for name, _, _, others in rows if others})


def _managed(pack: Pack) -> list[tuple[sa.Table, list[Any]]]:
    """The pack's tables with the columns that it manages: what others write beside them is no matter."""
    named = tables(pack)
    used: dict[str, set[str]] = {}
    for kind in pack.kinds:
        columns = ("id", kind.flag, *(ref.column for ref in kind.refs), *kind.field)
        used.setdefault(kind.table, set()).update(name for name in columns if name)
    return [(named[name], [column for column in named[name].c if column.name in used[name]]) for name in used]


def _print(table: sa.Table, columns: Collection[Any], counted: Any) -> Any:
    """The rows that are counted as their number and the sum of their hashes, and how many are not.

    Ids are among the columns, so equal rows in other places do not give equal sums; and no sorting is needed.
    """
    row = sa.func.hash_record_extended(sa.func.row(*columns), sa.literal(0, sa.BigInteger))
    number = sa.func.count().filter(counted)
    total = sa.cast(sa.func.coalesce(sa.func.sum(row).filter(counted), 0), sa.Text)
    return sa.select(sa.literal(table.fullname), number, total, sa.func.count() - number).select_from(table)


async def _counted(connection: AsyncConnection, parts: Iterable[Any]) -> list[tuple[str, int, str, int]]:
    rows = (await connection.execute(sa.union_all(*parts))).all()
    return sorted((name, number, total, others) for name, number, total, others in rows)


def _digest(rows: Iterable[tuple[str, int, str, int]]) -> str:
    return values.digest(repr([(name, number, total) for name, number, total, _ in rows]))
