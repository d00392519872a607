"""Text as manifests may hold it: printable, and in the one form in which equal texts are equal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pipeline.manifest.position import Lines
from pipeline.manifest.words import quoted
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.resource import Origin
from pipeline.model.values import text as canonical

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NAMES = {
    0x00: "NUL",
    0x07: "bell",
    0x08: "backspace",
    0x0B: "vertical tab",
    0x0C: "form feed",
    0x1B: "escape",
    0x7F: "delete",
    0x85: "next line",
}
_MOST_SHOWN = 20


def normalised(file: str, source: str, data: dict[str, Any], texts: Sequence[str]) -> dict[str, Any] | list[Diagnostic]:
    """The data with every text and key in NFC, or what stands against it.

    `texts` are all texts and keys of the data, in any order: joined they are checked in one go.
    """
    joined = "\n".join(texts)
    unprintable = _CONTROL.search(joined) is not None
    if not unprintable and (joined.isascii() or unicodedata.is_normalized("NFC", joined)):
        return data
    found = characters(file, source) if unprintable else []
    written = set(_CONTROL.findall(source)) if unprintable else set()
    found += _problems(Origin(file), data, written)
    return found or _canonical(data)


def characters(file: str, source: str) -> list[Diagnostic]:
    """Control characters that stand in the file as themselves; the first twenty are enough."""
    found = list(islice(_CONTROL.finditer(source), _MOST_SHOWN))
    if not found:
        return []
    hint = "delete it; most editors do not show it, so delete and retype the text around this column"
    if source.count("\0") > len(source) // 3:
        del found[1:]
        hint = 'the file seems to be UTF-16: save it as UTF-8 ("Save as…", encoding UTF-8)'
    lines = Lines(source)
    return [
        Diagnostic(
            "control-character",
            "error",
            f"here is the control character {_named(one[0])}, which no text may hold",
            Origin(file),
            hint,
            place=lines.place(file, one.start()),
        )
        for one in found
    ]


def repeated(origin: Origin, key: str, also: tuple[Origin, ...] = ()) -> Diagnostic:
    """The finding that a key stands twice in one table."""
    message = f"the key {quoted(key)} is written twice in one table"
    return Diagnostic("duplicate-key", "error", message, origin, "keep one of the two", also)


def _problems(origin: Origin, value: Any, written: set[str]) -> Iterator[Diagnostic]:
    """Control characters that only an escape can have made, and keys that are equal once they are NFC."""
    if isinstance(value, str):
        yield from _unprintable(origin, value, written)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _problems(origin.at(index), item, written)
    elif isinstance(value, dict):
        known: set[str] = set()
        for key, item in value.items():
            name = canonical(key)
            below = origin.at(name)
            yield from _unprintable(below, key, written)
            if name in known:
                yield repeated(below, name)
            known.add(name)
            yield from _problems(below, item, written)


def _unprintable(origin: Origin, text: str, written: set[str]) -> Iterator[Diagnostic]:
    escaped = next((char for char in _CONTROL.findall(text) if char not in written), None)
    if escaped:
        message = f"the text {quoted(text)} holds the control character {_named(escaped)}"
        hint = "take the escape that makes this character out of the text"
        yield Diagnostic("control-character", "error", message, origin, hint)


def _canonical(value: Any) -> Any:
    if isinstance(value, str):
        return canonical(value)
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, dict):
        return {canonical(key): _canonical(item) for key, item in value.items()}
    return value


def _named(char: str) -> str:
    code = ord(char)
    name = "half of a character" if code >= 0xD800 else _NAMES.get(code)
    return f"U+{code:04X} ({name})" if name else f"U+{code:04X}"
