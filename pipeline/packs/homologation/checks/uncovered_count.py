"""A number of elements that no tier covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf

from pipeline.checks.wording import where
from pipeline.model.address import Address
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin
from pipeline.packs.homologation.quote.shape import Bounds, Shapes, shapes


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per gap between 1 and the largest limit on the units of a case, plus 1.

    Certain: no request with so many units gets an offer. A gap only in the requests for some elements is not found.
    """
    for found in desired.shared(shapes):
        if any(not shape.bounds.empty for shape in found.tiers):
            for gap in gaps(found):
                category = Address("category", found.category)
                yield Finding(
                    f"no tier of {category} covers {_numbers(gap)}",
                    _place(found, gap),
                    "widen the limits of a tier, or add one that takes them",
                )


def gaps(found: Shapes) -> Iterator[Bounds]:
    """The numbers of units that no tier covers; the last has no end where nothing covers more."""
    limits = [limit for shape in found.tiers for limit in (shape.units.least, shape.units.most) if limit != inf]
    known = 0.0
    for bounds in sorted(shape.bounds for shape in found.tiers if not shape.bounds.empty):
        if bounds.least > known + 1:
            yield Bounds(known + 1, bounds.least - 1)
        known = max(known, bounds.most)
    if known <= max(limits):
        yield Bounds(known + 1, inf)


def _numbers(gap: Bounds) -> str:
    if gap.most == inf:
        return f"{gap.least:.0f} or more elements"
    if gap.least == gap.most:
        return "1 element" if gap.least == 1 else f"{gap.least:.0f} elements"
    return f"{gap.least:.0f} to {gap.most:.0f} elements"


def _place(found: Shapes, gap: Bounds) -> Origin:
    """The limit where the gap begins, or else that where it ends."""
    filled = [shape for shape in found.tiers if not shape.bounds.empty]
    below = [shape for shape in filled if shape.bounds.most == gap.least - 1]
    if below:
        return where(below[0].row, *(("max_elements",) if below[0].tier.maximum == gap.least - 1 else ()))
    above = next(shape for shape in filled if shape.bounds.least == gap.most + 1)
    return where(above.row, *(("min_elements",) if above.tier.minimum == gap.most + 1 else ()))


RULE = Rule("uncovered-count", "warning", "Every number of elements is covered by a tier.", check)
