"""Tables that nobody declared: what they are is read from the database."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.errors import DatabaseError
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack

_CONSTANT = re.compile(r"(?:'(?P<text>(?:[^']|'')*)'|(?P<plain>-?\d+(?:\.\d+)?|true|false))(?:::[a-z ]+(?:\(\d+\))?)?")
"""A column's default that is a value, as PostgreSQL prints it."""


async def is_there(connection: AsyncConnection, pack: Pack) -> bool:
    """Whether the database has the tables of a pack."""
    schema = pack.schema

    def names(sync: sa.Connection) -> set[str]:
        return set(sa.inspect(sync).get_table_names(schema))

    return {kind.table for kind in pack.kinds} <= await connection.run_sync(names)


async def reflected(connection: AsyncConnection, pack: Pack) -> Pack:
    """The pack with its tables: as it declares them, or as they are in the database.

    Raises DatabaseError where one is not there.
    """
    if pack.metadata is not None:
        return pack
    wanted = {kind.table for kind in pack.kinds}
    if not await is_there(connection, pack):
        where = f"the schema {pack.schema}" if pack.schema else "the database"
        raise DatabaseError(
            f"The pack {pack.name} works on tables that should be there already: {', '.join(sorted(wanted))}. "
            f"Not all of them are in {where}. Make them, or name their schema in [tool.pipeline.packs.{pack.name}]."
        )
    metadata = sa.MetaData()

    def reflect(sync: sa.Connection) -> None:
        metadata.reflect(sync, schema=pack.schema, only=sorted(wanted), resolve_fks=False)

    await connection.run_sync(reflect)
    tables = {table.name: table for table in metadata.tables.values()}
    for kind in pack.kinds:
        _describe(kind, tables[kind.table])
    return replace(pack, metadata=lambda: metadata, reflected=True)


def _describe(kind: Kind, table: sa.Table) -> None:
    """Note of each column what the words of `database.columns` note of a declared one."""
    for column in table.columns:
        default = _default(column)
        has_own = column.server_default is not None or column.identity is not None or column.computed is not None
        column.info |= {
            "managed": column.name not in ("id", kind.flag) and (not has_own or default is not None),
            "default": default,
            "description": column.comment or f"The column {column.name} of {table.name}.",
        }


def _default(column: sa.Column[Any]) -> Any:
    """The column's default, if it is a value and not computed."""
    written = getattr(column.server_default, "arg", None)
    found = _CONSTANT.fullmatch(str(written)) if written is not None else None
    if found is None:
        return None
    raw = found["plain"] if found["text"] is None else found["text"].replace("''", "'")
    match column.type:
        case sa.Boolean():
            return raw == "true"
        case sa.Integer():
            return int(raw)
        case _:
            return raw
