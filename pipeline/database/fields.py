"""From a table's columns to a kind's fields and to what the JSON Schema says of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from pipeline.database.tables import tables
from pipeline.errors import OutdatedSchemaError
from pipeline.model import values
from pipeline.model.kind import Field, FieldType, Kind
from pipeline.model.pack import Pack

INTEGER_RANGE = (-(2**31), 2**31 - 1)


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
    raw = column.info.get("default")
    scale = 0
    if isinstance(column.type, sa.Numeric):
        scale = column.type.scale or 0
        raw = None if raw is None else values.decimal(raw, scale)
    if kind_of == "json" and raw is not None:
        raw = values.Json(raw)
    return Field(column.name, kind_of, not column.nullable and raw is None, raw, scale)


def field_type(column: sa.Column[Any]) -> FieldType:
    """The field type of a column; a type that the engine does not manage is a mistake in the pack."""
    match column.type:
        case sa.Boolean():
            return "boolean"
        case sa.Integer():
            return "integer"
        case sa.Numeric():
            return "decimal"
        case sa.String():
            return "text"
        case JSONB():
            return "json"
    raise TypeError(f"{column.table.name}.{column.name}: manifests cannot write the type {column.type}")


def _property(column: sa.Column[Any]) -> dict[str, Any]:
    match column.type:
        case sa.Boolean():
            schema: dict[str, Any] = {"type": "boolean"}
        case sa.Integer():
            schema = {"type": "integer", "minimum": INTEGER_RANGE[0], "maximum": INTEGER_RANGE[1]}
        case sa.Numeric(precision=int(precision), scale=int(scale)):
            limit = (10**precision - 1) / 10**scale
            schema = {"type": "number", "minimum": -limit, "maximum": limit}
        case sa.String(length=int(length)):
            schema = {"type": "string", "maxLength": length}
        case JSONB():
            schema = dict(column.info["schema"])
        case _:
            schema = {"type": "string"}
    return schema | _about(column)


def _about(column: sa.Column[Any]) -> dict[str, Any]:
    kept = ("description", "examples", "enum", "minimum", "maximum", "minLength", "pattern")
    about = {name: column.info[name] for name in kept if name in column.info}
    if isinstance(column.type, sa.Numeric) and not isinstance(column.type, sa.Integer):
        about["examples"] = [float(example) for example in about.get("examples", ())]
    return about
