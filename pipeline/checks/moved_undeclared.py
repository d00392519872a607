"""Where a move ends, something must be declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.checks.wording import did_you_mean, short
from pipeline.model.address import Address, Key, path
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.move import Move
from pipeline.model.pack import Pack


def check(desired: Desired, _: Pack) -> Iterable[Finding]:
    """One finding per entry that is the last on its way, or part of a circle, and leads to nothing declared."""
    onward: dict[Address, Move] = {}
    for move in desired.moves:
        onward.setdefault(Address(move.kind, move.source), move)
    for move in desired.moves:
        kind, source, target, origin = move
        declared = desired.state[kind]
        goes_on = Address(kind, target) in onward and not _in_circle(move, onward, declared)
        if source != target and target not in declared and not goes_on:
            message = f"{short(str(Address(kind, target)), 120)} is declared nowhere, so nothing can become it"
            near = [path(key[-1:])[-1] for key in declared if key[:-1] == target[:-1]]
            hint = did_you_mean(path(target[-1:])[-1], near)
            yield Finding(message, origin.at("to"), hint or "declare it, or take the entry out if it is gone for good")


def _in_circle(move: Move, onward: Mapping[Address, Move], declared: Mapping[Key, object]) -> bool:
    seen: set[Key] = set()
    step: Move | None = move
    while step is not None and step.target not in declared and step.source not in seen:
        seen.add(step.source)
        step = onward.get(Address(step.kind, step.target))
    return step is not None and step.source in seen and step.target not in declared


RULE = Rule("moved-undeclared", "error", "A move ends at something that is declared.", check)
