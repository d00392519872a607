"""A tier that takes nothing is never the answer to anything."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource
from pipeline.packs.homologation.checks.common import ends


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per active tier that includes neither an active element nor an active tier."""
    filled = {
        ends(row)[0]
        for kind, target in (("inclusion", "element"), ("tier_inclusion", "tier"))
        for row in desired.state[kind].values()
        if row.active and _in_use(desired.state[target].get(ends(row)[1]))
    }
    for key, tier in desired.state["tier"].items():
        if tier.active and key not in filled:
            message = f"{tier.address} includes no element and no other tier"
            yield Finding(message, where(tier), f"fill [tiers.{tier.address.key[-1]}] in the mapping of its category")


def _in_use(target: Resource | None) -> bool:
    """Whether a target counts. One that no manifest declares is reported as such, and not again here."""
    return target is None or target.active


RULE = Rule("empty-tier", "warning", "Every active tier includes something.", check)
