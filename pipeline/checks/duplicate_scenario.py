"""Two examples of one scope must not have the same name."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import quoted
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per further entry, with the place of the first beside it."""
    first: dict[tuple[str, str], Origin] = {}
    for example in desired.examples:
        known = first.setdefault((example.scope, example.name), example.origin)
        if known is not example.origin:
            within = f" of the {pack.scope} {example.scope}" if example.scope else ""
            message = f"there is already a scenario {quoted(example.name)}{within}"
            yield Finding(message, example.origin.at("name"), "give it a name of its own", (known.at("name"),))


RULE = Rule("duplicate-scenario", "error", "The scenarios of one scope have names of their own.", check)
