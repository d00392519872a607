"""The impact of a plan as the page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from pipeline.model.address import Address
from pipeline.model.probe import Answer
from pipeline.plan.impact import CauseOf, Difference, Impact
from pipeline.render.address import shown
from pipeline.render.escape import one_line
from pipeline.render.html.chart import Chart, bars
from pipeline.render.impact_words import counted, extremes, measured, signed

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
            (one_line(found.request), _addresses(found.causes), _answer(found.before)) for found in impact.lost
        )
        yield Table("Requests without an offer from now on", ("Request", "Because of", "Before"), lost, 3)
    if impact.causes:
        heads = ("Because of", "Requests", "Without an offer", "Smallest difference", "Largest difference")
        yield Table("Requests by the changes that cause it", heads, tuple(map(_cause, impact.causes)), 1)


def _difference(found: Difference) -> tuple[str, ...]:
    sides = (_answer(found.before), _answer(found.after))
    return (one_line(found.request), _addresses(found.causes), *sides, _amount(found.amount))


def _cause(cause: CauseOf) -> tuple[str, ...]:
    numbers = (f"{cause.requests:,}", f"{cause.impossible:,}", _amount(cause.smallest), _amount(cause.largest))
    return (_addresses(cause.addresses), *numbers)


def _answer(answer: Answer) -> str:
    if answer.label is None:
        return "no offer"
    return one_line(answer.label) + (f" {answer.amount}" if answer.amount is not None else "")


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else signed(amount)


def _addresses(addresses: tuple[Address, ...]) -> str:
    more = len(addresses) - SHOWN_ADDRESSES
    return ", ".join(map(shown, addresses[:SHOWN_ADDRESSES])) + (f" and {more} more" if more > 0 else "")
