"""A tier that wants an element which does not exist never applies."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import did_you_mean, quoted, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.homologation.checks.common import parsed, words_of


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per active tier and code in its `must_include` that no element of its category has."""
    codes: dict[object, set[str]] = {}
    for category, code in desired.state["element"]:
        codes.setdefault(category, set()).add(str(code))
    for tier in desired.state["tier"].values():
        rules = parsed(tier.values.get("classification_rules"))
        wanted = rules.get("must_include") if isinstance(rules, dict) and tier.active else None
        known = codes.get(tier.address.key[0], set())
        for index, code in enumerate(words_of(wanted)):
            if code not in known:
                yield Finding(
                    f"{tier.address} applies only with {quoted(code)}, which is no element of its category",
                    where(tier, "classification_rules", "must_include", index),
                    did_you_mean(code, sorted(known)),
                )


RULE = Rule("unknown-must-include", "error", "Elements that a tier must have exist.", check)
