"""Nothing may lead back to itself: no parent of its own parent, no condition on its own answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.checks.graph import cycles
from pipeline.checks.wording import circle, first_few, where
from pipeline.model.address import Key, path
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.kind import Ref
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per cycle of references from a kind to itself."""
    for kind in pack.kinds:
        for ref in kind.refs:
            if ref.to == kind.name:
                yield from _cycles(ref, desired.state[kind.name])


def _cycles(ref: Ref, resources: Mapping[Key, Resource]) -> Iterable[Finding]:
    graph: dict[Key, tuple[Key, ...]] = {}
    for key, resource in resources.items():
        target = resource.values.get(ref.name)
        if isinstance(target, tuple) and target in resources:
            graph[key] = (target,)
    for found in cycles(graph):
        members = [resources[key] for key in found]
        steps = circle([path(key)[-1] for key in found])
        places = [where(member, ref.name) for member in members]
        yield Finding(
            f'"{ref.name}" of {members[0].address} leads back to itself: {steps}',
            places[0],
            f'take "{ref.name}" out of one of them',
            first_few(places[1:]),
        )


RULE = Rule("cycle", "error", "No resource leads back to itself through its references.", check)
