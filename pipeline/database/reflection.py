"""Tables that nobody declared: what they are is read from the database."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import CITEXT, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.fields import can_be_managed
from pipeline.database.ids import sequence_of
from pipeline.database.tables import tables
from pipeline.errors import DatabaseError, UsageError
from pipeline.model import moments, values
from pipeline.model.kind import AppendOnly, Kind, Status
from pipeline.model.pack import Pack

_CONSTANT = re.compile(r"(?:'(?P<text>(?:[^']|'')*)'|(?P<plain>-?\d+(?:\.\d+)?|true|false))(?:::[a-z ]+(?:\(\d+\))?)?")
"""A column's default that is a value, as PostgreSQL prints it."""
_NOTHING = re.compile(r"NULL(?:::[a-z ]+(?:\(\d+\))?)?")
_UNLIKE_TEXT = (sa.Enum, sa.CHAR, CITEXT)
"""Texts that are not compared, or not given back, as they were written."""


async def is_there(connection: AsyncConnection, pack: Pack) -> bool:
    """Whether the database has the tables of a pack."""
    schema = pack.schema

    def names(sync: sa.Connection) -> set[str]:
        return set(sa.inspect(sync).get_table_names(schema))

    return {kind.table for kind in pack.kinds} <= await connection.run_sync(names)


async def reflected(connection: AsyncConnection, pack: Pack) -> Pack:
    """The pack with its tables: as it declares them, or as they are in the database.

    Raises DatabaseError where one is not there, UsageError where it is not what its kind speaks of.
    """
    return fitting(await _read(connection, pack) if pack.metadata is None else pack)


def fitting(pack: Pack) -> Pack:
    """The same pack. Raises UsageError where its kinds speak of something that its tables have not."""
    if lacking := next(_lacking(pack), None):
        raise UsageError(f"The pack {pack.name} does not fit its tables: {lacking}. Mend its kinds or its tables.")
    return pack


async def _read(connection: AsyncConnection, pack: Pack) -> Pack:
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
    read = {table.name: table for table in metadata.tables.values()}
    for table in read.values():
        ids = table.c.get("id")
        if ids is not None and isinstance(ids.type, sa.Integer):
            ids.info["sequence"] = await connection.scalar(sa.select(sequence_of(table)))
    for kind in pack.kinds:
        _describe(kind, read[kind.table])
    return replace(pack, metadata=lambda: metadata, reflected=True)


def _lacking(pack: Pack) -> Iterator[str]:
    """What the kinds speak of and the tables have not, in words."""
    named = tables(pack)
    for kind in pack.kinds:
        table = named.get(kind.table)
        if table is None:
            yield f"there is no table {kind.table}, which kind {kind.name} is in"
            continue
        code = [part for part in kind.key if part not in kind.ref]
        yield from (
            f"the table {kind.table} of kind {kind.name} has no column {name}"
            for name in ("id", *_retiring(kind), *(ref.column for ref in kind.refs), *code)
            if name not in table.c
        )
        if kind.flag and not isinstance(table.c[kind.flag].type, sa.Boolean):
            yield f"the column {kind.flag} of {kind.table}, which says whether a {kind.name} is active, is no boolean"
        unmanaged = [part for part in code if part in table.c and not table.c[part].info.get("managed")]
        yield from (f"the column {part} of {kind.table} is in a key, and cannot be managed" for part in unmanaged)


def _retiring(kind: Kind) -> Collection[str]:
    match kind.retire:
        case Status(column=name) | AppendOnly(digest=name):
            return (name,)
        case flag:
            return (flag.column,)


def _describe(kind: Kind, table: sa.Table) -> None:
    """Note of each column what the words of `database.columns` note of a declared one."""
    for column in table.columns:
        default = _default(column)
        has_own = column.identity is not None or column.computed is not None or not _is_nothing(column)
        known = can_be_managed(column) and not isinstance(column.type, _UNLIKE_TEXT)
        managed = known and (not has_own or default is not None) and _has_digits(column.type)
        if managed and default is None:
            column.server_default = None  # it says NULL
        column.info |= {
            "managed": managed and column.name not in ("id", kind.flag),
            "default": default,
            "description": column.comment or f"The column {column.name} of {table.name}.",
        }
        if isinstance(column.type, JSONB):
            column.info["schema"] = {}


def _has_digits(found: sa.types.TypeEngine[Any]) -> bool:
    """Whether a number, if it is one, says how many digits it has: else equal ones are not written alike."""
    return isinstance(found, sa.Float) or not isinstance(found, sa.Numeric) or found.scale is not None


def _is_nothing(column: sa.Column[Any]) -> bool:
    """Whether the column has no default, or NULL."""
    written = getattr(column.server_default, "arg", None)
    return column.server_default is None or (written is not None and _NOTHING.fullmatch(str(written)) is not None)


def _default(column: sa.Column[Any]) -> Any:
    """The column's default, if it is a value and not computed."""
    written = getattr(column.server_default, "arg", None)
    found = _CONSTANT.fullmatch(str(written)) if written is not None else None
    if found is None:
        return None
    raw = found["plain"] if found["text"] is None else found["text"].replace("''", "'")
    convert = next((convert for known, convert in _CONVERTERS if isinstance(column.type, known)), None)
    try:
        return convert(raw) if convert else raw
    except (ValueError, ArithmeticError):  # such as infinity
        return None


def _json(raw: str) -> str:
    return values.json(values.composed(json.loads(raw, parse_float=Decimal)))


def _moment(raw: str) -> str:
    return moments.instant(re.sub(r"([+-]\d\d)$", r"\1:00", raw))  # a connection's time zone is UTC


_CONVERTERS: tuple[tuple[type[sa.types.TypeEngine[Any]], Callable[[str], Any]], ...] = (
    (sa.Boolean, "true".__eq__),
    (sa.Integer, int),
    (sa.Float, float),  # which is a Numeric as well
    (sa.Numeric, Decimal),
    (JSONB, _json),
    (sa.Date, moments.day),
    (sa.DateTime, _moment),
    (sa.String, values.text),
)
"""From a default's text to what `Column.info` says of it."""
