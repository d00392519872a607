"""A tier must not include itself, directly or through other tiers: what it contains could never be worked out."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.graph import cycles
from pipeline.checks.wording import circle, first_few, where
from pipeline.model.address import Address, Key, path
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.homologation.checks.common import ends


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per cycle, at the first inclusion of it, with the places of the others."""
    rows = desired.state["tier_inclusion"]
    graph: dict[Key, list[Key]] = {}
    for row in rows.values():
        tier, included = ends(row)
        graph.setdefault(tier, []).append(included)
    for found in cycles(graph):
        steps = zip(found, [*found[1:], found[0]], strict=True)
        places = [where(rows[step]) for step in steps]
        way = circle([path(tier)[-1] for tier in found])
        yield Finding(
            f"{Address('tier', found[0])} includes itself: {way}",
            places[0],
            'take one of these codes out of its "includes"',
            first_few(places[1:]),
        )


RULE = Rule("tier-cycle", "error", "No tier includes itself, directly or through others.", check)
