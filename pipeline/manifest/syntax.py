"""From bytes to data: UTF-8, then TOML or JSON, with numbers exactly as they are written."""

from __future__ import annotations

import json
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

import tomli

from pipeline.manifest.position import Lines
from pipeline.manifest.scan import longest_number, repeated_keys, too_deep, unclosed_text
from pipeline.manifest.shape import DEEPEST
from pipeline.manifest.shape import too_deep as nested_too_deep
from pipeline.manifest.text import characters, repeated
from pipeline.manifest.words import shortened
from pipeline.model.diagnostic import Diagnostic, placed
from pipeline.model.resource import Origin

_BEYOND = Decimal("1e999")
_LONGEST_INTEGER = 1000
_MOST_REPETITIONS = 100
_BLANK = " \t\r\n"
_BEGINNING = 'a manifest begins with its pack and version: pack = "…" and, on the next line, version = 1'
_UNCLOSED = ("this text is not closed: a quotation mark is missing", 'longer texts stand between """ and """')
_TWICE = ("this is written twice in one table", "keep one of the two; an entry of a list begins with [[its header]]")

_TOML: Mapping[str, tuple[str, str]] = {
    "Invalid statement": ("this line is neither a key with its value nor a header", "write key = value"),
    "Expected newline or end of document": (
        "there is something after the value on this line",
        "write one key and its value on each line; a text stands in quotes",
    ),
    "Expected '=' after a key": ("a key must be followed by = and its value", "write key = value"),
    "Cannot overwrite a value": _TWICE,
    "Duplicate inline table key": _TWICE,
    "Cannot declare": ("this header stands twice in the file", "for several entries of a list write [[header]]"),
    "Cannot mutate immutable namespace": ("this adds to something that is complete already", "write it in one place"),
    "Cannot redefine namespace": ("this adds to something that is complete already", "write it in one place"),
    "Expected ']": ("this header is not closed", "write [table], or [[entry]] with two brackets on both sides"),
    "Invalid initial character for a key": (
        "a key is expected here",
        "a key is made of letters without accents, digits, - and _; any other stands in quotes",
    ),
    "Unclosed array": ("this list is not closed: a comma or ] is missing", "check the quotes of its texts, too"),
    "Unclosed inline table": ("this table is not closed: a comma or } is missing", "check the quotes, too"),
    "Unescaped '\\' in a string": (
        "a backslash has a meaning of its own in double quotes",
        "write it twice, or put the text in single quotes",
    ),
    "Invalid hex value": ("the digits after this backslash name no character", "write the character itself"),
    "Escaped character is not": ("the digits after this backslash name no character", "write the character itself"),
    "Unterminated string": _UNCLOSED,
    "Illegal character '\\n'": _UNCLOSED,
    "Found invalid character '\\n'": _UNCLOSED,
    "Expected \"'": _UNCLOSED,
    "Invalid date or datetime": (
        "there is no such date or time",
        "dates are written 2024-05-01, moments 2024-05-01T10:00:00Z; a text stands in quotes",
    ),
    "Invalid value": (
        "this is no value that a manifest knows",
        "texts stand in quotes, decimals have a point (175.00), and true and false are written small",
    ),
}
_JSON: Mapping[str, tuple[str, str]] = {
    "Expecting property name": ('a key in double quotes is expected here, like "pack"', "is there a comma too many?"),
    "Illegal trailing comma": ("there is a comma after the last item", "remove the comma"),
    "Expecting ':'": ("a key must be followed by a colon and its value", 'write "key": value'),
    "Expecting ','": ("a comma or a closing bracket is missing here", ""),
    "Expecting value": ("a value is expected here", "is there a comma too many? texts stand in double quotes"),
    "Extra data": ("the manifest is complete before this place", "is there a bracket too many before it?"),
    "Unterminated string": ("this text is not closed: a quotation mark is missing", ""),
    "Invalid control character": (
        "a text cannot go on in the next line or hold tabs",
        "write \\n or \\t in their place",
    ),
    "Invalid \\": ("a backslash has a meaning of its own in JSON", "write it twice"),
}
_TWICE_WRITTEN = ("Cannot overwrite a value", "Duplicate inline table key", "Cannot declare")


class _Repeated(Exception):  # noqa: N818 - never leaves this module
    """A table of a JSON file has a key twice."""


def decode(file: str, source: bytes) -> str | Diagnostic:
    """The text of a file in UTF-8, without a byte order mark and with plain line ends."""
    marked = source.removeprefix(BOM_UTF8)
    try:
        return marked.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        start = error.start
    if source.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        message, hint = "the file is UTF-16, not UTF-8", "save it as UTF-8"
    else:
        message, hint = f"the file is not UTF-8: here is the byte {marked[start]:02X}", "save it as UTF-8"
        meant = marked[start : start + 1].decode("cp1252", "replace")
        if meant.isalpha():
            hint += f'; if "{meant}" is meant here, it was saved as Windows-1252 or Latin-1'
    offset = len(marked[:start].decode())
    return _at(file, marked.decode(errors="replace"), offset, _error(file, "not-utf8", message, hint))


def parse(file: str, text: str) -> dict[str, Any] | list[Diagnostic]:
    """The data of a TOML or JSON text, by the file's name."""
    read, rule = (_json, "json-syntax") if file.lower().endswith(".json") else (_toml, "toml-syntax")
    try:
        data = read(text)
    except RecursionError:
        return [_at(file, text, too_deep(text, DEEPEST), nested_too_deep(Origin(file)))]
    except (tomli.TOMLDecodeError, json.JSONDecodeError) as error:
        broken = _broken(file, text, rule, error)
        hidden = characters(file, text)
        return hidden if any(one.place == broken.place for one in hidden) else [broken, *hidden]
    except _Repeated:
        lines, earlier = Lines(text), Lines(text)
        return [
            placed(repeated(Origin(file), key), lines.place(file, second), (earlier.place(file, first),))
            for key, first, second in islice(repeated_keys(text), _MOST_REPETITIONS)
        ]
    except ValueError:  # Python refuses to convert thousands of digits
        found = _error(file, "number-range", "this whole number is far too large: it may have 18 digits", "")
        return [_at(file, text, longest_number(text, _LONGEST_INTEGER), found)]
    if not isinstance(data, dict):
        return [_at(file, text, 0, _error(file, rule, "a manifest in JSON begins with { and ends with }", ""))]
    return data or [_at(file, text, 0, _error(file, "empty-file", "the file declares nothing", _BEGINNING))]


def _toml(text: str) -> Any:
    return tomli.loads(text, parse_float=_exact)


def _json(text: str) -> Any:
    if not text.strip(_BLANK):
        return {}
    twice = False

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        made = dict(pairs)
        twice = twice or len(made) < len(pairs)
        return made

    data = json.loads(text, parse_float=_exact, parse_constant=Decimal, object_pairs_hook=table)
    if twice:
        raise _Repeated
    return data


def _exact(number: str) -> Decimal:
    """The number as it is written. What even Decimal cannot hold becomes one that no manifest may hold."""
    try:
        return Decimal(number)
    except InvalidOperation:
        return _BEYOND


def _broken(file: str, text: str, rule: str, error: tomli.TOMLDecodeError | json.JSONDecodeError) -> Diagnostic:
    """What the parser says, in plain words and at the place where a person would look."""
    known = _TOML if rule == "toml-syntax" else _JSON
    reason = error.msg
    message, hint = next(
        (said for start, said in known.items() if reason.startswith(start)), (shortened(reason, 200).lower(), "")
    )
    offset = min(error.pos, len(text.rstrip(_BLANK)))
    if reason.startswith(_TWICE_WRITTEN):
        rule = "duplicate-key"
        line = text.rfind("\n", 0, offset) + 1
        offset = line + len(text[line:offset]) - len(text[line:offset].lstrip(" \t"))
    elif message is _UNCLOSED[0]:
        offset = unclosed_text(text) or offset
    return _at(file, text, offset, _error(file, rule, message, hint))


def _error(file: str, rule: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(rule, "error", message, Origin(file), hint)


def _at(file: str, text: str, offset: int, found: Diagnostic) -> Diagnostic:
    return placed(found, Lines(text).place(file, offset), ())
