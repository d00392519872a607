"""What the impact of a plan is measured with: every request for one, two or three elements, one of each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations
from math import comb
from typing import Final, TypeAlias, cast

from pipeline.errors import UsageError
from pipeline.model.probe import Answer, Enumeration, Probes
from pipeline.model.probe import Request as Probe
from pipeline.model.resource import Resource, State
from pipeline.packs.homologation.quote.papers import REQUIRED
from pipeline.packs.homologation.quote.quote import Quote, quoted
from pipeline.packs.homologation.quote.request import Request
from pipeline.packs.homologation.quote.swift import NO_OFFER, Swift
from pipeline.packs.homologation.quote.tariff import Tariff
from pipeline.packs.homologation.quote.touch import touched

FULL: Final = 3

Codes: TypeAlias = tuple[str, tuple[str, ...]]
"""A request for one of each of these elements: the category's slug and codes, sorted. A `Request` is one as well."""


def requests(before: State, after: State, limit: int) -> Sequence[Enumeration]:
    """The requests of each category that both states know: all elements that are active in one of them, base or not.

    Where three elements a request would make more than `limit` of them, there are two, one or none.
    """
    found = []
    for key in sorted(before["category"].keys() & after["category"].keys(), key=str):
        if before["category"][key].active or after["category"][key].active:
            codes = sorted({str(row.address.key[-1]) for state in (before, after) for row in _elements(state, key[0])})
            width = max(wide for wide in range(FULL + 1) if _count(len(codes), wide) <= max(limit, 0))
            every = chain.from_iterable(combinations(codes, wide) for wide in range(1, width + 1))
            slug = str(key[0])
            found.append(Enumeration(slug, [(slug, one) for one in every], width, FULL))
    return found


def _elements(state: State, slug: object) -> list[Resource]:
    return [row for key, row in state["element"].items() if row.active and key[0] == (slug,)]


def _count(elements: int, width: int) -> int:
    return sum(comb(elements, wide) for wide in range(1, width + 1))


def answers(state: State, asked: Sequence[Probe]) -> Sequence[Answer]:
    """The answer to each request; a category that is not there, or is retired, makes no offer."""
    known: dict[str, tuple[Tariff, Swift] | None] = {}
    found = []
    for one in asked:
        category = cast("Codes | Request", one)[0]
        if category not in known:
            known[category] = _compiled(state, category)
        compiled = known[category]
        if compiled is None:
            found.append(NO_OFFER)
        elif isinstance(one, Request):
            found.append(answer(quoted(compiled[0], one)))
        else:
            found.append(compiled[1].answer(cast("Codes", one)[1]))
    return found


def _compiled(state: State, category: str) -> tuple[Tariff, Swift] | None:
    try:
        tariff = Tariff.of(state, category)
    except UsageError:
        return None
    return tariff, Swift(tariff)


def answer(quote: Quote) -> Answer:
    """What of a quote is compared. Without an offer there is nothing that belongs to it."""
    if quote.offer is None:
        return NO_OFFER
    documents = {document.code for document in quote.papers.documents}
    documents |= {image.name for image in quote.papers.images if image.type == REQUIRED}
    warnings = frozenset(warned.code for warned in quote.warnings)
    return Answer(quote.offer.tier, quote.offer.price, (warnings, frozenset(documents)))


def name(request: Probe) -> str:
    """The request as people read it: `ESCAPE + MANILLAR`."""
    if not isinstance(request, Request):
        return " + ".join(cast("Codes", request)[1])
    items = [item.word if item.quantity == 1 else f"{item.word}={item.quantity}" for item in request.items]
    return " + ".join([*items, f'"{request.text}"'] if request.text else items)


def scope(request: Probe) -> str:
    """The slug of the request's category."""
    return cast("Codes | Request", request)[0]


PROBES = Probes("tier", "price", ("warnings", "documents"), requests, touched, answers, name, scope, things="elements")
