"""A request -> the elements it is about, and what has to be asked before it can be quoted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.packs.homologation.quote.elements import Elements
from pipeline.packs.homologation.quote.request import Item, Request
from pipeline.packs.homologation.quote.tariff import Tariff
from pipeline.packs.homologation.quote.words import Match, normalised


class Question(NamedTuple):
    """What the customer must say first: which of the candidates (codes) is meant by `word`, a code or some words."""

    word: str
    text: str
    candidates: tuple[str, ...]


class Unknown(NamedTuple):
    """What means no element of the category, with the codes of elements that are called nearly so.

    `retired` says that it is the code of one that is not in use any more.
    """

    word: str
    near: tuple[str, ...] = ()
    retired: bool = False


class Understood(NamedTuple):
    """Words of the request, and the codes of the elements that they gave."""

    words: str
    codes: tuple[str, ...]


@dataclass
class Asked:
    """What a request is about: quantities by code in the order they were asked for, and what is open.

    `left` are words of the text that gave nothing.
    """

    quantities: dict[str, int] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)
    left: tuple[str, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether it can be quoted."""
        return bool(self.quantities) and not self.questions and not self.unknown


class _Meaning(NamedTuple):
    """What a match means: these elements all together, or one of them that is still to be chosen.

    `bases` are those whose variants it chooses.
    """

    match: Match
    codes: tuple[str, ...]
    bases: tuple[str, ...] = ()
    open: bool = False


def asked(tariff: Tariff, request: Request) -> Asked:
    """What the request is about.

    Items add up; what the text says of an element once more counts if it says a larger number. Raises ValueError for
    a quantity below one.
    """
    if any(item.quantity < 1 for item in request.items):
        raise ValueError("a quantity is one at least")
    found = Asked()
    items = list(_items(tariff, request.items, found))
    text = tariff.vocabulary.find(request.text) if request.text else None
    matches = text.matches if text else ()
    mentioned = _mentioned(tariff.elements, (*items, *matches))
    said = [_meaning(tariff.elements, match, mentioned) for match in items]
    written = [_meaning(tariff.elements, match, mentioned) for match in matches]
    idle = [word for one in written if not one.codes for word in one.match.words]
    found.left = tuple(dict.fromkeys((*idle, *(text.left if text else ()))))
    meanings = [one for one in (*said, *written) if one.codes]
    found.understood = [Understood(" ".join(one.match.words), one.codes) for one in meanings]
    _count(tariff.elements, said, written, found)
    if request.text and not request.items and not meanings:
        found.unknown += [Unknown(word, tariff.vocabulary.near(word)) for word in found.left]
    return found


def _items(tariff: Tariff, items: Iterable[Item], found: Asked) -> Iterator[Match]:
    """The items as matches; those that mean nothing are noted. Codes need no vocabulary, which takes time to make."""
    for item in items:
        if item.word in tariff.elements:
            yield Match((item.word,), (item.word,), (), item.quantity)
        elif item.word in tariff.elements.retired:
            found.unknown.append(Unknown(item.word, retired=True))
        elif match := tariff.vocabulary.match(normalised(item.word), item.quantity):
            yield match
        else:
            found.unknown.append(Unknown(item.word, tariff.vocabulary.near(item.word)))


def _mentioned(elements: Elements, matches: Iterable[Match]) -> set[str]:
    """The elements that phrases of their own mention, and all above them."""
    codes = {code for match in matches for code in match.elements}
    return codes.union(*(elements.above(code) for code in codes))


def _meaning(elements: Elements, match: Match, mentioned: set[str]) -> _Meaning:
    """What a match means beside the others.

    A phrase for all variants counts where the base or one of its variants is mentioned, or by itself if it has several
    words and no other meaning. What could be one of several elements is that which all others are variants of.
    """
    bases = tuple(code for code in match.multiple if code in mentioned)
    if not bases and not match.elements and len(match.words) > 1:
        bases = match.multiple
        if len(bases) > 1:
            return _Meaning(match, bases, open=True)
    if bases:
        return _Meaning(match, tuple(code for base in bases for code in elements[base].variants), bases)
    root = [one for one in match.elements if all(one in (code, *elements.above(code)) for code in match.elements)]
    return _Meaning(match, tuple(root[:1]) or match.elements, open=bool(match.elements) and not root)


def _count(elements: Elements, said: list[_Meaning], written: list[_Meaning], found: Asked) -> None:
    """Add up what is meant, and ask for what is open: which variant of a base, which of several elements."""
    counted: dict[str, int] = {}
    for at, one in enumerate((*said, *written)):
        number = one.match.quantity or 1
        if one.open:
            words = " ".join(one.match.words)
            found.questions.append(Question(words, f'Which of these does "{words}" mean?', one.codes))
            continue
        for code in one.codes:
            known = counted.get(code, 0)
            counted[code] = known + number if at < len(said) else max(known, number)
    chosen = {base for one in (*said, *written) for base in one.bases}
    for base in sorted(chosen & counted.keys(), key=lambda base: (len(elements.above(base)), base)):
        for code in elements[base].variants:
            counted[code] = max(counted[code], counted[base])
    named = {code for one in said for code in one.codes}
    above = {base for code in counted for base in elements.above(code)}
    for code in [code for code in counted if elements[code].is_base]:
        del counted[code]
        if code not in chosen and (code in named or code not in above):
            found.questions.append(_which(elements, code))
    found.quantities = counted


def _which(elements: Elements, code: str) -> Question:
    """The question which variant of a base is meant."""
    base = elements[code]
    return Question(code, base.question or f"Which variant of {base.name} is it?", base.variants)
