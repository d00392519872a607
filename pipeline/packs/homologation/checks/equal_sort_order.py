"""Equal positions leave the order of what people are shown to chance"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import first_few, listing, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per group of active siblings that declare one position: same kind, same scope, same parent."""
    for kind in pack.kinds:
        groups: dict[object, list[Resource]] = {}
        for key, resource in desired.state[kind.name].items():
            position = resource.values.get("sort_order")
            if resource.active and isinstance(position, int):
                groups.setdefault((key[:-1], resource.values.get("parent"), position), []).append(resource)
        for first, *others in groups.values():
            if others:
                yield _finding(first, others)


def _finding(first: Resource, others: list[Resource]) -> Finding:
    names = listing([str(resource.address) for resource in (first, *others)])
    places = [where(resource, "sort_order") for resource in (*others, first)]
    return Finding(
        f"{names} have the same sort_order, {first.values['sort_order']}: their order is left to chance",
        places[0],
        "give each its own number; steps of 10 leave room for later",
        first_few(places[1:]),
    )


RULE = Rule("equal-sort-order", "warning", "Active siblings have different sort orders.", check)
