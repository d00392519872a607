"""Any text in Markdown, as nothing but itself."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from pipeline.render.escape import one_line

LONGEST = 200
"""How much of a text in a line is shown."""
_TICKS = re.compile("`+")
_PLAIN = re.compile("[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")


def code(text: str, limit: int = LONGEST) -> str:
    """A code span that shows the text, on one line."""
    shown = one_line(text, limit)
    if not shown:
        return "(empty)"
    fence = "`" * (_longest([shown]) + 1)
    inside = shown.strip(" ")
    # One space is taken off at both ends where there is one at each; beside a backtick it keeps that from the fence.
    pad = " " if shown[0] == "`" or shown[-1] == "`" or (inside and shown[0] == shown[-1] == " ") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str, limit: int = LONGEST) -> str:
    """The same within a table, where a bar would end the cell."""
    return code(text, limit).replace("|", "\\|")


def word(text: str) -> str:
    """A plain word as it is, anything else as a code span."""
    return text if _PLAIN.fullmatch(text) else cell(text)


def element(text: str, limit: int = LONGEST) -> str:
    """An element `code` that shows the text, where HTML is read."""
    return f"<code>{html.escape(one_line(text, limit))}</code>"


def fence(lines: Iterable[str]) -> str:
    """Backticks for a block of these lines, more than stand in it."""
    return "`" * max(3, _longest(lines) + 1)


def _longest(texts: Iterable[str]) -> int:
    return max((len(found) for text in texts for found in _TICKS.findall(text)), default=0)
