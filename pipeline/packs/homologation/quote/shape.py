"""What a tier can cover at all, worked out from limits and sets, without going through requests.

Requests are too many to go through, so what is said here is on the safe side: `bounds` and `may_have` never leave out
what a tier covers, and `within` is true only where one tier certainly covers all that another does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import inf
from typing import NamedTuple

from pipeline.model.address import Key
from pipeline.model.resource import Resource, State
from pipeline.packs.homologation.quote.elements import Elements, elements_of
from pipeline.packs.homologation.quote.tariff import Tier, tiers_of


class Bounds(NamedTuple):
    """How many there are at least and at most; nothing where the first is more than the second."""

    least: float
    most: float

    @property
    def empty(self) -> bool:
        """Whether no number lies within."""
        return self.least > self.most


@dataclass(frozen=True)
class Shape:
    """A tier as it takes elements: `row` is where it stands; `asked` are the codes that can be quoted, no bases."""

    tier: Tier
    row: Resource
    asked: frozenset[str]

    @cached_property
    def takes(self) -> Mapping[str, Bounds]:
        """How many units of each element a covered request may have, if it has any."""
        limits = {group.name: group.maximum for group in self.tier.groups if group.maximum is not None}
        most = self.units.most
        found = {}
        for code, included in self.tier.included.items():
            if code in self.asked:
                caps = [limits[name] for name in included.groups if name in limits] if limits else []
                upper = min(most, inf if included.maximum is None else included.maximum, *caps)
                bounds = Bounds(max(1, included.minimum or 0), upper)
                if not bounds.empty:
                    found[code] = bounds
        return found

    @cached_property
    def units(self) -> Bounds:
        """The numbers of units that the tier's own limits allow."""
        most = [limit for limit in (self.tier.maximum, self.tier.most) if limit is not None]
        return Bounds(max(1, self.tier.minimum or 0), min(most, default=inf))

    @cached_property
    def members(self) -> Mapping[str, frozenset[str]]:
        """By group that has limits, those of its elements that the tier takes."""
        return {group.name: self.grouped(group.name, self.takes) for group in self.tier.groups}

    def grouped(self, group: str, codes: Iterable[str]) -> frozenset[str]:
        """Which of the elements come into the tier by a group; what the tier does not include is in none."""
        included = self.tier.included
        return frozenset(code for code in codes if code in included and group in included[code].groups)

    @cached_property
    def bounds(self) -> Bounds:
        """The numbers of units of the requests that it covers: none outside of these are covered."""
        if any(code not in self.takes for code in self.tier.must_include) or not self.takes:
            return Bounds(1, 0)
        least = sum(self.takes[code].least for code in self.tier.must_include)
        smallest = min(bounds.least for bounds in self.takes.values())
        wanted = max((group.minimum or 0 for group in self.tier.groups), default=0)
        reach = [self._room(self.members[group.name]) >= (group.minimum or 0) for group in self.tier.groups]
        if not all(reach):
            return Bounds(1, 0)
        return Bounds(max(self.units.least, least, smallest, wanted), min(self.units.most, self._room(self.takes)))

    def _room(self, codes: Iterable[str]) -> float:
        """More units of these elements than this nobody can have; each counts in the first of its groups alone."""
        room, left = 0.0, set(codes)
        for group in self.tier.groups:
            if group.maximum is not None:
                held = left & self.members[group.name]
                room += min(group.maximum, sum(self.takes[code].most for code in held))
                left -= held
        return room + sum(self.takes[code].most for code in left)

    def may_have(self, code: str) -> bool:
        """Whether a covered request may have the element. Where it is false, none has."""
        if code not in self.takes or self.bounds.empty:
            return False
        must = {one: self.takes[one].least for one in (*self.tier.must_include, code)}
        if sum(must.values()) > self.bounds.most:
            return False
        return all(
            group.maximum is None or sum(must[one] for one in must if one in self.members[group.name]) <= group.maximum
            for group in self.tier.groups
        )

    def within(self, other: Shape, span: Bounds) -> bool:
        """Whether the other tier certainly covers every request of so many units that this one covers."""
        least, most = max(self.bounds.least, span.least), min(self.bounds.most, span.most)
        if least > most:
            return True
        if least < other.units.least or most > other.units.most:
            return False
        if not set(other.tier.must_include) <= set(self.tier.must_include):
            return False
        return self._fits(other, most) and all(
            self._held(other.grouped(group.name, self.takes), group.minimum or 0, group.maximum, Bounds(least, most))
            for group in other.tier.groups
        )

    def _fits(self, other: Shape, most: float) -> bool:
        """Whether the other tier includes all elements of this one's requests, with limits as wide."""
        for code, bounds in self.takes.items():
            if bounds.least <= most:
                limits = other.tier.included.get(code)
                if limits is None or (limits.minimum or 0) > bounds.least:
                    return False
                if limits.maximum is not None and limits.maximum < min(bounds.most, most):
                    return False
        return True

    def _held(self, codes: frozenset[str], minimum: int, maximum: int | None, span: Bounds) -> bool:
        """Whether every request of this tier has so many units of some elements; `span` are the units of all."""
        if maximum is not None and min(span.most, self._room(codes)) > maximum:
            return False
        others = self.takes.keys() - codes
        known = [
            span.least - self._room(others),
            sum(self.takes[one].least for one in self.tier.must_include if one in codes),
        ]
        known += [group.minimum or 0 for group in self.tier.groups if self.members[group.name] <= codes]
        return max(known) >= minimum


@dataclass(frozen=True)
class Shapes:
    """The tiers of a category, the one offered first in front, and its elements."""

    category: Key
    tiers: tuple[Shape, ...]
    elements: Elements

    @cached_property
    def spans(self) -> tuple[Bounds, ...]:
        """All numbers of units in stretches in which no tier's limits on them begin or end."""
        ends = {shape.units.least - 1 for shape in self.tiers} | {shape.units.most for shape in self.tiers} | {0, inf}
        return tuple(Bounds(low + 1, high) for low, high in pairwise(sorted(ends)))

    def before(self, shape: Shape) -> Iterator[Shape]:
        """The tiers that are offered before this one where both cover a request."""
        for other in self.tiers:
            if other is shape:
                return
            yield other


def shapes(state: State) -> tuple[Shapes, ...]:
    """The tiers of each category that has some."""
    found = []
    for category in dict.fromkeys(key[0] for key in state["tier"]):
        if isinstance(category, tuple) and (tiers := tiers_of(state, category)):
            elements = elements_of(state, category)
            asked = frozenset(code for code, element in elements.items() if not element.is_base)
            ordered = sorted(tiers, key=lambda tier: tier.preference)
            rows = state["tier"]
            found.append(
                Shapes(category, tuple(Shape(tier, rows[category, tier.code], asked) for tier in ordered), elements)
            )
    return tuple(found)
