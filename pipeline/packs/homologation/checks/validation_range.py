"""The range a required field is checked with must admit something."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.homologation.checks.common import rules_of

_LIMITS = (("min", "max"), ("min_length", "max_length"))


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per pair of limits that no answer can meet."""
    for field in desired.state["required_field"].values():
        if "validation_rules" not in field.values:
            continue
        rules = rules_of(field)
        for lower, upper in _LIMITS:
            low, high = rules.get(lower), rules.get(upper)
            if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
                yield Finding(
                    f'{field.address}: "{lower}" is {low}, which is more than "{upper}", {high}; no answer fits',
                    where(field, "validation_rules", upper),
                    f'raise "{upper}", lower "{lower}", or swap them',
                )


RULE = Rule("validation-range", "error", "The limits of an answer leave something that fits.", check)
