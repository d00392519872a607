"""No document hangs on itself, on whatever way."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.graph import cycles
from pipeline.checks.wording import circle, first_few, where
from pipeline.model.address import Address, path
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.contracts.checks.common import parents


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """One finding per cycle of links."""
    links = desired.state["link"]
    for found in cycles(parents(desired.state)):
        steps = zip(found, (*found[1:], found[0]), strict=True)
        places = [where(links[step]) for step in steps if step in links]
        yield Finding(
            f"{Address('document', found[0])} hangs on itself: {circle([path(key)[-1] for key in found])}",
            places[0],
            "one of them names a parent that is its own child: correct it",
            first_few(places[1:]),
        )


RULE = Rule("link-cycle", "error", "No document hangs on itself.", check)
