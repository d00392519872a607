"""The least that a role needs to plan or to apply, as GRANT statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import asyncpg

from pipeline.database.hooks import Access, hooks
from pipeline.database.migrations import History
from pipeline.database.own_tables import SCHEMA, Own
from pipeline.database.tables import tables
from pipeline.errors import UsageError
from pipeline.model.kind import AppendOnly
from pipeline.model.pack import Pack

DEFAULT_SCHEMA = "public"
NAME_BYTES = 63
_MADE_BY_SERVER = {"runs": ("id", "applied_at", "database_user")}
"""Columns nobody may write: the log of runs says truly who applied, and when."""
_UPDATED = {"ledger": None, "changes": ("recorded",)}
"""The pipeline's own tables that an apply updates, and the columns, None for all."""
_DELETED = ("ledger", "moves")
"""Those whose rows it takes out: what a rollback makes nobody's again, and what a rename overtakes."""
_quote = asyncpg.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]  # SQLAlchemy does not type it


def grants(
    role: str,
    purpose: Literal["plan", "apply"],
    packs: Sequence[Pack],
    histories: Iterable[History],
    database: str | None,
) -> str:
    """The statements, one a line, for the packs (with their fields) and all histories of the database.

    `database` is its name where it is known. Raises UsageError for a name that cannot be meant.
    """
    to = _name(role, "role")
    own = [table for _, table in sorted(Own.metadata.tables.items())]
    written = _written(packs)
    versions = [history.version_table for history in histories]
    schemas = dict.fromkeys([DEFAULT_SCHEMA, SCHEMA, *(pack.schema for pack in packs if pack.schema)])
    read = [*versions, *own, *written]
    lines = [f"CONNECT ON DATABASE {_name(database, 'database')}"] if database else []
    lines.append(f"USAGE ON SCHEMA {_list(schemas)}")
    lines += [f"SELECT ON TABLE {_named(table)}" for table in read]
    lines += [f"SELECT {columns}" for pack in packs for columns in _columns(pack, hooks(pack).reads)]
    if purpose == "apply":
        lines += [f"{privileges} ON TABLE {_named(table)}" for table, privileges in (*_own(own), *_managed(written))]
        lines += [f"INSERT {columns}" for pack in packs for columns in _columns(pack, hooks(pack).writes)]
        sequences = [_sequence(table) for table in written if isinstance(table.c.id.type, sa.Integer)]
        lines += [f"USAGE ON SEQUENCE {sequence}" for sequence in sequences if sequence]
    return "".join(f"GRANT {line} TO {to};\n" for line in lines)


def _name(name: str, what: str) -> str:
    """A quoted name. PUBLIC is everybody, even in quotes, and PostgreSQL cuts off what is too long."""
    if not name or not name.isprintable() or len(name.encode()) > NAME_BYTES or (what, name) == ("role", "public"):
        raise UsageError(
            f"{name!r} cannot be the {what}: say the name of one {what}, of printable characters and at most "
            f"{NAME_BYTES} bytes."
        )
    return _quote(name)


def _written(packs: Iterable[Pack]) -> dict[sa.Table, dict[str, bool]]:
    """The managed tables, with the columns that apply writes, and whether it updates them, too."""
    written: dict[sa.Table, dict[str, bool]] = defaultdict(dict)
    for pack in packs:
        for kind in pack.kinds:
            table = tables(pack)[kind.table]
            columns = [name for name in (kind.flag, *(ref.column for ref in kind.refs), *kind.field) if name]
            written[table] |= {"id": False} | dict.fromkeys(columns, not isinstance(kind.retire, AppendOnly))
    return written


def _managed(written: dict[sa.Table, dict[str, bool]]) -> Iterator[tuple[sa.Table, str]]:
    for table, columns in written.items():
        inserted = [column.name for column in table.c if column.name in columns]
        if any(columns.values()):
            updated = [column.name for column in table.c if columns.get(column.name) or column.name == "updated_at"]
            yield table, f"INSERT ({_list(inserted)}), UPDATE ({_list(updated)})"
        else:
            yield table, f"INSERT ({_list(inserted)})"


def _columns(pack: Pack, accesses: Iterable[Access]) -> Iterator[str]:
    """What the pack's hooks read or write: no more than these columns of each table."""
    for access in accesses:
        yield f"({_list(access.columns)}) ON TABLE {_named(tables(pack)[access.table])}"


def _own(tables: Iterable[sa.Table]) -> Iterator[tuple[sa.Table, str]]:
    for table in tables:
        barred = _MADE_BY_SERVER.get(table.name)
        columns = [column.name for column in table.c if column.name not in (barred or ())]
        privileges = f"INSERT ({_list(columns)})" if barred else "INSERT"
        if table.name in _UPDATED:
            updated = _UPDATED[table.name]
            privileges += f", UPDATE ({_list(updated)})" if updated else ", UPDATE"
        if table.name in _DELETED:
            privileges += ", DELETE"
        yield table, privileges


def _sequence(table: sa.Table) -> str | None:
    """The sequence of the table's numbers: by the name that PostgreSQL gives it, or that was read from there."""
    if "sequence" in table.c.id.info:
        found: str | None = table.c.id.info["sequence"]
        return found
    return f"{_quote(table.schema or DEFAULT_SCHEMA)}.{_quote(f'{table.name}_{table.c.id.name}_seq')}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(map(_quote, names))


def _named(table: sa.Table) -> str:
    return f"{_quote(table.schema or DEFAULT_SCHEMA)}.{_quote(table.name)}"
