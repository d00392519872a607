"""An element that no tier takes cannot be quoted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from pipeline.checks.wording import where
from pipeline.model.address import Address, Key, KeyPart
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource, State
from pipeline.packs.homologation.checks.common import ends, parents

_HINT = "name it in a group or in the elements of a tier in the mapping of its category"


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per active element, or one per category where no element at all is in a tier.

    A base element counts as taken when one of its variants is, and a variant when its base is.
    """
    elements, taken = desired.state["element"], _taken(desired.state)
    above = parents(elements)
    covered = taken | _bases(taken, above) | _variants(elements, taken, above)
    left: dict[KeyPart, list[Resource]] = {}
    for key, element in elements.items():
        if element.active and key not in covered:
            left.setdefault(key[0], []).append(element)
    mapped = {key[0] for key in taken}
    for category, uncovered in left.items():
        if len(uncovered) > 1 and category not in mapped and isinstance(category, tuple):
            message = f"none of the {len(uncovered)} elements of {Address('category', category)} is in a tier"
            yield Finding(message, where(uncovered[0]), "write the mapping of the category: [groups] and [tiers.…]")
            continue
        for element in uncovered:
            yield Finding(f"{element.address} is in no tier, so nobody can be quoted for it", where(element), _HINT)


def _taken(state: State) -> Set[Key]:
    """The elements that a row in use of a tier in use names."""
    retired = {key for key, tier in state["tier"].items() if not tier.active}
    joined = (ends(row) for row in state["inclusion"].values() if row.active)
    return {element for tier, element in joined if tier not in retired}


def _bases(taken: Set[Key], above: Mapping[Key, Key]) -> Set[Key]:
    """All elements above one that is taken."""
    found: set[Key] = set()
    for key in taken:
        step = above.get(key)
        while step is not None and step not in found:
            found.add(step)
            step = above.get(step)
    return found


def _variants(elements: Iterable[Key], taken: Set[Key], above: Mapping[Key, Key]) -> Set[Key]:
    """All elements below one that is taken. Every element is walked over once, whatever the depth."""
    known: dict[Key, bool] = {}
    for key in elements:
        trail = []
        step: Key | None = key
        while step is not None and step not in taken and step not in known:
            known[step] = False
            trail.append(step)
            step = above.get(step)
        verdict = step is not None and (step in taken or known[step])
        known |= dict.fromkeys(trail, verdict)
    return {key for key, verdict in known.items() if verdict}


RULE = Rule("element-in-no-tier", "warning", "Every active element is in a tier.", check)
