"""A field and its column, with what the JSON Schema says of it beside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import CheckConstraint, Column, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field


def field_of(
    sa_type: Any,
    info: Mapping[str, Any],
    *args: Any,
    check: CheckConstraint | None = None,
    null: bool = False,
    default: Any = None,
    preset: Any = None,
    name: str | None = None,
    **indexed: Any,
) -> Any:
    """A field with its column, for the words of this module and those of `operational`.

    `info` goes into `Column.info`, `default` is what the database fills in and `preset` the same as an object, where
    that is another; `name` is the column's name where it is not the field's. `indexed` may say `index` or `unique`.
    """
    column = Column(
        name,
        sa_type,
        *args,
        nullable=null,
        **indexed,
        server_default=None if default is None else text(_literal(default)),
        info={"managed": True, "default": default, **{key: value for key, value in info.items() if value is not None}},
    )
    if check is not None:
        # Alembic writes a table's constraints into a new revision, and forgets a column's.
        event.listen(column, "after_parent_attach", lambda _, table: table.append_constraint(check))
    if isinstance(sa_type, JSONB) and default is not None:
        return Field(default_factory=partial(json.loads, default), sa_column=column)
    return Field(default=default if preset is None else preset, sa_column=column)


def within(name: str, minimum: float | None, maximum: float | None) -> CheckConstraint | None:
    """CHECK called `name` that the column lies between the bounds; None where there is none."""
    bounds = [f"{name} {sign} {bound}" for sign, bound in ((">=", minimum), ("<=", maximum)) if bound is not None]
    return CheckConstraint(" AND ".join(bounds), name=name) if bounds else None


def _literal(default: str | bool | float) -> str:
    if isinstance(default, str):
        return "'" + default.replace("'", "''") + "'"
    return str(default).lower()
