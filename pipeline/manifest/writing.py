"""Values as TOML text, laid out as people lay out manifests.

Libraries write TOML too, but none breaks long lists, keeps regular expressions in single quotes and long texts in
several lines all at once. What cannot be seen in an editor, such as a no-break space, is written as its escape.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from pipeline.model.moments import Moment
from pipeline.model.values import Json, Value

WIDTH = 100
"""How long a line may become before a list is written with one item a line."""
_INNER = 60
_STEP = "    "
_BARE = re.compile("[A-Za-z0-9_-]+")
_MOST_DIGITS = 18
"""A longer whole number is none of TOML's integers."""
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_SPACE_AT_END = re.compile(" (?=\n)")


def plain(value: Value) -> Any:
    """A value as a manifest holds it: JSON as its content, a reference as its code, a float as the digits it takes."""
    match value:
        case Json():
            return json.loads(str(value), parse_float=Decimal)
        case tuple():
            return value[-1]
        case float():
            return Decimal(repr(value))
        case _:
            return value


def statement(name: str, content: Any, indent: str = "") -> str:
    """`name = value` on as many lines as it takes."""
    start = f"{indent}{key(name)} = "
    return start + toml(content, indent, WIDTH - len(start))


def key(name: str) -> str:
    """The name as a key, in quotes where it needs them."""
    return name if _BARE.fullmatch(name) else _quoted(name)


def toml(content: Any, indent: str = "", room: int = WIDTH) -> str:
    """The content as TOML. `room` is what the line has left, `indent` what its further lines begin with."""
    if isinstance(content, str) and not isinstance(content, Moment):
        return _lines(content) if "\n" in content[:-1] else _line(content)
    flat = _flat(content)
    if len(flat) <= room:
        return flat
    if isinstance(content, list) and content:
        inner = indent + _STEP
        items = [f"{inner}{_line(one) if isinstance(one, str) else toml(one, inner)},\n" for one in content]
        return f"[\n{''.join(items)}{indent}]"
    if isinstance(content, dict) and content:
        pairs = [f"{key(name)} = {_inside(one, indent)}" for name, one in content.items()]
        return f"{{ {', '.join(pairs)} }}"
    return flat


def _inside(content: Any, indent: str) -> str:
    return _line(content) if isinstance(content, str) else toml(content, indent, _INNER)


def _flat(content: Any) -> str:
    """The content on one line."""
    match content:
        case bool():
            return "true" if content else "false"
        case str() if not isinstance(content, Moment):
            return _line(content)
        case Decimal():
            return _decimal(content)
        case list():
            return f"[{', '.join(map(_flat, content))}]"
        case dict():
            pairs = ", ".join(f"{key(name)} = {_flat(one)}" for name, one in content.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case _:
            return str(content)


def _decimal(number: Decimal) -> str:
    """The number with a point where people would write it so, else with an exponent."""
    text = format(number, "f")
    if number.adjusted() < _MOST_DIGITS:
        return text
    return text if "." in text else f"{number:e}"


def _line(text: str) -> str:
    """A text on one line, in single quotes where that spares it backslashes."""
    if ("\\" in text or '"' in text) and "'" not in text and text.isprintable():
        return f"'{text}'"
    return _quoted(text)


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _lines(text: str) -> str:
    """A text of several lines, as it looks; spaces at the end of a line are spelled out, for editors drop them."""
    shown = "".join(char if char in '\n"' else _escaped(char) for char in text).replace('"""', '""\\"')
    if shown.endswith('"') and not shown.endswith('\\"'):
        shown = shown[:-1] + '\\"'
    shown = _SPACE_AT_END.sub(r"\\u0020", shown)
    return f'"""\n{shown}"""'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
