"""Rules on the register of contracts, beyond what holds for any pack: errors first, then warnings."""

from __future__ import annotations

from pipeline.model.diagnostic import Rule
from pipeline.packs.contracts.checks import (
    ambiguous_parent,
    link_cycle,
    obligation_of_retired,
    supersedes_unlinked,
    unknown_party,
)

RULES: tuple[Rule, ...] = (
    link_cycle.RULE,
    ambiguous_parent.RULE,
    obligation_of_retired.RULE,
    supersedes_unlinked.RULE,
    unknown_party.RULE,
)
