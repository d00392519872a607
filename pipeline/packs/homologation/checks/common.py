"""What several rules of the catalogue read in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from pipeline.checks.wording import mapping_table, where
from pipeline.model.address import Key
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Resource
from pipeline.model.values import Json, Value, parse


def stated(resource: Resource, name: str, pack: Pack) -> Value:
    """The declared value of a field, or the default that its column gives on create."""
    if name in resource.values:
        return resource.values[name]
    field = pack.kind[resource.address.kind].field.get(name)
    return field.default if field else None


def parsed(value: Value) -> object:
    """The content of a JSON field; None where there is none."""
    return parse(value) if isinstance(value, Json) else None


def words(value: Value) -> list[str]:
    """The texts of a JSON list; nothing where there is no list."""
    return words_of(parsed(value))


def words_of(content: object) -> list[str]:
    """The texts of a list; nothing where there is no list."""
    return [word for word in content if isinstance(word, str)] if isinstance(content, list) else []


def rules_of(field: Resource) -> Mapping[str, object]:
    """The validation rules of a required field."""
    content = parsed(field.values.get("validation_rules"))
    return content if isinstance(content, dict) else {}


def ends(row: Resource) -> tuple[Key, Key]:
    """The keys of the two resources that a row joins: tier and what it includes, or element and warning."""
    return cast("tuple[Key, Key]", row.address.key)


def codes_of(keys: Iterable[Key], category: str) -> set[str]:
    """The codes of those keys that lie directly in a category."""
    return {str(key[-1]) for key in keys if key[0] == (category,)}


def parents(elements: Mapping[Key, Resource]) -> dict[Key, Key]:
    """The parent of each element that has one, whether it exists or not."""
    found: dict[Key, Key] = {}
    for key, element in elements.items():
        parent = element.values.get("parent")
        if isinstance(parent, tuple):
            found[key] = parent
    return found


def limit_place(row: Resource, name: str, pack: Pack) -> Origin:
    """Where a limit is written: in a tier; of a row of the mapping its own entry, or the table that names its group."""
    table = mapping_table(row, pack)
    if table is None:
        return where(row, name)
    inside = where(row).path[: len(table.path)] == table.path
    return where(row) if inside else table
