"""From a table's columns to a kind's fields and to what the JSON Schema says of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from pipeline.database.tables import tables
from pipeline.errors import OutdatedSchemaError, UsageError
from pipeline.model import values
from pipeline.model.kind import Field, FieldType, Kind
from pipeline.model.moments import DAY, INSTANT, day, instant
from pipeline.model.pack import Pack
from pipeline.model.values import Value

_REAL = 24
"""Bits of the mantissa of a `real`, which does not give back what was written into it."""


class Described(NamedTuple):
    """A column as the manifests see it. `field` is None for a reference; `schema` is a JSON Schema."""

    field: Field | None
    schema: dict[str, Any]


def describe(pack: Pack) -> dict[str, dict[str, Described]]:
    """Fields and written references of every kind, by kind and name, in the order of the table."""
    named = tables(pack)
    return {kind.name: _describe(kind, named[kind.table]) for kind in pack.kinds}


def require_in_step(pack: Pack) -> None:
    """Raise OutdatedSchemaError where the fields read from the JSON Schema are not those of the tables."""
    for name, described in describe(pack).items():
        fields = tuple(item.field for item in described.values() if item.field)
        if fields != pack.kind[name].fields:
            raise OutdatedSchemaError(
                f"The JSON Schema of pack {pack.name} does not describe the table of kind {name} as it is now. "
                "Write it again with `pipeline schema`."
            )


def _describe(kind: Kind, table: sa.Table) -> dict[str, Described]:
    written = {ref.column: ref for ref in kind.refs if not ref.placed}
    described: dict[str, Described] = {}
    for column in table.columns:
        if column.name in written:
            schema = {"type": "string", "minLength": 1, **_about(column)}
            described[written[column.name].name] = Described(None, schema)
        elif column.info.get("managed") and not column.foreign_keys:
            described[column.name] = Described(_field(column), _property(column))
    return described


def _field(column: sa.Column[Any]) -> Field:
    kind_of: FieldType = field_type(column)
    scale = (column.type.scale or 0) if isinstance(column.type, sa.Numeric) and kind_of == "decimal" else 0
    default = _default(column, kind_of, scale)
    return Field(column.name, kind_of, not column.nullable and default is None, default, scale)


def _default(column: sa.Column[Any], kind_of: FieldType, scale: int) -> Value:
    """The column's default in canonical form."""
    raw: Any = column.info.get("default")
    if raw is None:
        if column.server_default is not None:
            raise _mistake(column, "manifests cannot say the default that the database computes")
        return None
    if kind_of == "decimal":
        return values.decimal(raw, scale)
    convert = _DEFAULTS.get(kind_of)
    default: Value = convert(raw) if convert else raw
    return default


_DEFAULTS: dict[FieldType, Callable[[Any], Value]] = {
    "float": values.double,
    "json": values.Json,
    "date": day,
    "timestamp": instant,
}


def field_type(column: sa.Column[Any]) -> FieldType:
    """The field type of a column; a type that the engine does not manage is a mistake in the pack."""
    known = _known(column)
    if known is None:
        raise _mistake(column, f"manifests cannot write the type {column.type!r}")
    return known


def can_be_managed(column: sa.Column[Any]) -> bool:
    """Whether the column has a type that manifests can write."""
    return _known(column) is not None


def _known(column: sa.Column[Any]) -> FieldType | None:
    known = next((name for found, name in _TYPES if isinstance(column.type, found)), None)
    return known if known and _gives_back(column.type) else None


_TYPES: tuple[tuple[type[sa.types.TypeEngine[Any]], FieldType], ...] = (
    (sa.Boolean, "boolean"),
    (sa.Integer, "integer"),
    (sa.Float, "float"),  # which is a Numeric as well
    (sa.Numeric, "decimal"),
    (sa.String, "text"),
    (JSONB, "json"),
    (sa.Date, "date"),
    (sa.DateTime, "timestamp"),
)


def _gives_back(sa_type: sa.types.TypeEngine[Any]) -> bool:
    """Whether a column of a known type says what was written into it, and means the same whoever asks."""
    match sa_type:
        case sa.REAL() | sa.DateTime(timezone=False):
            return False
        case sa.Float(precision=int(bits)):
            return bits > _REAL
    return getattr(sa_type, "precision", None) is None or not isinstance(sa_type, sa.DateTime)


def _mistake(column: sa.Column[Any], what: str) -> UsageError:
    return UsageError(
        f"{column.table.name}.{column.name}: {what}. Choose another column, or leave it to others with `unmanaged`."
    )


def _property(column: sa.Column[Any]) -> dict[str, Any]:
    match column.type:
        case sa.Boolean():
            schema: dict[str, Any] = {"type": "boolean"}
        case sa.Integer():
            bits = _bits(column.type)
            schema = {"type": "integer", "minimum": -(2 ** (bits - 1)), "maximum": 2 ** (bits - 1) - 1}
        case sa.Float():
            schema = {"type": "number"}
        case sa.Numeric(precision=int(precision), scale=int(scale)):
            limit = (10**precision - 1) / 10**scale
            schema = {"type": "number", "minimum": -limit, "maximum": limit}
        case sa.String(length=int(length)):
            schema = {"type": "string", "maxLength": length}
        case JSONB():
            schema = dict(column.info["schema"])
        case sa.Date():
            schema = {"type": "string", "pattern": DAY}
        case sa.DateTime():
            schema = {"type": "string", "pattern": INSTANT}
        case _:
            schema = {"type": "string"}
    return schema | _about(column)


def _bits(integer: sa.Integer) -> int:
    return 64 if isinstance(integer, sa.BigInteger) else 16 if isinstance(integer, sa.SmallInteger) else 32


def _about(column: sa.Column[Any]) -> dict[str, Any]:
    kept = ("description", "examples", "enum", "minimum", "maximum", "minLength", "pattern")
    about = {name: column.info[name] for name in kept if name in column.info}
    if isinstance(column.type, sa.Numeric) and not isinstance(column.type, sa.Integer):
        about["examples"] = [float(example) for example in about.get("examples", ())]
    return about
