"""From offsets in a text to the places that an editor shows."""

from __future__ import annotations

import re

from pipeline.model.diagnostic import Place

_LONGEST_QUOTE = 500
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Lines:
    """The lines of a text. Columns count characters, not bytes.

    Lines are counted from the place that was asked for last, so ask in the order of the text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset, self._line, self._start = 0, 1, 0

    def line(self, offset: int) -> int:
        """The number of the line that holds the offset, from 1."""
        if offset < self._offset:
            self._offset, self._line, self._start = 0, 1, 0
        passed = self._text.count("\n", self._offset, offset)
        if passed:
            self._line += passed
            self._start = self._text.rindex("\n", self._offset, offset) + 1
        self._offset = offset
        return self._line

    def place(self, file: str, offset: int) -> Place:
        """The place of the offset, with its line's text.

        Of a very long line only the start is quoted, and nothing if the place is not in that start.
        """
        line = self.line(offset)
        column = offset - self._start + 1
        quote, _, _ = self._text[self._start : self._start + _LONGEST_QUOTE + 1].partition("\n")
        quote = quote.removesuffix("\r")
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
