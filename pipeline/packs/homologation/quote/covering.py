"""Whether a tier covers a request, and the first reason why it does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from pipeline.packs.homologation.quote.tariff import Tariff, Tier

Quantities: TypeAlias = Mapping[str, int]
"""How many of each element, by code; at least one of each."""

Kind: TypeAlias = Literal[
    "not-included",
    "quantity-below",
    "quantity-above",
    "too-few",
    "too-many",
    "must-include",
    "rules-too-many",
    "group-below",
    "group-above",
]


class Reason(NamedTuple):
    """Why a tier does not cover a request. `about` is a code or the name of a group; `limit` what `number` misses."""

    kind: Kind
    about: str = ""
    number: int = 0
    limit: int = 0


class Refusal(NamedTuple):
    """A tier that does not cover a request, and the first reason."""

    tier: str
    reason: Reason


def covering(tariff: Tariff, quantities: Quantities) -> list[Tier]:
    """The tiers that cover a request, that which is offered first in front."""
    return [tier for tier in tariff.by_preference if reason(tier, quantities) is None]


def refusals(tariff: Tariff, quantities: Quantities) -> tuple[Refusal, ...]:
    """Of each tier that does not cover a request the first reason, in the order of lists."""
    found = [(tier.code, reason(tier, quantities)) for tier in tariff.tiers]
    return tuple(Refusal(code, why) for code, why in found if why is not None)


def reason(tier: Tier, quantities: Quantities) -> Reason | None:
    """The first reason why a tier does not cover a request; None where it does.

    Elements first, by code: that they are included, then how many there are of each. Then the number of units, then
    the classification rules: what must be there, the most units, the limits of groups by name.
    """
    return _of_elements(tier, quantities) or _of_units(tier, quantities) or _of_rules(tier, quantities)


def sentence(why: Reason) -> str:
    """The reason for people, without the tier's name."""
    of = f"{why.number} of {'the group ' if why.kind.startswith('group') else ''}{why.about}"
    match why.kind:
        case "not-included":
            return f"it does not include {why.about}"
        case "must-include":
            return f"it applies only with {why.about}"
        case "too-few":
            return f"{_elements(why.number)} too few: it takes {why.limit} or more"
        case "quantity-below" | "group-below":
            return f"{of} {_are(why.number)} too few: it takes {why.limit} or more"
        case "too-many" | "rules-too-many":
            return f"{_elements(why.number)} too many: it takes {_most(why.limit)}"
        case "quantity-above" | "group-above":
            return f"{of} {_are(why.number)} too many: it takes {_most(why.limit)}"


def _most(limit: int) -> str:
    return f"at most {limit}" if limit else "none"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _elements(number: int) -> str:
    return f"{number} element{'' if number == 1 else 's'} {_are(number)}"


def _of_elements(tier: Tier, quantities: Quantities) -> Reason | None:
    for code in sorted(quantities):
        if code not in tier.included:
            return Reason("not-included", code)
    for code in sorted(quantities):
        limits, number = tier.included[code], quantities[code]
        if limits.minimum is not None and number < limits.minimum:
            return Reason("quantity-below", code, number, limits.minimum)
        if limits.maximum is not None and number > limits.maximum:
            return Reason("quantity-above", code, number, limits.maximum)
    return None


def _of_units(tier: Tier, quantities: Quantities) -> Reason | None:
    units = sum(quantities.values())
    if tier.minimum is not None and units < tier.minimum:
        return Reason("too-few", "", units, tier.minimum)
    if tier.maximum is not None and units > tier.maximum:
        return Reason("too-many", "", units, tier.maximum)
    return None


def _of_rules(tier: Tier, quantities: Quantities) -> Reason | None:
    for code in tier.must_include:
        if code not in quantities:
            return Reason("must-include", code)
    units = sum(quantities.values())
    if tier.most is not None and units > tier.most:
        return Reason("rules-too-many", "", units, tier.most)
    for group in tier.groups:
        held = sum(number for code, number in quantities.items() if group.name in tier.included[code].groups)
        if group.minimum is not None and held < group.minimum:
            return Reason("group-below", group.name, held, group.minimum)
        if group.maximum is not None and held > group.maximum:
            return Reason("group-above", group.name, held, group.maximum)
    return None
