"""What all tables of the pack share: the base class, relationships, and words for columns no manifest writes.

Those columns are described by the comments beside them; what manifests write is described in the words of
`database.columns`, for the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    String,
    Text,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry, relationship
from sqlmodel import Relationship, SQLModel

from pipeline.database.columns import metadata, moment, serial_key, unmanaged


class Base(SQLModel, registry=registry(metadata=metadata())):
    """Base of the pack's tables. Every row has a number that the database gives, and knows when it changed."""

    id: int | None = serial_key()
    created_at: datetime = moment()
    updated_at: datetime = moment(on_update=True)


def many(target: str, back: str, *, order: str | None = None) -> Any:
    """The rows that refer to this one, which go when it is deleted; the database sees to it.

    Nothing is loaded unasked: what a query is to bring along it says (`selectinload`).
    """
    ordered = {"order_by": order} if order else {}
    return _related(target, back, cascade="all, delete-orphan", passive_deletes=True, **ordered)


def one(target: str, back: str, **more: Any) -> Any:
    """The row that this one refers to."""
    return _related(target, back, **more)


def _related(target: str, back: str, **more: Any) -> Any:
    return Relationship(sa_relationship=relationship(target, back_populates=back, lazy="raise", **more))


def line(length: int, *, null: bool = False, default: str | None = None, index: bool = False) -> Any:
    """Text of at most `length` characters. `default` is an expression in SQL."""
    return _column(String(length), null=null, default=default, index=index)


def prose(*, null: bool = False) -> Any:
    """Text of any length."""
    return _column(Text(), null=null)


def state(name: str, values: Sequence[str], length: int, *, default: str | None = None, null: bool = False) -> Any:
    """One of a list of values, guarded by a CHECK constraint called after the column `name`; indexed."""
    listed = ", ".join(f"'{value}'" for value in values)
    check = CheckConstraint(f"{name} IN ({listed})", name=name)
    return _column(String(length), check=check, null=null, default=default and f"'{default}'", index=True)


def count(
    name: str, *, minimum: int = 0, maximum: int | None = None, null: bool = False, default: int | None = None
) -> Any:
    """A number of things or of milliseconds, with a CHECK on its range."""
    return _column(Integer(), check=_within(name, minimum, maximum), null=null, default=default)


def measure(name: str, *, maximum: float = 1, null: bool = True, default: float | None = None) -> Any:
    """A number in double precision from 0 to `maximum`."""
    return _column(Double(), check=_within(name, 0, maximum), null=null, default=default)


def truth(*, default: bool) -> Any:
    """A boolean that is never NULL."""
    return _column(Boolean(), default=str(default).lower())


def instant(*, null: bool = True, default: str | None = None, index: bool = False) -> Any:
    """A timezone-aware time that the writer says. `default` is an expression in SQL."""
    return _column(DateTime(timezone=True), null=null, default=default, index=index)


def payload(*, null: bool = True, default: str | None = None) -> Any:
    """JSONB of any shape; absent is SQL NULL, never JSON null. `default` is JSON."""
    return _column(JSONB(none_as_null=True), null=null, default=default and f"'{default}'")


def link(target: str, *, on_delete: str, null: bool = False) -> Any:
    """A foreign key to `target` ("table.column"), indexed."""
    return _column(Integer(), ForeignKey(target, ondelete=on_delete), null=null, index=True)


def _within(name: str, minimum: float, maximum: float | None) -> CheckConstraint:
    upper = "" if maximum is None else f" AND {name} <= {maximum}"
    return CheckConstraint(f"{name} >= {minimum}{upper}", name=name)


def _column(
    sa_type: Any,
    *args: Any,
    check: CheckConstraint | None = None,
    null: bool = False,
    default: object = None,
    index: bool = False,
) -> Any:
    server = None if default is None else text(str(default))
    column = Column(sa_type, *args, nullable=null, index=index, server_default=server)
    if check is not None:  # at the table, where Alembic finds it
        event.listen(column, "after_parent_attach", lambda _, table: table.append_constraint(check))
    return unmanaged(column)
