"""Rows that hold no more than they must, made of what the tables say of themselves."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.packs.homologation.tables import Base

# Of what is optional, what a row must have all the same: exactly one of several.
CHOSEN = {"tier_element_inclusions": ["element_id"], "warnings": ["element_id"]}

_LISTED = re.compile(r"(?P<column>\w+) IN \((?P<values>'[^']*'(?:, '[^']*')*)\)")
_BOUND = re.compile(r"(?P<column>\w+) (?P<sign>>=|<=|>) (?P<bound>-?\d+)")


class Rule(NamedTuple):
    """A CHECK constraint on one column: its name, and values that it lets in and that it refuses."""

    constraint: str
    column: str
    good: Sequence[Any]
    bad: Sequence[Any]


def rules(table: sa.Table) -> dict[str, Rule]:
    """The value lists and ranges of a table by column, as its CHECK constraints have them."""
    found = {}
    for check in table.constraints:
        if isinstance(check, sa.CheckConstraint):
            rule = _listed(check) or _bounded(table, check)
            if rule:
                found[rule.column] = rule
    return found


def _listed(check: sa.CheckConstraint) -> Rule | None:
    said = _LISTED.fullmatch(str(check.sqltext))
    if said is None:
        return None
    values = re.findall("'([^']*)'", said["values"])
    return Rule(str(check.name), said["column"], values, ["another", "", values[0].upper() + " "])


def _bounded(table: sa.Table, check: sa.CheckConstraint) -> Rule | None:
    bounds = [_BOUND.fullmatch(part) for part in str(check.sqltext).split(" AND ")]
    good, bad = [], []
    for bound in bounds:
        if bound is None:
            return None
        column = table.c[bound["column"]]
        number = Decimal(bound["bound"])
        step = Decimal(1).scaleb(-(column.type.scale or 0)) if isinstance(column.type, sa.Numeric) else Decimal(1)
        outwards = step if bound["sign"] == "<=" else -step
        good.append(number - outwards if bound["sign"] == ">" else number)
        bad.append(number if bound["sign"] == ">" else number + outwards)
    made = Decimal if isinstance(column.type, sa.Numeric) and not isinstance(column.type, sa.Float) else int
    return Rule(str(check.name), column.name, [made(one) for one in good], [made(one) for one in bad])


class Rows:
    """A connection and the ids of one row per table."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self.connection = connection
        self.ids: dict[str, uuid.UUID] = {}

    def least(self, name: str) -> dict[str, Any]:
        """The columns that a row must have."""
        table = Base.metadata.tables[name]
        chosen = CHOSEN.get(name, [])
        needed = [c for c in table.c if c.name in chosen or (not c.nullable and c.server_default is None)]
        return {column.name: self.value(column) for column in needed}

    def value(self, column: sa.Column[Any]) -> Any:
        """The id that a reference holds, the column's first example, or what its type and rule let in."""
        if column.foreign_keys:
            return self.ids[next(iter(column.foreign_keys)).column.table.name]
        if "examples" in column.info:
            example = column.info["examples"][0]
            return Decimal(example) if isinstance(column.type, sa.Numeric) else example
        if rule := rules(column.table).get(column.name):
            return rule.good[0]
        return {
            sa.String: "text",
            sa.Text: "text",
            sa.Boolean: True,
            sa.DateTime: datetime(2026, 3, 1, tzinfo=UTC),
            sa.Uuid: uuid.UUID(int=1),
        }[type(column.type)]

    async def insert(self, name: str, /, **more: Any) -> uuid.UUID:
        """Insert a row of the least columns, changed or completed by `more`; its id."""
        values = {**self.least(name), **more}
        names = ", ".join(f'"{column}"' for column in values)
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        statement = f"INSERT INTO {name} ({names}) VALUES ({places}) RETURNING id"  # noqa: S608
        made: uuid.UUID = await self.connection.fetchval(statement, *values.values())
        return made


@contextmanager
def counted(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements that are sent while the block runs."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    sa.event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine.sync_engine, "before_cursor_execute", note)
