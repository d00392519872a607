"""What all tables of the pack share: base classes, relationships, patterns of codes, and JSON shapes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import registry, relationship
from sqlmodel import Relationship, SQLModel

from pipeline.database.columns import metadata, moment, retire_flag, uuid_key

CODE = "^[A-Z][A-Z0-9_]*$"
VARIANT_CODE = "^[A-Z0-9][A-Z0-9_]*$"
SLUG = "^[a-z0-9]+(-[a-z0-9]+)*$"
NAME = "^[A-Za-z][A-Za-z0-9_]*$"
FIELD_NAME = "^[a-z][a-z0-9_]*$"

LIMIT = 10**15
DEPTH = 2
INTEGER_MAX = 2**31 - 1


class Base(SQLModel, registry=registry(metadata=metadata())):
    """Base of the pack's tables: every row has an id."""

    # SQLModel does not validate rows; building the validators all the same would cost every plan a quarter more.
    model_config = {"defer_build": True}

    id: uuid.UUID = uuid_key()


class Managed(Base):
    """Base of the tables that manifests write. Every row is retired by a flag, and knows when it changed."""

    is_active: bool = retire_flag()
    created_at: datetime = moment()
    updated_at: datetime = moment(on_update=True)


class Operational(Base):
    """Base of the tables that people and programs write. Every row knows when it was made."""

    created_at: datetime = moment()


class Changing(Operational):
    """Base of the operational tables whose rows are written more than once."""

    updated_at: datetime = moment(on_update=True)


def many(
    target: str, back: str, *, order: str | None = None, owned: bool = True, depth: int = DEPTH, **more: Any
) -> Any:
    """The rows that refer to this one. `owned` rows go when this row is deleted; the database sees to it."""
    return _related(target, back, depth, **_deleted(owned, order), **more)


def endless(target: str, back: str, *, order: str | None = None, owned: bool = True) -> Any:
    """The rows that refer to this one, where they pile up as long as the system runs: logs, messages, chunks.

    They are never loaded along, and touching them raises an error instead of reading a year of them unasked: ask for
    them by a query of their own, or with `selectinload` where it is known that they are few.
    """
    related = relationship(target, back_populates=back, lazy="raise", **_deleted(owned, order))
    return Relationship(sa_relationship=related)


def one(target: str, back: str | None = None, *, depth: int = DEPTH, **more: Any) -> Any:
    """The row that this one refers to. Without `back`, that row knows nothing of this one."""
    return _related(target, back, depth, **more)


def _deleted(owned: bool, order: str | None) -> dict[str, Any]:
    cascade = "all, delete-orphan" if owned else "save-update, merge"
    return {"cascade": cascade, "passive_deletes": True, **({"order_by": order} if order else {})}


def _related(target: str, back: str | None, depth: int, **more: Any) -> Any:
    """A relationship that is loaded along, up to `depth` steps from what was asked for.

    Without a limit, whoever loads one element would load its category, and with it the whole catalogue,
    on every way there is. What lies further is at hand if it was loaded on a shorter way.
    """
    return Relationship(
        sa_relationship=relationship(target, back_populates=back, lazy="selectin", join_depth=depth, **more)
    )


def integer(title: str, about: str, example: int, *, minimum: int = -INTEGER_MAX - 1) -> dict[str, Any]:
    """JSON Schema of a 32-bit integer inside a JSON document."""
    return _part("integer", title, about, example) | {"minimum": minimum, "maximum": INTEGER_MAX}


def number(title: str, about: str, example: float) -> dict[str, Any]:
    """JSON Schema of a number inside a JSON document; bounded, so that every reader holds it exactly."""
    return _part("number", title, about, example) | {"minimum": -LIMIT, "maximum": LIMIT}


def flag(title: str, about: str) -> dict[str, Any]:
    """JSON Schema of a boolean inside a JSON document."""
    return _part("boolean", title, about, True)


def text(title: str, about: str, example: str) -> dict[str, Any]:
    """JSON Schema of a text inside a JSON document, not empty."""
    return _part("string", title, about, example) | {"minLength": 1}


def texts(title: str, about: str, example: list[str], *, pattern: str | None = None) -> dict[str, Any]:
    """JSON Schema of a list of texts inside a JSON document, none empty and none twice."""
    return _part("array", title, about, example) | text_list(pattern=pattern)


def text_list(*, at_least: int = 0, pattern: str | None = None) -> dict[str, Any]:
    """JSON Schema of a column that is a list of texts, none empty and none twice."""
    item = {"type": "string", "minLength": 1} | ({"pattern": pattern} if pattern else {})
    return {"type": "array", "items": item, "uniqueItems": True} | ({"minItems": at_least} if at_least else {})


def record(properties: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """JSON Schema of a column that is an object with these keys and no others."""
    return {"type": "object", "additionalProperties": False, "properties": dict(properties)}


def group_limits(title: str, about: str, example: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of a table of limits by name inside a JSON document."""
    limits = {
        "min": integer("Min", "The fewest that there must be.", 1, minimum=0),
        "max": integer("Max", "The most that there may be.", 2, minimum=0),
    }
    return {**_part("object", title, about, example), "additionalProperties": record(limits)}


def _part(kind: str, title: str, about: str, example: object) -> dict[str, Any]:
    return {"type": kind, "title": title, "description": about, "examples": [example]}
