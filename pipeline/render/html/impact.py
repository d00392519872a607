"""The impact of a plan as the page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.plan.impact import CauseOf, Difference, Impact
from pipeline.render.escape import one_line
from pipeline.render.html.chart import Chart, bars
from pipeline.render.impact_words import addressed, answered, counted, difference, extremes, measured, signed

SHOWN_ADDRESSES = 10


class Table(NamedTuple):
    """A table; cells of the columns from `numbers` on are numbers."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int


class ImpactView(NamedTuple):
    """Sentences, charts, and the same in tables."""

    pack: str
    said: str
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]


def impact_view(pack: str, impact: Impact) -> ImpactView:
    """All that there is to see of it."""
    said = " ".join(part for part in (measured(impact, one_line), extremes(impact, one_line)) if part)
    return ImpactView(pack, said, tuple(_charts(impact)), tuple(_tables(impact)))


def _charts(impact: Impact) -> Iterator[Chart]:
    counts = [(what, number, f"{number:,}") for what, number in counted(impact)]
    if counts:
        yield bars("Requests by what changes", counts)
    largest = [(found.request, found.amount, signed(found.amount)) for found in impact.top if found.amount is not None]
    if largest:
        yield bars(f"The largest differences of {one_line(impact.amount)}", largest)


def _tables(impact: Impact) -> Iterator[Table]:
    counts = tuple((one_line(what), f"{number:,}") for what, number in counted(impact))
    if counts:
        yield Table("Requests by what changes", ("What changes", "Requests"), counts, 1)
    if impact.top:
        rows = tuple(map(_difference, impact.top))
        heads = ("Request", "Because of", "Before", "Afterwards", "Difference")
        yield Table(f"The largest differences of {one_line(impact.amount)}", heads, rows, 4)
    if impact.lost:
        lost = tuple(
            (one_line(found.request), addressed(found.causes, SHOWN_ADDRESSES, str), answered(found.before, one_line))
            for found in impact.lost
        )
        yield Table("Requests without an offer from now on", ("Request", "Because of", "Before"), lost, 3)
    if impact.causes:
        heads = ("Because of", "Requests", "Without an offer", "Smallest difference", "Largest difference")
        yield Table("Requests by the changes that cause it", heads, tuple(map(_cause, impact.causes)), 1)


def _difference(found: Difference) -> tuple[str, ...]:
    sides = (answered(found.before, one_line), answered(found.after, one_line))
    return (one_line(found.request), addressed(found.causes, SHOWN_ADDRESSES, str), *sides, difference(found.amount))


def _cause(cause: CauseOf) -> tuple[str, ...]:
    numbers = (f"{cause.requests:,}", f"{cause.impossible:,}", difference(cause.smallest), difference(cause.largest))
    return (addressed(cause.addresses, SHOWN_ADDRESSES, str), *numbers)
