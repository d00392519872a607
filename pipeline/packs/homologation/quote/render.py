"""Quotes as text for people and as data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from textwrap import wrap
from types import MappingProxyType
from typing import Any, Final

from pipeline.packs.homologation.quote.covering import sentence
from pipeline.packs.homologation.quote.papers import Field, Image
from pipeline.packs.homologation.quote.quote import Offer, Quote
from pipeline.packs.homologation.quote.tariff import Tariff
from pipeline.render.escape import one_line

_WIDTH: Final = 100


def text(quote: Quote, tariff: Tariff, *, explain: bool = False) -> str:
    """The quote as people read it; with `explain` also which words gave what, and why not the other tiers.

    Words of a text that gave nothing are told in any case: an offer without them may be too low.
    """
    lines = [*_head(quote, tariff), *_open(quote, tariff)]
    if quote.offer is not None:
        lines += _belongings(quote)
    elif quote.refusals:
        lines += _section("No tier covers this", (f"{one.tier}: {sentence(one.reason)}" for one in quote.refusals))
    if explain:
        lines += _explained(quote)
    return "\n".join(lines) + "\n"


def money(price: Decimal) -> str:
    """The amount with its currency: `175.00 EUR`."""
    return f"{price:.2f} EUR"


def _head(quote: Quote, tariff: Tariff) -> Iterator[str]:
    asked = [f"{item.quantity} x {item.word}" if item.quantity > 1 else item.word for item in quote.items]
    nothing = "no offer yet" if quote.questions else "nothing recognised"
    yield one_line(f"{tariff.category}: {', '.join(asked) or nothing}")
    if quote.offer is not None:
        offer = quote.offer
        yield one_line(f"{offer.tier}, {offer.name}: {money(offer.price)}, {_project(offer)}")


def _project(offer: Offer) -> str:
    if offer.project is None:
        return "nothing is said of a project"
    return "with a project" if offer.project else "without a project"


def _open(quote: Quote, tariff: Tariff) -> Iterator[str]:
    """What must be said before there can be an offer."""
    for question in quote.questions:
        yield ""
        yield from _wrapped(f"{question.word}: {question.text}", "")
        for code in question.candidates:
            yield one_line(f"  {code}  {tariff.elements[code].name}")
    for unknown in quote.unknown:
        yield ""
        verdict = "is retired" if unknown.retired else f"means no element of {tariff.category}"
        near = f" Is it one of these? {', '.join(unknown.near)}" if unknown.near else ""
        yield one_line(f'"{unknown.word}" {verdict}.{near}')
    told = {unknown.word for unknown in quote.unknown}
    if stray := [_stray(word, tariff) for word in quote.left if word not in told]:
        yield ""
        yield one_line(f"Not understood: {', '.join(stray)}")
    if not (quote.items or quote.questions or quote.unknown):
        yield ""
        yield "Say what is to be quoted: codes or words of elements."


def _stray(word: str, tariff: Tariff) -> str:
    """A word with the elements that it is nearly a word of: `"escapes" (ESCAPE?)`."""
    near = ", ".join(tariff.vocabulary.near(word))
    return f'"{word}" ({near}?)' if near else f'"{word}"'


def _belongings(quote: Quote) -> Iterator[str]:
    papers = quote.papers
    notes = {f"{one.severity} {one.code}: {one.message}": f"({one.why})" for one in quote.warnings}
    yield from _section("Warnings", notes, notes)
    yield from _section(
        "Documents",
        (f"{one.code}: {one.title}{'' if one.mandatory else ' (if there is one)'}" for one in papers.documents),
    )
    yield from _section("Pictures to send", map(_picture, papers.to_send))
    for element, fields in groupby(papers.fields, key=lambda field: field.element):
        yield from _section(f"Fields of {element}", map(_field, fields))
    yield from _section("Services on offer", (f"{one.code}: {one.name}, {money(one.price)}" for one in papers.services))


def _picture(image: Image) -> str:
    whose = f" (of {image.owner}, for {image.element})" if image.inherited else f" (of {image.element})"
    return f"{image.title}{whose}{': ' + image.instruction if image.instruction else ''}"


def _field(field: Field) -> str:
    facts = [field.type, "required" if field.required else "optional"]
    facts += [f"of {field.owner}"] if field.inherited else []
    facts += [str(field.condition)] if field.condition else []
    options = f": {' / '.join(field.options)}" if field.options else ""
    return f"{field.name}: {field.label} ({', '.join(facts)}){options}"


def _explained(quote: Quote) -> Iterator[str]:
    yield from _section("Words", (f'"{one.words}" gave {", ".join(one.codes)}' for one in quote.understood))
    if quote.offer is not None:
        others = [f"{one.tier}, {money(one.price)}: covers it too, but {one.why}" for one in quote.others]
        refused = [f"{one.tier}: {sentence(one.reason)}" for one in quote.refusals]
        yield from _section(f"Why {quote.offer.tier}", [*others, *refused] or ["There is no other tier."])


def _section(title: str, items: Iterable[str], notes: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """A heading with its items, each with its note, where it has one, on lines of its own; nothing without items."""
    for number, item in enumerate(items):
        if not number:
            yield ""
            yield one_line(title)
        yield from _wrapped(item, "  ")
        if item in notes:
            yield from _wrapped(notes[item], "    ")


def _wrapped(item: str, indent: str) -> list[str]:
    """The text safe to show, in lines; further lines stand a little deeper."""
    return wrap(one_line(item), _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False)


def data(quote: Quote) -> dict[str, Any]:
    """The quote as JSON can hold it; amounts are texts."""
    offer, papers = quote.offer, quote.papers
    return {
        "category": quote.request.category,
        "request": {"items": [item._asdict() for item in quote.request.items], "text": quote.request.text},
        "elements": {item.word: item.quantity for item in quote.items},
        "offer": None
        if offer is None
        else {
            "tier": offer.tier,
            "name": offer.name,
            "price": str(offer.price),
            "currency": "EUR",
            "requires_project": offer.project,
        },
        "questions": [one._asdict() for one in quote.questions],
        "unknown": [one._asdict() for one in quote.unknown],
        "warnings": [one._asdict() for one in quote.warnings],
        "documents": [one._asdict() for one in papers.documents],
        "images": [one._asdict() | {"inherited": one.inherited} for one in papers.images],
        "fields": [
            one._asdict()
            | {"inherited": one.inherited, "condition": one.condition._asdict() if one.condition else None}
            for one in papers.fields
        ],
        "services": [one._asdict() | {"price": str(one.price)} for one in papers.services],
        "refusals": [
            {"tier": one.tier, "reason": one.reason._asdict() | {"text": sentence(one.reason)}}
            for one in quote.refusals
        ],
        "others": [{"tier": one.tier, "price": str(one.price), "why": one.why} for one in quote.others],
        "understood": [one._asdict() for one in quote.understood],
        "words_left": list(quote.left),
    }
