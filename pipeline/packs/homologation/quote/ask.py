"""A question as people type it -> the answer as they read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipeline.errors import UsageError
from pipeline.model.quotes import Answered
from pipeline.model.resource import State
from pipeline.packs.homologation.quote.quote import quoted
from pipeline.packs.homologation.quote.render import data, text
from pipeline.packs.homologation.quote.request import Item, Request
from pipeline.packs.homologation.quote.tariff import Tariff

_QUANTITY: Final = re.compile("[1-9][0-9]{0,3}", re.ASCII)


def ask(state: State, category: str, things: Sequence[str], said: str, explain: bool) -> Answered:
    """The answer of a state, see `model.quotes`."""
    tariff = Tariff.of(state, category)
    found = quoted(tariff, Request(category, tuple(map(_item, things)), said))
    return Answered(found.offer is not None, text(found, tariff, explain=explain), data(found))


def _item(thing: str) -> Item:
    """An element with a quantity behind `=`, or without one."""
    word, equals, number = thing.rpartition("=")
    if not equals:
        return Item(thing)
    if not word.strip() or not _QUANTITY.fullmatch(number):
        raise UsageError(f"{thing!r} says no quantity. Write an element and a whole number from 1 to 9999: ESCAPE=2.")
    return Item(word, int(number))
