"""More of one element than a case of the tier may have of all keeps the element out of it."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import where
from pipeline.model.address import Address
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Resource
from pipeline.packs.homologation.checks.common import ends, limit_place
from pipeline.packs.homologation.quote.stated import content, number, whole


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per place: a minimum that holds for a whole group makes many rows and is written once."""
    told: set[Origin] = set()
    most = {key: _most(tier) for key, tier in desired.state["tier"].items() if tier.active}
    for row in desired.state["inclusion"].values():
        minimum, limit = whole(row, "min_quantity"), most.get(ends(row)[0])
        if row.active and minimum is not None and limit is not None and minimum > limit[1]:
            place = limit_place(row, "min_quantity", pack)
            if place not in told:
                told.add(place)
                tier = desired.state["tier"][ends(row)[0]]
                yield Finding(
                    f'{Address("tier", ends(row)[0])}: "min_quantity" is {minimum}, but a case of the tier has at most '
                    f'{limit[1]} ("max_elements")',
                    place,
                    'lower "min_quantity", or drop it: how many a case has in all is said by "min_elements"',
                    (where(tier, *limit[0]),),
                )


def _most(tier: Resource) -> tuple[tuple[str, ...], int] | None:
    """The most units that a case of the tier may have, and where it says so."""
    own, ruled = whole(tier, "max_elements"), number(content(tier, "classification_rules").get("max_elements"))
    limits = [(("max_elements",), own), (("classification_rules", "max_elements"), ruled)]
    known = [(path, limit) for path, limit in limits if limit is not None]
    return min(known, key=lambda found: found[1], default=None)


RULE = Rule("minimum-above-tier", "error", "No inclusion wants more than its tier takes.", check)
