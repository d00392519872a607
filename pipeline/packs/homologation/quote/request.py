"""What a customer asks: a category, elements by code or in words with how many of each, and perhaps a free text."""

from __future__ import annotations

from typing import NamedTuple


class Item(NamedTuple):
    """Something that is asked for: the code of an element, or words that mean one, and how many of it, 1 at least."""

    word: str
    quantity: int = 1


class Request(NamedTuple):
    """A request: the slug of its category, what is asked for one by one, and what the customer wrote."""

    category: str
    items: tuple[Item, ...] = ()
    text: str = ""
