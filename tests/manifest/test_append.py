"""One more entry at the end of a manifest."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pipeline.errors import ManifestError
from pipeline.manifest.append import appended
from pipeline.manifest.load import understood
from pipeline.model.pack import Pack

PACK = Pack("homologation", 1, ())
SCHEMA = {
    "properties": {"entries": {"items": {"additionalProperties": False, "properties": {"name": {}, "expect": {}}}}}
}
SOURCE = """\
pack = "homologation"  # ours
version = 1

# The first.
[[entries]]
name = "one"
"""
ENTRY = {"name": "two", "expect": {"tier": "T5", "price": Decimal("175.00"), "warnings": ["a", "b"]}}


def add(source: bytes, entry: dict[str, Any] = ENTRY, section: str = "entries") -> bytes:
    return appended(PACK, SCHEMA, "a.toml", source, section, entry)


def test_all_else_stays_as_it_is() -> None:
    new = add(SOURCE.encode()).decode()

    assert new == SOURCE + (
        '\n[[entries]]\nname = "two"\nexpect = { tier = "T5", price = 175.00, warnings = ["a", "b"] }\n'
    )


def test_line_ends_and_byte_order_mark_stay() -> None:
    source = b"\xef\xbb\xbf" + SOURCE.replace("\n", "\r\n").encode()

    assert add(source) == b"\xef\xbb\xbf" + add(SOURCE.encode()).replace(b"\n", b"\r\n")


def test_a_second_comes_behind_the_first() -> None:
    (document,), wrong = understood({"a.toml": add(add(SOURCE.encode()), {"name": "three"}).decode()}, {PACK.name: 1})

    assert not wrong
    assert [entry["name"] for entry in document.data["entries"]] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("source", "entry", "message"),
    [
        (SOURCE, {"name": "x", "colour": "red"}, "colour"),
        (SOURCE, {"name": "\u0007"}, "control character"),
        ('pack = "homologation"\nversion = 1\nentries = [{ name = "one" }]\n', ENTRY, "a.toml"),
        ("pack = 1\n", ENTRY, "has errors"),
    ],
)
def test_what_cannot_be_written_is_refused(source: str, entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        add(source.encode(), entry)
