"""A move must lead somewhere."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import short
from pipeline.model.address import Address
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack


def check(desired: Desired, _: Pack) -> Iterable[Finding]:
    """One finding per entry whose ends are one."""
    for kind, source, target, origin in desired.moves:
        if source == target:
            message = f'"from" and "to" both name {short(str(Address(kind, source)), 120)}'
            yield Finding(message, origin.at("to"), "write the new code, or take the entry out")


RULE = Rule("moved-nowhere", "error", "A move leads from one code to another.", check)
