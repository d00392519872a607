"""Random requests to a tariff, and the answers as JSON content: what two engines are compared by."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from random import Random
from typing import Any

from pipeline.packs.homologation.quote import Item, Quote, Request, Tariff
from pipeline.packs.homologation.quote.words import STOP_WORDS, spoken

ODD = (
    "straße",
    "ΜΟΤΟΣ",
    "ﬁltro",
    "½",
    "٣",
    "e\u0301scape",
    "İ",
    "\u202eescape",
    "12345",
    "0",
    "007",
    "日本",
    "ǅ",
    "¿",
    "<b>",
)


def plain(answer: Any) -> Any:
    """Anything of a quote as JSON content; money as text."""
    if dataclasses.is_dataclass(answer):
        return {field.name: plain(getattr(answer, field.name)) for field in dataclasses.fields(answer)}
    if hasattr(answer, "_asdict"):
        return {name: plain(value) for name, value in answer._asdict().items()}
    if isinstance(answer, tuple | list):
        return [plain(one) for one in answer]
    return str(answer) if isinstance(answer, Decimal) else answer


def expected(quote: Quote) -> dict[str, Any]:
    """The whole answer, without the question."""
    answer: dict[str, Any] = plain(quote)
    del answer["request"]
    return answer


def sent(request: Request) -> dict[str, Any]:
    """The request as the form makes it."""
    return {"items": [item._asdict() for item in request.items], "text": request.text}


def random_requests(tariff: Tariff, number: int, seed: int) -> list[Request]:
    """Requests by code, in words, and both; most of them sensible, some with mistakes."""
    random = Random(seed)  # noqa: S311
    phrases = [text for element in tariff.elements.values() for text in (*spoken(element), *element.multiple)]
    codes = list(tariff.elements)
    found = []
    for _ in range(number):
        kind = random.random()
        number_of = random.choice((1, 1, 2, 2, 3, 4))
        items = [_item(random, codes, phrases) for _ in range(number_of)] if kind < 0.7 else []
        text = _text(random, phrases) if kind > 0.5 else ""
        found.append(Request(tariff.category, tuple(items), text))
    return found


def _item(random: Random, codes: list[str], phrases: list[str]) -> Item:
    quantity = random.choice((1, 1, 1, 1, 2, 2, 3, 5))
    chance = random.random()
    if chance < 0.85:
        return Item(random.choice(codes), quantity)
    word = random.choice(phrases) if chance < 0.95 else random.choice(ODD)
    return Item(_mistaken(random, word) if random.random() < 0.5 else word, quantity)


def _text(random: Random, phrases: list[str]) -> str:
    words = []
    for _ in range(random.randint(1, 6)):
        chance = random.random()
        if chance < 0.45:
            words.append(random.choice(phrases))
        elif chance < 0.7:
            words.append(random.choice(sorted(STOP_WORDS)))
        elif chance < 0.8:
            words.append(str(random.randint(0, 12)))
        elif chance < 0.9:
            words.append(_mistaken(random, random.choice(phrases)))
        else:
            words.append(random.choice(ODD))
    return random.choice((" ", ", ", " y ")).join(words)


def _mistaken(random: Random, text: str) -> str:
    """The text in another case, or with a letter too many or too few."""
    at = random.randrange(len(text) + 1)
    return random.choice(
        (text.upper(), text.title(), text[:at] + text[at + 1 :], f"{text[:at]}x{text[at:]}", text[:at])
    )
