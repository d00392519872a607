"""Bars to the left and right of nothing, in the units of an SVG."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from pipeline.render.escape import one_line

WIDTH = 340
"""Of the picture, so that its text is as large as the page's on a phone."""
LINE = 34
LONGEST = 36
"""How many characters of a name there is room for beside the number."""


class Bar(NamedTuple):
    """A name and what is said of it, and below both a bar; `top` is where they start."""

    name: str
    said: str
    top: int
    left: float
    width: float
    falls: bool


class Chart(NamedTuple):
    """Bars below each other; `zero` is where they start from."""

    title: str
    bars: tuple[Bar, ...]
    zero: float
    height: int


def bars(title: str, rows: Iterable[tuple[str, Decimal | int, str]]) -> Chart:
    """A chart of named numbers, each with how it is written."""
    found = list(rows)
    numbers = [float(number) for _, number, _ in found]
    least, most = min(0.0, *numbers), max(0.0, *numbers)
    scale = WIDTH / ((most - least) or 1)
    zero = abs(least) * scale
    made = [
        Bar(
            one_line(name, LONGEST),
            said,
            at * LINE,
            round(zero + min(number, 0) * scale, 1),
            round(max(abs(number) * scale, 1), 1),
            number < 0,
        )
        for at, ((name, _, said), number) in enumerate(zip(found, numbers, strict=True))
    ]
    return Chart(title, tuple(made), round(zero, 1), len(made) * LINE)
