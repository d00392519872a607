"""A move gives another code; it does not take a row out of what it stands in."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import short
from pipeline.model.address import Address, path
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per entry whose ends stand in different resources."""
    for kind, source, target, origin in desired.moves:
        if source[:-1] != target[:-1]:
            old = short(str(Address(kind, source)), 120)
            message = f"{old} cannot become {short('/'.join(path(target)), 120)}: it would stand in something else"
            code = pack.kind[kind].code
            yield Finding(message, origin.at("to"), f"rename only the {code}; elsewhere, declare a new {kind}")


RULE = Rule("moved-elsewhere", "error", "A move leaves a resource in what it stands in.", check)
