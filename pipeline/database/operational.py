"""The words that operational tables are written in: columns that people and programs fill, and manifests never.

As in `columns`, one call holds a column's whole truth for the database: type, length, NULL, default, CHECK
constraint. What only the JSON Schema of manifests needs, descriptions and examples, is left to comments.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    Numeric,
    String,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from pipeline.database.described import field_of

_field = partial(field_of, info={"managed": False})


def line(length: int, *, null: bool = False, default: str | None = None, index: bool = False) -> Any:
    """Text of at most `length` characters."""
    return _field(String(length), null=null, default=default, index=index)


def prose(*, null: bool = False) -> Any:
    """Text of any length."""
    return _field(Text(), null=null)


def state(
    name: str,
    values: Sequence[str],
    length: int,
    *,
    default: str | None = None,
    null: bool = False,
    index: bool = False,
) -> Any:
    """One of a list of values, guarded by a CHECK constraint called after the column `name`."""
    listed = ", ".join(f"'{value}'" for value in values)
    check = CheckConstraint(f"{name} IN ({listed})", name=name)
    return _field(String(length), check=check, null=null, default=default, index=index)


def number(*, null: bool = False, index: bool = False) -> Any:
    """A 32-bit integer that another system gives out, such as the id of a message."""
    return _field(Integer(), null=null, index=index)


def count(
    name: str,
    *,
    minimum: int = 0,
    maximum: int | None = None,
    null: bool = False,
    default: int | None = None,
    big: bool = False,
) -> Any:
    """A number of things, of milliseconds or of bytes: 32 bits, or 64 if `big`, with a CHECK on its range."""
    upper = "" if maximum is None else f" AND {name} <= {maximum}"
    check = CheckConstraint(f"{name} >= {minimum}{upper}", name=name)
    return _field(BigInteger() if big else Integer(), check=check, null=null, default=default)


def amount(name: str, precision: int, scale: int) -> Any:
    """An amount of money that is not negative, NULL where it is not known."""
    return _field(Numeric(precision, scale), check=CheckConstraint(f"{name} >= 0", name=name), null=True)


def score(name: str) -> Any:
    """A similarity from 0 to 1 with four decimals, NULL where nobody measured it."""
    check = CheckConstraint(f"{name} >= 0 AND {name} <= 1", name=name)
    return _field(Numeric(5, 4), check=check, null=True)


def measure(name: str) -> Any:
    """A length in millimetres, more than nothing, NULL where it is not known."""
    return _field(Float(), check=CheckConstraint(f"{name} > 0", name=name), null=True)


def truth(*, default: bool | None = None, null: bool = False, index: bool = False) -> Any:
    """A boolean; with `null` it may also be open."""
    return _field(Boolean(), null=null, default=default, index=index)


def instant(*, null: bool = False, index: bool = False) -> Any:
    """A timezone-aware time that the writer says; see `columns.moment` for the database's own."""
    return _field(DateTime(timezone=True), null=null, index=index)


def payload(default: str | None = None, *, name: str | None = None) -> Any:
    """JSONB of any shape: NOT NULL with a default, else SQL NULL (never JSON null) where it is absent."""
    return _field(JSONB(none_as_null=True), null=default is None, default=default, name=name)


def identifier() -> Any:
    """The UUID of a row in a table that another column names; so no foreign key can guard it."""
    return _field(Uuid())


def link(target: str, *, on_delete: str, null: bool = False, unique: bool = False) -> Any:
    """A foreign key to `target` ("table.column"), indexed; with `unique`, no two rows refer to the same."""
    key = ForeignKey(target, ondelete=on_delete)
    return field_of(Uuid(), {"managed": False}, key, null=null, index=True, unique=unique)
