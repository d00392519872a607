"""From offsets in a text to the places that an editor shows."""

from __future__ import annotations

import re
from bisect import bisect_right

from pipeline.model.diagnostic import Place

_LONGEST_QUOTE = 500
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Lines:
    """The lines of a text. Columns count characters, not bytes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(newline.end() for newline in re.finditer("\n", text))]

    def place(self, file: str, offset: int) -> Place:
        """The place of the offset, with its line's text.

        Of a very long line only the start is quoted, and nothing if the place is not in that start.
        """
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        column = offset - start + 1
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        quote = self._text[start : min(end, start + _LONGEST_QUOTE + 2)].rstrip("\r\n")
        if column > _LONGEST_QUOTE + 1:
            quote = ""
        elif len(quote) > _LONGEST_QUOTE:
            quote = quote[:_LONGEST_QUOTE] + "…"
        return Place(file, line, column, _UNPRINTABLE.sub(_picture, quote))


def _picture(found: re.Match[str]) -> str:
    """A visible stand-in of the same width, so that no control character reaches a terminal."""
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else "\N{REPLACEMENT CHARACTER}"
