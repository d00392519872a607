"""The words that tables are written in: one call per column, holding its whole truth.

Each function returns a SQLModel field with its column: type, length, NULL, default in the database, CHECK
constraint, and, in `Column.info`, what the JSON Schema says of it. A table that uses them needs no second
place where a length, a value list or a description stands.

`about` is the description a domain expert reads; `examples` are values that could stand in a manifest.
`Column.info["managed"]` says whether manifests may write the column, `Column.info["default"]` what it holds
when nobody writes it (JSON as canonical text).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import to_instance
from sqlmodel import Field

from pipeline.database.described import field_of, within
from pipeline.model import moments

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


Bits: TypeAlias = Literal[16, 32, 64]
_INTEGERS: Mapping[Bits, type[Integer]] = {16: SmallInteger, 32: Integer, 64: BigInteger}


def metadata(schema: str | None = None) -> MetaData:
    """MetaData whose constraints and indexes all have names, so that migrations can speak of them."""
    return MetaData(schema=schema, naming_convention=NAMING)


def uuid_key() -> Any:
    """A UUID primary key. The pipeline brings its own v5; other writers get a random one."""
    return Field(
        default_factory=uuid.uuid4,
        sa_type=Uuid,
        primary_key=True,
        sa_column_kwargs={"server_default": text("gen_random_uuid()"), "info": {"managed": False}},
    )


def serial_key(*, bits: Bits = 32) -> Any:
    """An integer primary key that the database makes; who brings a number of their own may."""
    return Field(
        default=None,
        sa_type=_INTEGERS[bits],
        primary_key=True,
        sa_column_args=[Identity(always=False)],
        sa_column_kwargs={"info": {"managed": False}},
    )


def text_key() -> Any:
    """A primary key that is a UUID as text of 36 characters. The pipeline brings its own, others get a random one."""
    return Field(
        default_factory=_text_id,
        sa_type=String(36),
        primary_key=True,
        sa_column_kwargs={
            "default": _text_id,
            "insert_sentinel": True,  # many new rows are told apart by their ids, and sent at once
            "server_default": text("(gen_random_uuid())::text"),
            "info": {"managed": False},
        },
    )


def _text_id() -> str:
    return str(uuid.uuid4())


def moment(*, on_update: bool = False) -> Any:
    """A timezone-aware time that the database sets at insert and, if asked, the ORM at each update."""
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={
            "server_default": func.now(),
            "info": {"managed": False},
            **({"onupdate": func.now()} if on_update else {}),
        },
    )


def retire_flag() -> Any:
    """The column that says whether the row is in use; rows are retired by it, never deleted."""
    return Field(
        default=True,
        sa_type=Boolean,
        nullable=False,
        sa_column_kwargs={"server_default": text("true"), "info": {"managed": False}},
    )


def words(
    length: int | None = None,
    *,
    about: str,
    examples: Sequence[str],
    null: bool = False,
    default: str | None = None,
    pattern: str | None = None,
    min_length: int = 1,
    index: bool = False,
) -> Any:
    """Text of at most `length` characters, or unlimited. `pattern` is a JSON Schema pattern."""
    info = {"description": about, "examples": list(examples), "minLength": min_length, "pattern": pattern}
    return field_of(String(length) if length else Text(), info, null=null, default=default, index=index)


def choice(
    name: str,
    values: Sequence[str],
    length: int,
    *,
    about: str,
    default: str | None = None,
    null: bool = False,
    index: bool = False,
) -> Any:
    """One of a list of values, guarded by a CHECK constraint called after the column `name`."""
    listed = ", ".join(f"'{value}'" for value in values)
    info = {"description": about, "examples": list(values[:2]), "enum": list(values)}
    check = CheckConstraint(f"{name} IN ({listed})", name=name)
    return field_of(String(length), info, check=check, null=null, default=default, index=index)


def whole(
    name: str,
    *,
    about: str,
    examples: Sequence[int],
    null: bool = False,
    default: int | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
    bits: Bits = 32,
) -> Any:
    """An integer of 16, 32 or 64 bits, with a CHECK constraint called after the column where it has a bound."""
    info = {"description": about, "examples": list(examples), "minimum": minimum, "maximum": maximum}
    return field_of(_INTEGERS[bits](), info, check=within(name, minimum, maximum), null=null, default=default)


def number(
    name: str,
    *,
    about: str,
    examples: Sequence[float],
    null: bool = False,
    default: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Any:
    """A number in double precision, with a CHECK constraint called after the column where it has a bound.

    It keeps about 15 digits, and not every decimal exactly: amounts of money are not of this type.
    """
    info = {"description": about, "examples": list(examples), "minimum": minimum, "maximum": maximum}
    return field_of(Double(), info, check=within(name, minimum, maximum), null=null, default=default)


def day(*, about: str, examples: Sequence[str], null: bool = False, default: str | None = None) -> Any:
    """A date. `examples` and `default` read `2024-05-01`."""
    info = {"description": about, "examples": list(examples)}
    preset = None if default is None else date.fromisoformat(moments.day(default))
    return field_of(Date(), info, null=null, default=default, preset=preset)


def instant(*, about: str, examples: Sequence[str], null: bool = False, default: str | None = None) -> Any:
    """A moment that manifests write, unlike that of `moment`. `examples` and `default` say their offset."""
    info = {"description": about, "examples": list(examples)}
    fixed = None if default is None else moments.instant(default)
    preset = None if fixed is None else datetime.fromisoformat(fixed)
    return field_of(DateTime(timezone=True), info, null=null, default=fixed, preset=preset)


def money(name: str, *, about: str, examples: Sequence[str]) -> Any:
    """An amount in EUR with two decimals, not negative."""
    info = {"description": about, "examples": list(examples), "minimum": 0}
    return field_of(Numeric(10, 2), info, check=CheckConstraint(f"{name} >= 0", name=name))


def yes_no(*, about: str, default: bool) -> Any:
    """A boolean that is never NULL."""
    info = {"description": about, "examples": [not default]}
    return field_of(Boolean(), info, default=default)


def document(
    schema: Mapping[str, Any],
    *,
    about: str,
    examples: Sequence[Any],
    default: str | None = None,
    required: bool = False,
) -> Any:
    """JSONB that must fit a JSON Schema. NULL is SQL NULL, never JSON null; with a default, or `required`, it is NOT
    NULL."""
    info = {"description": about, "examples": list(examples), "schema": dict(schema)}
    return field_of(JSONB(none_as_null=True), info, null=default is None and not required, default=default)


def reference(
    target: str, *, on_delete: str, about: str, examples: Sequence[str], null: bool = False, key: Any = Uuid
) -> Any:
    """A foreign key to `target` ("table.column"), indexed. `key` is the type of that column, as `Integer`."""
    info = {"description": about, "examples": list(examples), "minLength": 1}
    return field_of(to_instance(key), info, ForeignKey(target, ondelete=on_delete), null=null, index=True)


def unmanaged(column: Column[Any]) -> Any:
    """A column that manifests never write: operations fill it."""
    column.info["managed"] = False
    return Field(default=None, sa_column=column)


def unique(*names: str, nulls_distinct: bool = True) -> UniqueConstraint:
    """UNIQUE over the columns; without `nulls_distinct`, an absent value is a value like others."""
    if nulls_distinct:
        return UniqueConstraint(*names)
    return UniqueConstraint(*names, postgresql_nulls_not_distinct=True)


def exactly_one(name: str, *names: str) -> CheckConstraint:
    """CHECK called `name` that exactly one of the columns is not NULL."""
    return CheckConstraint(f"num_nonnulls({', '.join(names)}) = 1", name=name)


def ordered(low: str, high: str) -> CheckConstraint:
    """CHECK that a range is none or the right way round."""
    return CheckConstraint(f"{low} <= {high}", name=f"{low}_{high}")


def different(one: str, other: str) -> CheckConstraint:
    """CHECK that two columns do not hold the same."""
    return CheckConstraint(f"{one} <> {other}", name=f"{one}_{other}")


def searched(name: str) -> Index:
    """The index of a JSONB column that is searched for what it contains (`@>`)."""
    return Index(None, name, postgresql_using="gin", postgresql_ops={name: "jsonb_path_ops"})
