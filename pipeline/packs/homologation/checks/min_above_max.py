"""A minimum above its maximum leaves nothing that fits."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.model.address import Address
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin
from pipeline.packs.homologation.checks.common import ends, limit_place

_LIMITS = (("tier", "min_elements", "max_elements"), ("inclusion", "min_quantity", "max_quantity"))


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per place: limits that hold for a whole group make many rows and are written once."""
    told: set[Origin] = set()
    for kind, lower, upper in _LIMITS:
        for resource in desired.state[kind].values():
            low, high = resource.values.get(lower), resource.values.get(upper)
            if isinstance(low, int) and isinstance(high, int) and low > high:
                place = limit_place(resource, upper, pack)
                if place not in told:
                    told.add(place)
                    who = resource.address if kind == "tier" else Address("tier", ends(resource)[0])
                    yield Finding(
                        f'{who}: "{lower}" is {low}, which is more than "{upper}", {high}',
                        place,
                        f'raise "{upper}", lower "{lower}", or swap them',
                    )


RULE = Rule("min-above-max", "error", "No minimum lies above its maximum.", check)
