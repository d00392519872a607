"""An impact in words and numbers, for the pages that show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from pipeline.model.address import Address
from pipeline.model.probe import Answer
from pipeline.plan.impact import Impact
from pipeline.render.address import shown

Dress = Callable[[str], str]
"""Makes a name safe for where it is shown."""


def measured(impact: Impact, name: Dress) -> str:
    """How many requests were compared, how many are answered otherwise, and what was not compared."""
    said = []
    requests = sum(found.requests for found in impact.probed)
    if requests or not impact.new:
        of = f"{impact.different:,} of {requests:,}" if impact.different else f"None of {requests:,}"
        are = "are" if impact.different > 1 else "is"
        said.append(f"{of} requests {are} answered otherwise afterwards.")
    said += [
        f"In {name(found.scope)} only requests for up to {found.width} of {found.full} {name(impact.things)} at once "
        "were compared, for there are too many."
        for found in impact.probed
        if found.width < found.full
    ]
    if impact.new:
        names = ", ".join(map(name, impact.new))
        said.append(f"New, so that there is nothing to compare with: {names}.")
    if impact.different and not impact.caused:
        said.append("There are too many changes to tell which of them is the cause.")
    return " ".join(said)


def extremes(impact: Impact, name: Dress) -> str:
    """The differences of the amounts in a sentence, empty where there are none."""
    if impact.smallest is None or impact.median is None or impact.largest is None:
        return ""
    return (
        f"Differences of {name(impact.amount)}: {signed(impact.smallest)} the smallest, {signed(impact.median)} the "
        f"median, {signed(impact.largest)} the largest."
    )


def counted(impact: Impact) -> Iterator[tuple[str, int]]:
    """How many requests change in what; that which none changes in is left out."""
    aspects = zip(impact.aspects, impact.changed or (0,) * len(impact.aspects), strict=True)
    found = [(impact.amount, impact.amounts), (impact.label, impact.labels), *aspects]
    found += [("no offer any more", impact.impossible), ("an offer at last", impact.possible)]
    return ((what, number) for what, number in found if number)


def answered(answer: Answer, name: Dress) -> str:
    """The offer with its amount, or that there is none."""
    if answer.label is None:
        return "no offer"
    return name(answer.label) + (f" {answer.amount}" if answer.amount is not None else "")


def addressed(addresses: Sequence[Address], most: int, name: Dress) -> str:
    """The first rows, `most` of them, by their names, and how many more there are."""
    more = len(addresses) - most
    named = [name(shown(address)) for address in addresses[:most]]
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def difference(amount: Decimal | None) -> str:
    """The amount with its sign, empty where there is none."""
    return "" if amount is None else signed(amount)


def signed(amount: Decimal) -> str:
    """The amount with its sign; nothing has none."""
    return f"{amount:+f}" if amount else f"{amount:f}"
