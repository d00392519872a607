"""Fields as the JSON Schema keeps them beside what editors read: type, scale and default of each column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.model import values
from pipeline.model.kind import Field


def store(field: Field) -> dict[str, Any]:
    """The field as JSON, without what it has by default."""
    stored: dict[str, Any] = {"type": field.type}
    if field.type == "decimal":
        stored["scale"] = field.scale
    if field.required:
        stored["required"] = True
    if field.default is not None:
        stored["default"] = str(field.default) if field.type in ("decimal", "json") else field.default
    return stored


def restore(stored: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a kind from what `store` made of each, by name."""
    fields = []
    for name, item in stored.items():
        default, scale = item.get("default"), item.get("scale", 0)
        if item["type"] == "json" and default is not None:
            default = values.Json(default)
        else:
            default = values.load({name: default}, {name: (item["type"], scale)})[name]
        fields.append(Field(name, item["type"], item.get("required", False), default, scale))
    return tuple(fields)
