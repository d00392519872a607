"""What a request costs: tier and price, and all that goes with them; or what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.model.resource import State
from pipeline.packs.homologation.quote.asked import Question, Understood, Unknown, asked
from pipeline.packs.homologation.quote.covering import Refusal, covering, refusals
from pipeline.packs.homologation.quote.papers import NO_PAPERS, Files, Papers
from pipeline.packs.homologation.quote.request import Item, Request
from pipeline.packs.homologation.quote.tariff import Tariff, Tier
from pipeline.packs.homologation.quote.warnings import Warned, Warnings


@dataclass(frozen=True)
class Offer:
    """The tier that a request is offered: its price in EUR, whether it needs a project (None: nobody says)."""

    tier: str
    name: str
    price: Decimal
    project: bool | None


@dataclass(frozen=True)
class Other:
    """A tier that covers a request too, and why it is not the one offered."""

    tier: str
    price: Decimal
    why: str


@dataclass(frozen=True)
class Quote:
    """The answer to a request.

    `items` are the elements it is about, by code; `offer` is None as long as there are `questions` or `unknown` words,
    and where no tier covers them. `refusals` give the first reason of each tier that does not, `others` are those that
    do and cost more. `understood` says which words gave what, `left` which words of the text gave nothing.
    """

    request: Request
    items: tuple[Item, ...]
    offer: Offer | None = None
    warnings: tuple[Warned, ...] = ()
    papers: Papers = NO_PAPERS
    questions: tuple[Question, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    others: tuple[Other, ...] = ()
    understood: tuple[Understood, ...] = ()
    left: tuple[str, ...] = ()


def quote(state: State, request: Request) -> Quote:
    """The answer that a state gives to a request: desired, current, or what a plan makes of it.

    What is retired never counts, and a field that manifests do not declare counts as its column's default. Raises
    UsageError for an unknown category, ValueError for a quantity below one.
    """
    return quoted(Tariff.of(state, request.category), request)


class Desk:
    """The warnings and papers of a tariff, put together once for many requests."""

    def __init__(self, tariff: Tariff) -> None:
        self.tariff = tariff
        self.warnings = Warnings(tariff)
        self.files = Files(tariff)


def quoted(tariff: Tariff, request: Request, desk: Desk | None = None) -> Quote:
    """The same from a tariff that is compiled already; with the `desk` of it where there are many requests."""
    about = asked(tariff, request)
    items = tuple(Item(code, number) for code, number in about.quantities.items())
    answer = Quote(
        request,
        items,
        questions=tuple(about.questions),
        unknown=tuple(about.unknown),
        understood=tuple(about.understood),
        left=about.left,
    )
    if not about.is_clear:
        return answer
    covered = covering(tariff, about.quantities)
    answer = replace(answer, refusals=refusals(tariff, about.quantities))
    if not covered:
        return answer
    best, *others = covered
    desk = desk or Desk(tariff)
    return replace(
        answer,
        offer=Offer(best.code, best.name, best.price, best.project),
        warnings=desk.warnings.apply(about.quantities, best, request.text),
        papers=desk.files.of(about.quantities),
        others=tuple(Other(other.code, other.price, _why(best, other)) for other in others),
    )


def _why(best: Tier, other: Tier) -> str:
    """Why the first of two covering tiers is offered and not the second."""
    if other.price > best.price:
        return f"{best.code} is cheaper"
    if other.sort_order > best.sort_order:
        return f"{best.code} costs the same and comes first in the list"
    return f"{best.code} costs the same and comes first by its code"
