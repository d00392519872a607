"""What a customer asks: a category, elements by code or in words with how many of each, and perhaps a free text."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from pipeline.errors import UsageError

_QUANTITY: Final = re.compile("[1-9][0-9]{0,3}", re.ASCII)


class Item(NamedTuple):
    """Something that is asked for: the code of an element, or words that mean one, and how many of it, 1 at least."""

    word: str
    quantity: int = 1


class Request(NamedTuple):
    """A request: the slug of its category, what is asked for one by one, and what the customer wrote."""

    category: str
    items: tuple[Item, ...] = ()
    text: str = ""


def item_of(thing: str) -> Item:
    """An element with a quantity behind `=`, or without one, as people type it. UsageError for no quantity."""
    word, equals, number = thing.rpartition("=")
    if not equals:
        return Item(thing)
    if not word.strip() or not _QUANTITY.fullmatch(number):
        raise UsageError(f"{thing!r} says no quantity. Write an element and a whole number from 1 to 9999: ESCAPE=2.")
    return Item(word, int(number))
