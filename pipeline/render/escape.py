"""Text that comes from manifests or rows, made safe to be shown."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with every character that could steer a terminal or hide in it written as `\\u001b`.

    Tabs and line ends stay: see `one_line` for text within a line.
    """
    if text.isprintable():  # Python counts none of the unsafe ones as printable
        return text
    return _UNSAFE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    """The character as JSON would write it: in units of UTF-16."""
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def one_line(text: str, limit: int = 0) -> str:
    """The text safe and on one line, shortened to `limit` characters where that is given."""
    flat = (
        text
        if text.isprintable()
        else visible(text.replace("\r\n", "\n").replace("\n", "⏎").replace("\t", " ").replace("\r", "\\r"))
    )
    return flat if not limit or len(flat) <= limit else flat[: limit - 1] + "…"


def width(text: str) -> int:
    """How many columns the text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )
