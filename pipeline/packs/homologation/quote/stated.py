"""What rows say, desired or current, in the plain types that a quote is worked out with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from pipeline.model.address import Key
from pipeline.model.resource import Resource, State
from pipeline.model.values import Value
from pipeline.packs.homologation.checks.common import parsed, words_of

DEFAULTS: Final[Mapping[tuple[str, str], Value]] = {
    ("required_field", "field_type"): "text",
    ("required_field", "is_required"): True,
    ("image", "image_type"): "example",
    ("image", "status"): "placeholder",
    ("document", "is_mandatory"): True,
    ("warning", "severity"): "warning",
    ("element_warning", "show_condition"): "always",
}
"""The defaults of columns where they are more than nothing, zero or no; a test compares them with the tables."""


def text(row: Resource, name: str) -> str:
    """The text of a field; empty where there is none."""
    found = _value(row, name)
    return found if isinstance(found, str) else ""


def whole(row: Resource, name: str) -> int | None:
    """The whole number of a field; None where there is none."""
    return number(_value(row, name))


def yes(row: Resource, name: str) -> bool:
    """Whether a field says yes."""
    return _value(row, name) is True


def amount(row: Resource, name: str) -> Decimal:
    """The amount of money of a field."""
    found = _value(row, name)
    return Decimal(found) if isinstance(found, Decimal | int) else Decimal(0)


def content(row: Resource, name: str) -> Mapping[str, object]:
    """The JSON object of a field; empty where it holds something else."""
    found = parsed(_value(row, name))
    return found if isinstance(found, dict) else {}


def listed(row: Resource, name: str) -> tuple[str, ...]:
    """The texts of a field that holds a JSON list."""
    return tuple(words_of(parsed(_value(row, name))))


def number(found: object) -> int | None:
    """The whole number, or None where it is none."""
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def within(state: State, kind: str, owner: Key | None) -> list[Resource]:
    """The active resources of a kind that the owner's key begins, in the order of their places in lists."""
    found = [row for key, row in state[kind].items() if row.active and key[0] == owner]
    return sorted(found, key=place)


def place(row: Resource) -> tuple[int, str]:
    """Where a row stands in lists: by its sort order, then its code."""
    return whole(row, "sort_order") or 0, str(row.address.key[-1])


def _value(row: Resource, name: str) -> Value:
    if name in row.values:
        return row.values[name]
    return DEFAULTS.get((row.address.kind, name))
