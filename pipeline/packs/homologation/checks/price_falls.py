"""A tier that covers more should not cost less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf

from pipeline.checks.wording import where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.homologation.quote.covering import reason
from pipeline.packs.homologation.quote.shape import Bounds, Shape, shapes

_ALL = Bounds(1, inf)


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per active tier beside the cheapest that certainly covers all that it covers, and more."""
    for found in desired.shared(shapes):
        for shape in found.tiers:
            wider = next((other for other in found.tiers if cheaper_and_wider(shape, other)), None)
            if wider is not None:
                yield Finding(
                    f"{shape.row.address} costs {shape.tier.price}, more than {wider.row.address}, which costs "
                    f"{wider.tier.price} and covers all that it covers, and more",
                    where(shape.row, "price"),
                    "correct one of the prices, or the limits of one of the tiers",
                    (where(wider.row, "price"),),
                )


def cheaper_and_wider(shape: Shape, other: Shape) -> bool:
    """Whether the other tier costs less and certainly covers all that this one does, and something else.

    Something else is looked for among requests for one element.
    """
    if other.tier.price >= shape.tier.price or shape.bounds.empty or not shape.within(other, _ALL):
        return False
    return any(
        reason(other.tier, {code: number}) is None and reason(shape.tier, {code: number}) is not None
        for code, number in _single(shape, other)
    )


def _single(shape: Shape, other: Shape) -> Iterator[tuple[str, int]]:
    """Requests for one element that the other tier may cover and this one does not."""
    numbers = {1, shape.units.most + 1, shape.units.least - 1, other.units.least}
    for code, bounds in other.takes.items():
        own = shape.takes.get(code)
        for number in sorted({*numbers, bounds.least, *({own.most + 1, own.least - 1} if own else ())}):
            if bounds.least <= number <= bounds.most and number != inf:
                yield code, int(number)


RULE = Rule("price-falls", "warning", "No tier costs more than one that covers more.", check)
