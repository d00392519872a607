"""A tier is never offered where a cheaper one covers every request that it covers."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import listing, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.homologation.checks.price_falls import cheaper_and_wider
from pipeline.packs.homologation.quote.shape import Shape, Shapes, shapes


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per active tier of which it is certain that no request gets it.

    For each number of units one tier that is offered before it must cover all that it covers; what only several cover
    together is not found. A tier that includes nothing, one beside a cheaper one that covers more, and limits that name
    nothing or cross each other have rules of their own.
    """
    for found in desired.shared(shapes):
        for shape in found.tiers:
            if _told(shape, found) or any(cheaper_and_wider(shape, other) for other in found.tiers):
                continue
            if shape.bounds.empty:
                message = f"{shape.row.address} covers no request at all: its limits leave no room for any"
                yield Finding(message, where(shape.row), "compare its limits with those of its mapping and its groups")
            elif instead := _instead(shape, found):
                names = listing([str(other.row.address) for other in instead])
                verb = "covers" if len(instead) == 1 else "cover"
                yield Finding(
                    f"{shape.row.address} is never offered: {names} {verb} all that it covers, and cost no more",
                    where(shape.row),
                    "give it something of its own, make it cheaper, or retire it",
                    tuple(where(other.row) for other in instead),
                )


def _told(shape: Shape, found: Shapes) -> bool:
    """Whether another rule reports why nobody gets the tier."""
    tier = shape.tier
    crossed = shape.units.empty or any(
        limits.minimum is not None and limits.maximum is not None and limits.minimum > limits.maximum
        for limits in tier.included.values()
    )
    unknown = any(code not in found.elements for code in tier.must_include) or any(
        group.name not in tier.known_groups for group in tier.groups
    )
    return not tier.included or crossed or unknown


def _instead(shape: Shape, found: Shapes) -> list[Shape]:
    """The tiers that are offered in its place, for each number of units; none where one number has no such tier."""
    instead: dict[str, Shape] = {}
    for span in found.spans:
        if max(span.least, shape.bounds.least) > min(span.most, shape.bounds.most):
            continue
        other = next((one for one in found.before(shape) if shape.within(one, span)), None)
        if other is None:
            return []
        instead[other.tier.code] = other
    return list(instead.values())


RULE = Rule("unreachable-tier", "warning", "Every tier is offered to somebody.", check)
