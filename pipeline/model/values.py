"""Canonical values: desired and current compare with `==` after one form per type.

Text is NFC; a decimal has its column's scale; JSON is compared by value, as sorted compact text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from hashlib import blake2b
from typing import TypeAlias

import orjson

from pipeline.model.address import Key


class Json(str):
    """A JSON document as canonical text: keys sorted, no spaces, numbers in their shortest exact form."""

    __slots__ = ()


Value: TypeAlias = "str | int | bool | Decimal | Json | Key | None"
"""A field's value in canonical form; a reference's value is the target's key."""


def text(raw: str) -> str:
    """Text in the one form in which equal texts are equal (Unicode NFC)."""
    return raw if raw.isascii() else unicodedata.normalize("NFC", raw)


def decimal(raw: int | Decimal, scale: int) -> Decimal:
    """The number with exactly `scale` digits after the point. The caller has checked that it fits."""
    return Decimal(raw).quantize(Decimal(1).scaleb(-scale))


def json(raw: object) -> Json:
    """Any JSON value, as read from TOML, JSON or PostgreSQL, as canonical text.

    Numbers that are equal read equal: 1, 1.0 and 1.00 are one value; true and 1 are two.
    """
    try:
        return Json(orjson.dumps(raw, default=_number, option=orjson.OPT_SORT_KEYS).decode())
    except TypeError:  # orjson stops at integers of 64 bits, PostgreSQL does not
        return Json(orjson.dumps(_widened(raw), default=_number, option=orjson.OPT_SORT_KEYS).decode())


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


def plain(value: Value) -> object:
    """The value as JSON can hold it: decimals as text, keys as arrays, JSON documents as themselves."""
    if isinstance(value, Json):
        return orjson.Fragment(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


def dump(values: Mapping[str, Value]) -> str:
    """Canonical JSON text of a resource's values: the form that the ledger stores."""
    return orjson.dumps({name: plain(value) for name, value in values.items()}, option=orjson.OPT_SORT_KEYS).decode()


def digest(content: str) -> str:
    """A short fingerprint of a text, 32 hexadecimal digits."""
    return blake2b(content.encode(), digest_size=16).hexdigest()
