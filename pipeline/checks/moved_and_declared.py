"""What is moved away and declared all the same is a new resource: perhaps not what was meant."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import short, where
from pipeline.model.address import Address, path
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per entry whose old code is declared, unless another entry moves something there."""
    arrived = {Address(move.kind, move.target) for move in desired.moves}
    for kind, source, target, origin in desired.moves:
        address = Address(kind, source)
        still = desired.state[kind].get(source)
        if still and source != target and address not in arrived:
            new = short("/".join(path(target)), 120)
            message = f"{short(str(address), 120)} becomes {new} and is declared too: that makes a new {kind}"
            hint = f"if no new {kind} is meant, take out what still declares it by the old {pack.kind[kind].code}"
            yield Finding(message, origin.at("from"), hint, (where(still),))


RULE = Rule("moved-and-declared", "warning", "What is moved away is not declared any more.", check)
