"""A limit of a group that nothing of the tier came by limits nothing, or keeps everybody out."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import did_you_mean, quoted, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.homologation.quote.shape import shapes


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per active tier and group of its `classification_rules` that no effective inclusion names."""
    for shape in (shape for found in desired.shared(shapes) for shape in found.tiers):
        resource, tier = shape.row, shape.tier
        for group in tier.groups:
            if group.name not in tier.known_groups:
                yield Finding(
                    f"{resource.address} limits the group {quoted(group.name)}, but nothing that it includes came by "
                    "a group of that name",
                    where(resource, "classification_rules", "groups", group.name),
                    did_you_mean(group.name, sorted(tier.known_groups))
                    or "name the group in the mapping of the tier, or drop the limit",
                )


RULE = Rule("unknown-group", "error", "Groups with limits are groups of the tier's mapping.", check)
