"""Two moves must not start at one code, nor end at one."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import short
from pipeline.model.address import Address
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin


def check(desired: Desired, _: Pack) -> Iterable[Finding]:
    """One finding per further entry with the same start or, with another start, the same end."""
    starts: dict[Address, Origin] = {}
    ends: dict[Address, Origin] = {}
    for kind, source, target, origin in desired.moves:
        start, end = Address(kind, source), Address(kind, target)
        if start in starts:
            message = f"{short(str(start), 120)} is already moved by another entry"
            yield Finding(message, origin.at("from"), "take one of the two out", (starts[start],))
        elif end in ends:
            message = f"another entry already moves something to {short(str(end), 120)}"
            yield Finding(message, origin.at("to"), "take out the one that is done everywhere", (ends[end],))
        starts.setdefault(start, origin)
        ends.setdefault(end, origin)


RULE = Rule("moved-twice", "error", "No two moves start or end at the same code.", check)
