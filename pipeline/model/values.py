"""Canonical values: desired and current compare with `==` after one form per type.

Text is NFC; a decimal has its column's scale; JSON is compared by value, as sorted compact text; days and moments
are ISO text, moments in UTC.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import blake2b
from json import loads
from typing import TypeAlias

import orjson

from pipeline.model.address import Key
from pipeline.model.moments import Moment


class Json(str):
    """A JSON document as canonical text: keys sorted, no spaces, numbers in their shortest exact form."""

    __slots__ = ()


Value: TypeAlias = "str | int | bool | float | Decimal | Json | Moment | Key | None"
"""A field's value in canonical form; a reference's value is the target's key."""


class Declared(dict[str, Value]):
    """Declared values by name. Never changed once made: their digest is computed once and kept."""

    __slots__ = ("_digest",)
    _digest: str

    @property
    def digest(self) -> str:
        """A fingerprint of the values."""
        try:
            return self._digest
        except AttributeError:
            self._digest = _hash(_canonical(dict(self)))
            return self._digest


class Row(Mapping[str, Value]):
    """A row's values by name, in a third of a dict's memory: the positions are shared by all rows of a kind.

    `cells` are the references and then the fields, each in the kind's order; `at` is where each stands.
    """

    __slots__ = ("at", "cells")

    def __init__(self, at: Mapping[str, int], cells: tuple[Value, ...]) -> None:
        self.at = at
        self.cells = cells

    def __getitem__(self, name: str) -> Value:
        return self.cells[self.at[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.at)

    def __len__(self) -> int:
        return len(self.at)


def text(raw: str) -> str:
    """Text in the one form in which equal texts are equal (Unicode NFC)."""
    return raw if raw.isascii() else unicodedata.normalize("NFC", raw)


def composed(content: object) -> object:
    """JSON content with all its texts and keys in NFC. Its own text cannot be: a mark after `\\n` would join the n."""
    if isinstance(content, str):
        return text(content)
    if isinstance(content, list):
        return [composed(item) for item in content]
    if isinstance(content, dict):
        return {text(name): composed(item) for name, item in content.items()}
    return content


def decimal(raw: int | Decimal, scale: int) -> Decimal:
    """The number with exactly `scale` digits after the point; zero has no sign. The caller has checked that it fits."""
    fixed = Decimal(raw).quantize(Decimal(1).scaleb(-scale))
    return fixed if fixed else fixed.copy_abs()


def double(raw: float | Decimal | str) -> float | str:
    """The number as double precision holds it; zero has no sign. What is no number is its name: `NaN`, `Infinity`."""
    found = float(raw)
    if math.isfinite(found):
        return found + 0.0
    return "NaN" if math.isnan(found) else "Infinity" if found > 0 else "-Infinity"


def json(raw: object) -> Json:
    """Any JSON value, as read from TOML, JSON or PostgreSQL, as canonical text.

    Numbers that are equal read equal: 1, 1.0 and 1.00 are one value; true and 1 are two.
    """
    try:
        return Json(orjson.dumps(raw, default=_number, option=orjson.OPT_SORT_KEYS).decode())
    except TypeError:  # orjson stops at integers of 64 bits, PostgreSQL does not
        return Json(orjson.dumps(_widened(raw), default=_number, option=orjson.OPT_SORT_KEYS).decode())


def parse(value: Json) -> object:
    """What a JSON value holds. A number that no double can hold is infinite in it."""
    try:
        return orjson.loads(value.encode())  # it takes no subclass of str
    except orjson.JSONDecodeError:
        return loads(value)


def number(raw: Decimal) -> str:
    """A decimal's shortest exact form without an exponent: `1`, `0.5`, `1000`."""
    shortest = format(raw.normalize(), "f")
    return "0" if shortest == "-0" else shortest


def _widened(raw: object) -> object:
    if isinstance(raw, dict):
        return {name: _widened(value) for name, value in raw.items()}
    if isinstance(raw, list):
        return [_widened(value) for value in raw]
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Decimal(raw)
    return raw


def _number(raw: object) -> orjson.Fragment:
    if isinstance(raw, Decimal):
        return orjson.Fragment(number(raw))
    raise TypeError(f"{type(raw).__name__} is no JSON value")


def dump(values: Mapping[str, Value]) -> str:
    """Canonical JSON text of values: the form that the ledger stores."""
    return canonical_text(dict(values))


def canonical_text(content: object, *, indent: bool = False) -> str:
    """JSON text of any content with values in it: equal contents, equal text.

    Decimals and moments are written as text, keys as arrays, JSON documents as themselves.
    """
    return _canonical(content, orjson.OPT_INDENT_2 if indent else 0).decode()


def _canonical(content: object, option: int = 0) -> bytes:
    options = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS | option
    return orjson.dumps(content, default=_plain, option=options)


def _plain(value: object) -> object:
    match value:
        case Json():
            return orjson.Fragment(str(value))
        case Decimal() | Moment():
            return str(value)
        case dict():
            return dict(value)
        case tuple():
            return tuple(value)
    raise TypeError(f"{type(value).__name__} is no value")


def load(stored: Mapping[str, object], types: Mapping[str, tuple[str, int]]) -> Declared:
    """Values back from parsed ledger JSON. `types` gives each field's type and scale; a reference has none."""
    loaded = Declared()
    for name, raw in stored.items():
        kind, scale = types.get(name, ("ref", 0))
        if raw is None:
            loaded[name] = None
        elif kind == "decimal":
            loaded[name] = decimal(Decimal(str(raw)), scale)
        elif kind == "float":
            loaded[name] = double(raw if isinstance(raw, int | float | Decimal) else str(raw))
        elif kind == "json":
            loaded[name] = json(raw)
        elif kind in ("date", "timestamp"):
            loaded[name] = Moment(raw)
        else:
            loaded[name] = key(raw) if isinstance(raw, list) else raw  # type: ignore[assignment]  # a list is a key
    return loaded


def key(parts: list[object]) -> Key:
    """A natural key from its JSON form."""
    return tuple(key(part) if isinstance(part, list) else part for part in parts)  # type: ignore[misc]  # parts are keys or texts


def digest(content: str) -> str:
    """A short fingerprint of a text, 32 hexadecimal digits."""
    return _hash(content.encode())


def _hash(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()
