"""What a tier includes in the end: its own elements, and all that the tiers it includes bring along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from pipeline.model.address import Key, path
from pipeline.model.resource import Resource, State
from pipeline.packs.homologation.checks.common import ends


class Effective(NamedTuple):
    """How many of an element a case of the tier must and may have, and the tiers that say so.

    `minimum` and `maximum` are None where there is no such limit. `through` are the included tiers whose own
    inclusions of the element count, sorted; it is empty where the tier includes the element itself.
    """

    minimum: int | None
    maximum: int | None
    through: tuple[Key, ...]


class _Limits(NamedTuple):
    minimum: int | None
    maximum: int | None


_Own: TypeAlias = Mapping[Key, Mapping[Key, _Limits]]
_Included: TypeAlias = Mapping[Key, Sequence[tuple[Key, int | None]]]


def effective(state: State, tier: Key) -> dict[Key, Effective]:
    """The elements that a tier includes, directly or through other tiers, by key and sorted by it.

    - A tier's own inclusion of an element counts before all that it inherits, also where the tier is itself
      included: who includes a tier gets just what that tier gives.
    - Of several inherited limits the widest count, the minimum and the maximum each for itself: the lowest
      minimum and the highest maximum, and none where one of the ways has none.
    - A maximum on the inclusion of a whole tier holds for each element that comes by it, for nobody can have
      more of one than of all. A minimum there says nothing about any single element.
    - Retired inclusions, tiers and elements do not count; a tier that is retired or unknown includes nothing.
    - Tiers that include each other give each other what they have. Manifests cannot say so, rows can.

    `data.effective_elements` is the same as a query.
    """
    return effective_of(state, (tier,))[tier]


def effective_of(state: State, tiers: Iterable[Key]) -> dict[Key, dict[Key, Effective]]:
    """The same for several tiers, by their keys: the rows are gone through once."""
    own, included = _own(state), _included(state)
    return {tier: _of_one(tier, own, included) if _in_use(state, "tier", tier) else {} for tier in tiers}


def _of_one(tier: Key, own: _Own, included: _Included) -> dict[Key, Effective]:
    elements = {element for reached in _reached(tier, included) for element in own.get(reached, ())}
    ours = own.get(tier, {})
    return {
        element: Effective(*ours[element], ())
        if element in ours
        else _widest(tier, _ways(tier, element, own, included))
        for element in sorted(elements)
    }


def _own(state: State) -> _Own:
    """The limits of the elements that tiers in use include themselves."""
    found: dict[Key, dict[Key, _Limits]] = defaultdict(dict)
    for row in _rows(state, "inclusion", "element"):
        tier, element = ends(row)
        found[tier][element] = _Limits(_number(row, "min_quantity"), _number(row, "max_quantity"))
    return found


def _included(state: State) -> _Included:
    """The tiers in use that tiers in use include as a whole, each with the most that may come of it."""
    found: dict[Key, list[tuple[Key, int | None]]] = defaultdict(list)
    for row in _rows(state, "tier_inclusion", "tier"):
        tier, other = ends(row)
        found[tier].append((other, _number(row, "max_quantity")))
    return found


def _rows(state: State, kind: str, target: str) -> Iterator[Resource]:
    """The rows of the kind that count: neither they nor what they join is retired."""
    for row in state[kind].values():
        tier, other = ends(row)
        if row.active and _in_use(state, "tier", tier) and _in_use(state, target, other):
            yield row


def _in_use(state: State, kind: str, key: Key) -> bool:
    found = state[kind].get(key)
    return found is not None and found.active


def _number(row: Resource, name: str) -> int | None:
    value = row.values.get(name)
    return value if isinstance(value, int) else None


def _reached(tier: Key, included: _Included) -> set[Key]:
    """The tier and all that it includes, directly or not."""
    found = {tier}
    waiting = [tier]
    while waiting:
        fresh = {other for other, _ in included.get(waiting.pop(), ())} - found
        found |= fresh
        waiting += fresh
    return found


def _ways(tier: Key, element: Key, own: _Own, included: _Included) -> Iterator[tuple[Key, _Limits]]:
    """The first tier with an inclusion of its own on each way down from `tier`, with the limits of that way.

    Ways that come to the same tier with the same maximum go on alike, so each is gone once, cycle or not.
    """
    start: tuple[Key, int | None] = (tier, None)
    gone, waiting = {start}, [start]
    while waiting:
        at, most = waiting.pop()
        limits = own.get(at, {}).get(element)
        if limits is not None:
            yield at, _Limits(limits.minimum, _least(most, limits.maximum))
            continue
        for other, cap in included.get(at, ()):
            step = other, _least(most, cap)
            if step not in gone:
                gone.add(step)
                waiting.append(step)


def _widest(tier: Key, ways: Iterable[tuple[Key, _Limits]]) -> Effective:
    tiers, limits = zip(*ways, strict=True)
    minima = [limit.minimum for limit in limits]
    maxima = [limit.maximum for limit in limits]
    return Effective(
        None if None in minima else min(minima),
        None if None in maxima else max(maxima),
        tuple(sorted(set(tiers) - {tier}, key=path)),
    )


def _least(one: int | None, other: int | None) -> int | None:
    """The lower of two maxima."""
    return min((limit for limit in (one, other) if limit is not None), default=None)
