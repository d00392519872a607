"""Words of customers -> phrases of a catalogue: which elements a text is about, and how many of each.

Case and accents do not count. Only whole words match, the longest phrase (in words) first, then from left to right,
and each word of a text is used once.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from pipeline.packs.homologation.quote.elements import Element, Elements

Words: TypeAlias = tuple[str, ...]

STOP_WORDS: Final = frozenset(
    (
        "a",
        "al",
        "algo",
        "cambiado",
        "cambiar",
        "cambie",
        "cambio",
        "como",
        "con",
        "de",
        "del",
        "el",
        "en",
        "es",
        "esta",
        "hacer",
        "he",
        "hola",
        "homologar",
        "instalar",
        "la",
        "las",
        "le",
        "legalizar",
        "lo",
        "los",
        "me",
        "mi",
        "mis",
        "montar",
        "moto",
        "muy",
        "necesito",
        "o",
        "para",
        "pero",
        "poner",
        "por",
        "puesto",
        "que",
        "quiero",
        "se",
        "si",
        "sin",
        "su",
        "sus",
        "tengo",
        "tiene",
        "todo",
        "tu",
        "un",
        "una",
        "unas",
        "uno",
        "unos",
        "y",
        "ya",
        "yo",
    )
)
"""Words that say nothing about an element, in the form in which words compare."""
MOST_DIGITS: Final = 4
"""A longer number directly before a phrase is no quantity."""
_NEAR: Final = 3


class Match(NamedTuple):
    """A phrase found in a text: its words, the elements it is a phrase of, and the bases whose variants it chooses.

    `quantity` is the number that stands directly before it, None where there is none.
    """

    words: Words
    elements: tuple[str, ...]
    multiple: tuple[str, ...]
    quantity: int | None


class Found(NamedTuple):
    """The phrases of a text from left to right, and the words that belong to none and are no stop words."""

    matches: tuple[Match, ...]
    left: Words


def normalised(text: str) -> Words:
    """The words of a text as they compare: without case and accents; all but letters and digits is blank."""
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char)[0] != "M")
    return tuple("".join(char if _counts(char) else " " for char in text.casefold()).split())


def _counts(char: str) -> bool:
    return char.isalnum() if char.isascii() else unicodedata.category(char)[0] in "LN"


def spoken(element: Element) -> Iterator[str]:
    """The texts that an element is called by: its code, its name and the parts of it, keywords and aliases."""
    yield element.code.replace("_", " ")
    yield element.name
    if "/" in element.name:
        yield from element.name.split("/")
    yield from element.keywords
    yield from element.aliases


class Vocabulary:
    """All phrases of a category: by their words the elements they are phrases of, and the bases they choose all of."""

    def __init__(self, elements: Elements) -> None:
        self.phrases = _collected((code, spoken(element)) for code, element in elements.items())
        self.multiple = _collected((code, element.multiple) for code, element in elements.items() if element.variants)

    @cached_property
    def _by_length(self) -> Sequence[tuple[int, frozenset[Words]]]:
        """Phrases by their number of words, the longest first."""
        found: dict[int, set[Words]] = defaultdict(set)
        for phrase in (*self.phrases, *self.multiple):
            found[len(phrase)].add(phrase)
        return [(length, frozenset(found[length])) for length in sorted(found, reverse=True)]

    def match(self, words: Words, quantity: int | None = None) -> Match | None:
        """The phrase that these words are as a whole; None where they are none."""
        elements, multiple = self.phrases.get(words, ()), self.multiple.get(words, ())
        return Match(words, elements, multiple, quantity) if elements or multiple else None

    def find(self, text: str) -> Found:
        """The phrases in a text."""
        words = normalised(text)
        starts: dict[int, int] = {}
        used = [False] * len(words)
        for length, phrases in self._by_length:
            for start in range(len(words) - length + 1):
                end = start + length
                if words[start:end] in phrases and not any(used[start:end]):
                    starts[start] = end
                    used[start:end] = [True] * length
        matches = []
        for start, end in sorted(starts.items()):
            quantity = _quantity(words[start - 1]) if start and not used[start - 1] else None
            if quantity is not None:
                used[start - 1] = True
            found = self.match(words[start:end], quantity)
            if found:
                matches.append(found)
        left = (word for word, taken in zip(words, used, strict=True) if not taken and word not in STOP_WORDS)
        return Found(tuple(matches), tuple(dict.fromkeys(left)))

    def near(self, word: str) -> tuple[str, ...]:
        """Codes of the elements with phrases that are nearly the word, nearest first."""
        sought = " ".join(normalised(word[:200]))
        spelled = {" ".join(phrase): codes for phrase, codes in self.phrases.items()}
        close = difflib.get_close_matches(sought, sorted(spelled), n=_NEAR)
        return tuple(dict.fromkeys(code for phrase in close for code in spelled[phrase]))[:_NEAR]


def _collected(spoken_by: Iterable[tuple[str, Iterable[str]]]) -> Mapping[Words, tuple[str, ...]]:
    """By phrase the codes of what it is spoken of, sorted."""
    found: dict[Words, set[str]] = defaultdict(set)
    for code, texts in spoken_by:
        for text in texts:
            phrase = normalised(text)
            if phrase:
                found[phrase].add(code)
    return {phrase: tuple(sorted(codes)) for phrase, codes in found.items()}


def _quantity(word: str) -> int | None:
    """The number that a word is, 1 at least; None where it is none."""
    plain = word.isascii() and word.isdigit() and len(word) <= MOST_DIGITS
    return int(word) or None if plain else None
