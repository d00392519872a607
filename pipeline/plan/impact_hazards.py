"""Hazards of an impact: quotes whose price changes by too much, too many that change, and some that nobody gets now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from pipeline.model.address import Address, sort_key
from pipeline.plan.change import Hazard
from pipeline.plan.impact import CauseOf, Impact
from pipeline.plan.policy import Limits


def of_impact(impact: Impact, limits: Limits) -> Iterator[Hazard]:
    """The hazards that the limits make of an impact; the rows of each are the changes that cause it."""
    share = limits.price_impact_percent
    steep = [cause for cause in impact.causes if _is_steep(cause, share)]
    percent = share if steep else 0
    most = limits.price_impact_quotes
    if most is not None and impact.amounts > most:
        moving = [cause for cause in impact.causes if cause.amounts]
        yield from _hazard(
            Hazard("price-impact", (), limit=percent, requests=impact.amounts, most=most), moving, _moved
        )
    elif steep:
        yield from _hazard(Hazard("price-impact", (), limit=percent), steep, _moved)
    if impact.impossible > limits.unquotable_quotes:
        losing = [cause for cause in impact.causes if cause.impossible]
        said = Hazard("unquotable", (), requests=impact.impossible, most=limits.unquotable_quotes)
        yield from _hazard(said, losing, _lost)


def _hazard(said: Hazard, causes: Iterable[CauseOf], note: Callable[[list[CauseOf]], str]) -> Iterator[Hazard]:
    """The hazard with the rows of the causes, and of each row what it causes."""
    of: dict[Address, list[CauseOf]] = defaultdict(list)
    for cause in causes:
        for address in cause.addresses:
            of[address].append(cause)
    rows = sorted(of, key=sort_key)
    if rows:
        yield said._replace(rows=tuple(rows), notes=tuple(note(of[row]) for row in rows))


def _is_steep(cause: CauseOf, limit: float) -> bool:
    """Whether an amount changes by more than the limit in percent; of nothing, any is more than that."""
    if cause.steepest is None or limit == float("inf"):
        return False
    before, after = cause.steepest
    return abs(after - before) * 100 > Decimal(str(limit)) * abs(before)


def _moved(causes: list[CauseOf]) -> str:
    """`412 quotes, from +12.00 to +35.00, at most +20.0 %`."""
    smallest = min(cause.smallest for cause in causes if cause.smallest is not None)
    largest = max(cause.largest for cause in causes if cause.largest is not None)
    span = f"{largest:+f}" if smallest == largest else f"from {smallest:+f} to {largest:+f}"
    return f"{_quotes(sum(cause.amounts for cause in causes))}, {span}{_share(causes)}"


def _share(causes: list[CauseOf]) -> str:
    shares = [
        (after - before) * 100 / abs(before)
        for cause in causes
        if cause.steepest is not None
        for before, after in [cause.steepest]
        if before
    ]
    return f", by {max(shares, key=abs):+.1f} % at most" if shares else ""


def _lost(causes: list[CauseOf]) -> str:
    return _quotes(sum(cause.impossible for cause in causes))


def _quotes(count: int) -> str:
    return "1 quote" if count == 1 else f"{count:,} quotes"
