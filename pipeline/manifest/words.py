"""How diagnostics quote values and suggest names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any

LONGEST = 60
_LONGEST_LIST = 12
_KINDS: tuple[tuple[type | UnionType, str], ...] = (
    (str, "text"),
    (int | float | Decimal, "a number"),
    (list, "a list"),
    (dict, "a table"),
    (date | time, "a date or time"),
    (NoneType, "null"),
)


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text on one line, cut after `longest` characters, with every unprintable character escaped."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    if cut.isprintable():
        return cut
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in cut
    )


def quoted(value: object) -> str:
    """A value as a manifest writes it; lists and tables only by what they are."""
    if isinstance(value, str):
        return f'"{shortened(value)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return shortened(str(value))
    return described(value)


def described(value: object) -> str:
    """What a value is, in plain words."""
    if isinstance(value, bool):
        return quoted(value)
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "something else")


def listed(values: Iterable[object], last: str = "or") -> str:
    """The values as a person lists them: `"a", "b" or "c"`. A very long list is cut."""
    shown = [quoted(value) for value in values]
    if len(shown) > _LONGEST_LIST:
        return f"{', '.join(shown[:_LONGEST_LIST])} … ({len(shown)} in all)"
    return f" {last} ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


def suggestion(word: object, known: Iterable[Any]) -> str:
    """`did you mean "ESCAPE"?` for the known name that is nearest to the word, or nothing.

    Nearest is the most similar name, else the only one of which the word is a part: `url` of `image_url`.
    """
    if not isinstance(word, str):
        return ""
    names = {name.casefold(): name for name in known if isinstance(name, str)}
    sought = word.casefold()[:200]
    nearest = get_close_matches(sought, names, n=1) or [name for name in names if sought in name.split("_")]
    return f'did you mean "{shortened(names[nearest[0]])}"?' if len(nearest) == 1 else ""
