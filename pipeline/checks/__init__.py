"""Rules on what the manifests declare, for any pack. A pack brings its own rules beside these."""

from __future__ import annotations

from pipeline.checks import (
    cycle,
    dangling_reference,
    decimal_scale,
    duplicate_address,
    duplicate_scenario,
    long_address,
    moved_and_declared,
    moved_elsewhere,
    moved_nowhere,
    moved_twice,
    moved_undeclared,
)
from pipeline.model.diagnostic import Desired, Diagnostic, Rule
from pipeline.model.pack import Pack

RULES: tuple[Rule, ...] = (
    duplicate_address.RULE,
    duplicate_scenario.RULE,
    dangling_reference.RULE,
    cycle.RULE,
    decimal_scale.RULE,
    long_address.RULE,
    moved_nowhere.RULE,
    moved_elsewhere.RULE,
    moved_twice.RULE,
    moved_undeclared.RULE,
    moved_and_declared.RULE,
)


def run(desired: Desired, pack: Pack) -> list[Diagnostic]:
    """The findings of all rules, the engine's and then the pack's, without places and not yet sorted."""
    found = [one for rule in (*RULES, *pack.rules) for one in rule.run(desired, pack)]
    desired.forget()
    return found
