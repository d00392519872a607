"""Manifests of which one entry is written in another way."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Literal, TypeAlias, get_args

from tests.strategies import Catalogue, Entry

How: TypeAlias = Literal["drop", "forget", "active", "protected"]
"""Take it out, take one of its keys out, or turn a switch of it."""
HOWS: tuple[How, ...] = get_args(How)


def edited(catalogue: Catalogue, entry: int, how: How, key: int) -> Catalogue:
    """The catalogue with one entry changed, if it has any. It may not be valid any more."""
    made = deepcopy(catalogue)
    entries = [place for manifest in made.values() for place in _entries(manifest)]
    if entries:
        _edit(*entries[entry % len(entries)], how, key)
    return made


def _entries(manifest: Entry) -> list[tuple[list[Any], int]]:
    """Every entry of a manifest, and what is nested in it: the section and the place in that."""
    sections = [held for held in manifest.values() if isinstance(held, list)]
    found = [(section, at) for section in sections for at, item in enumerate(section) if isinstance(item, dict)]
    return found + [place for section, at in found for place in _entries(section[at])]


def _edit(section: list[Any], at: int, how: How, key: int) -> None:
    entry: Entry = section[at]
    match how:
        case "drop":
            del section[at]
        case "forget":
            del entry[sorted(entry)[key % len(entry)]]
        case "active":
            entry["active"] = not entry.get("active", True)
        case _:
            entry["protected"] = not entry.get("protected", False)
