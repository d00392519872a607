"""The tariff of one category, compiled from the rows of a state: what a quote is worked out with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from pipeline.errors import UsageError
from pipeline.model.address import Key, KeyPart
from pipeline.model.resource import Resource, State
from pipeline.packs.homologation.checks.common import words_of
from pipeline.packs.homologation.effective import Effective, effective_of
from pipeline.packs.homologation.quote.elements import Elements, elements_of
from pipeline.packs.homologation.quote.stated import amount, content, number, text, whole, within
from pipeline.packs.homologation.quote.words import Vocabulary


class Included(NamedTuple):
    """How many of an element a case of a tier must and may have, and the groups it comes into the tier by."""

    minimum: int | None
    maximum: int | None
    groups: frozenset[str] = frozenset()


class GroupLimit(NamedTuple):
    """How many units of a group of elements a case of a tier must and may have."""

    name: str
    minimum: int | None
    maximum: int | None


@dataclass(frozen=True)
class Tier:
    """An active tier. `minimum`, `maximum` and `most` are numbers of units: the tier's own, and that of its rules.

    `included` has what the tier includes in the end, by code.
    """

    code: str
    name: str
    price: Decimal
    sort_order: int = 0
    minimum: int | None = None
    maximum: int | None = None
    project: bool | None = None
    must_include: tuple[str, ...] = ()
    most: int | None = None
    groups: tuple[GroupLimit, ...] = ()
    included: Mapping[str, Included] = field(default_factory=dict)

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in lists."""
        return self.sort_order, self.code

    @cached_property
    def known_groups(self) -> frozenset[str]:
        """The groups by which elements came into the tier."""
        return frozenset(name for included in self.included.values() for name in included.groups)

    @property
    def preference(self) -> tuple[Decimal, int, str]:
        """Of the tiers that cover a request the one with the least of this is offered."""
        return self.price, self.sort_order, self.code


@dataclass(frozen=True)
class Tariff:
    """A category as a quote sees it: tiers and elements in their order, and the state for what goes with them."""

    category: str
    tiers: tuple[Tier, ...]
    elements: Elements
    state: State = field(repr=False, compare=False)

    @classmethod
    def of(cls, state: State, category: str) -> Tariff:
        """The tariff of an active category. Raises UsageError where there is none of that name."""
        found = state["category"].get((category,))
        if found is None or not found.active:
            known = sorted(str(key[0]) for key, row in state["category"].items() if row.active)
            here = f"There are: {', '.join(known)}." if known else "There is none at all."
            raise UsageError(f"There is no category {category!r} to quote in. {here}")
        return cls(category, tiers_of(state, (category,)), elements_of(state, (category,)), state)

    @cached_property
    def by_preference(self) -> tuple[Tier, ...]:
        """The tiers, that which is offered first in front."""
        return tuple(sorted(self.tiers, key=lambda tier: tier.preference))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What the elements are called."""
        return Vocabulary(self.elements)


def tiers_of(state: State, category: Key) -> tuple[Tier, ...]:
    """The active tiers of a category, in the order of lists."""
    rows = within(state, "tier", category)
    effective = effective_of(state, [row.address.key for row in rows])
    named = {
        key: text(row, "group_name")
        for key, row in state["inclusion"].items()
        if row.active and text(row, "group_name")
    }
    return tuple(_tier(row, category, effective[row.address.key], named) for row in rows)


def _tier(row: Resource, category: Key, effective: Mapping[Key, Effective], named: Mapping[Key, str]) -> Tier:
    rules, key = content(row, "classification_rules"), row.address.key
    included = {
        str(element[-1]): Included(limits.minimum, limits.maximum, _groups(limits.through or (key,), element, named))
        for element, limits in effective.items()
        if element[0] == category
    }
    project = rules.get("requires_project")
    return Tier(
        code=str(key[-1]),
        name=text(row, "name"),
        price=amount(row, "price"),
        sort_order=whole(row, "sort_order") or 0,
        minimum=whole(row, "min_elements"),
        maximum=whole(row, "max_elements"),
        project=project if isinstance(project, bool) else None,
        must_include=tuple(sorted(set(words_of(rules.get("must_include"))))),
        most=number(rules.get("max_elements")),
        groups=tuple(_limits(rules.get("groups"))),
        included=included,
    )


def _groups(tiers: Sequence[KeyPart], element: Key, named: Mapping[Key, str]) -> frozenset[str]:
    """The names of the groups that the element came into these tiers by."""
    return frozenset(named[tier, element] for tier in tiers if (tier, element) in named)


def _limits(groups: object) -> list[GroupLimit]:
    found = groups.items() if isinstance(groups, dict) else ()
    limits = [(name, limit if isinstance(limit, dict) else {}) for name, limit in sorted(found)]
    return [GroupLimit(name, number(limit.get("min")), number(limit.get("max"))) for name, limit in limits]
