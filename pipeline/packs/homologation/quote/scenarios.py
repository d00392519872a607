"""Scenarios: what a homologation engineer expects of a quote, written in the manifests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final

from pipeline.checks.wording import quoted as in_quotes
from pipeline.errors import UsageError
from pipeline.model.pack import Pack
from pipeline.model.probe import Example, Examples, Mismatch
from pipeline.model.probe import Request as Probe
from pipeline.model.resource import State
from pipeline.packs.homologation.quote.quote import Desk, Quote, quoted
from pipeline.packs.homologation.quote.request import Item, Request, item_of
from pipeline.packs.homologation.quote.scenario_schema import SCHEMA
from pipeline.packs.homologation.quote.tariff import Tariff

_CENT: Final = Decimal("0.01")
_LONGEST: Final = 80
"""How much of a request becomes a name."""


def request(example: Example) -> Probe:
    """What a scenario asks, in the form that the probes have for it where it is one of them."""
    asked = _asked(example)
    if asked.text or not asked.items or any(item.quantity != 1 for item in asked.items):
        return asked
    return asked.category, tuple(sorted(item.word for item in asked.items))


def run(_pack: Pack, state: State, examples: Sequence[Example]) -> list[list[Mismatch]]:
    """In what the quotes of a state are not as the scenarios expect."""
    desk = cache(lambda category: Desk(Tariff.of(state, category)))
    return [list(_differences(desk, example)) for example in examples]


def record(
    _pack: Pack, state: State, category: str, words: Sequence[str], text: str | None, name: str | None
) -> Mapping[str, Any]:
    """A scenario that expects what the quote of a request says now: tier, price, project and warnings.

    Words are codes or names of elements, each with `=N` where there are several. Raises UsageError for what means no
    element.
    """
    tariff = Tariff.of(state, category)
    wanted = _elements(tariff, map(item_of, words))
    found = quoted(tariff, Request(category, tuple(Item(*pair) for pair in wanted.items()), text or ""))
    _require_known(category, found)
    if not (found.items or found.questions):
        raise UsageError("The request is about no element. Say elements by their codes, or --text.")
    entry: dict[str, Any] = {"name": name or _named(wanted, text or "")}
    if wanted:
        entry["request"] = wanted
    if text:
        entry["text"] = text
    return entry | {"expect": _outcome(found)}


def _named(wanted: Mapping[str, int], text: str) -> str:
    """A name for a request: what the customer wrote, or the elements."""
    said = " ".join(text.split()) or ", ".join(_counted(*pair) for pair in wanted.items())
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def _asked(example: Example) -> Request:
    items = example.entry.get("request", {})
    return Request(example.scope, tuple(Item(*pair) for pair in items.items()), example.entry.get("text", ""))


def _elements(tariff: Tariff, items: Iterable[Item]) -> dict[str, int]:
    """Quantities by code: of words that mean one element, or a base of which a variant is to be asked for."""
    wanted: dict[str, int] = {}
    for item in items:
        found = quoted(tariff, Request(tariff.category, (item,)))
        _require_known(tariff.category, found)
        for question in found.questions:
            if question.word not in tariff.elements:
                known = ", ".join(question.candidates)
                raise UsageError(f"{item.word!r} could be several elements: {known}. Say which.")
        meant = {one.word: item.quantity for one in found.questions} | {one.word: one.quantity for one in found.items}
        for code, number in meant.items():
            wanted[code] = wanted.get(code, 0) + number
    return wanted


def _unknown(category: str, found: Quote) -> str:
    if not found.unknown:
        return f"nothing of it is an element of {category}"
    words = " or ".join(in_quotes(one.word) for one in found.unknown)
    near = dict.fromkeys(code for one in found.unknown for code in one.near)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"no element of {category} is called {words}{hint}"


def _require_known(category: str, found: Quote) -> None:
    if found.unknown:
        said = _unknown(category, found)
        raise UsageError(f"{said[0].upper()}{said[1:]}" + ("" if said.endswith("?") else "."))


def _counted(code: str, number: int) -> str:
    return code if number == 1 else f"{code} ×{number}"


def _outcome(found: Quote) -> dict[str, Any]:
    if found.questions:
        return {"question": found.questions[0].word}
    if found.offer is None:
        return {"impossible": True}
    project = {} if found.offer.project is None else {"project": found.offer.project}
    warnings = sorted(one.code for one in found.warnings)
    return {"tier": found.offer.tier, "price": found.offer.price, **project, "warnings": warnings}


def _differences(desk: Callable[[str], Desk], example: Example) -> Iterator[Mismatch]:
    expect = example.entry["expect"]
    try:
        here = desk(example.scope)
        found = quoted(here.tariff, _asked(example), here)
    except UsageError:
        yield Mismatch("quote", "one", f"none: the category {example.scope} is retired", ("expect",))
        return
    if found.unknown or not (found.items or found.questions):
        at = "text" if "text" in example.entry else "request"
        yield Mismatch(at, "an element", f"none ({_unknown(example.scope, found)})", (at,))
        return
    for what, compare in _COMPARED.items():
        if what in expect:
            told = compare(expect[what], found)
            if told is not None:
                yield Mismatch(what, told[0], told[1], ("expect", what))


def _tier(wanted: str, found: Quote) -> tuple[str, str] | None:
    if found.offer is None:
        return wanted, _nothing(found)
    return None if found.offer.tier == wanted else (wanted, found.offer.tier)


def _price(wanted: Decimal | int, found: Quote) -> tuple[str, str] | None:
    if found.offer is None:
        return _money(Decimal(wanted)), _nothing(found)
    return None if found.offer.price == wanted else (_money(Decimal(wanted)), _money(found.offer.price))


def _project(wanted: bool, found: Quote) -> tuple[str, str] | None:
    words = {True: "required", False: "not required", None: "nothing said"}
    if found.offer is None:
        return words[wanted], _nothing(found)
    return None if found.offer.project is wanted else (words[wanted], words[found.offer.project])


def _understood(wanted: Mapping[str, int], found: Quote) -> tuple[str, str] | None:
    is_ = {item.word: item.quantity for item in found.items}
    return _same([_counted(*one) for one in wanted.items()], [_counted(*one) for one in is_.items()])


def _warnings(wanted: Iterable[str], found: Quote) -> tuple[str, str] | None:
    return _same(wanted, [one.code for one in found.warnings])


def _documents(wanted: Iterable[str], found: Quote) -> tuple[str, str] | None:
    return _same(wanted, documents(found))


def documents(found: Quote) -> list[str]:
    """All that the customer has to send, by the names that scenarios and probes use."""
    return [one.code for one in found.papers.documents] + [one.name for one in found.papers.to_send]


def _question(wanted: str, found: Quote) -> tuple[str, str] | None:
    asks = [one.word for one in found.questions]
    return None if wanted in asks else (wanted, ", ".join(asks) or "none")


def _impossible(_wanted: bool, found: Quote) -> tuple[str, str] | None:
    if found.offer is not None:
        return "yes", f"tier {found.offer.tier}"
    return ("yes", _nothing(found)) if found.questions else None


_COMPARED: Final[Mapping[str, Callable[[Any, Quote], tuple[str, str] | None]]] = {
    "tier": _tier,
    "price": _price,
    "project": _project,
    "elements": _understood,
    "warnings": _warnings,
    "documents": _documents,
    "question": _question,
    "impossible": _impossible,
}


def _same(wanted: Iterable[str], found: Iterable[str]) -> tuple[str, str] | None:
    """Nothing where both hold the same, in whatever order; else both as people read them."""
    one, other = sorted(set(wanted)), sorted(set(found))
    return None if one == other else (", ".join(one) or "none", ", ".join(other) or "none")


def _money(amount: Decimal) -> str:
    rounded = amount.quantize(_CENT)
    return str(rounded if rounded == amount else amount)


def _nothing(found: Quote) -> str:
    """Why there is no offer."""
    if found.questions:
        return f"the question which {' and which '.join(one.word for one in found.questions)}"
    return "no tier"


EXAMPLES: Final = Examples("scenarios", SCHEMA, run, record, request)
