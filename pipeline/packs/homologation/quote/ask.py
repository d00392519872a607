"""A question as people type it -> the answer as they read it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model.quotes import Answered
from pipeline.model.resource import State
from pipeline.packs.homologation.quote.quote import quoted
from pipeline.packs.homologation.quote.render import data, text
from pipeline.packs.homologation.quote.request import Request, item_of
from pipeline.packs.homologation.quote.tariff import Tariff


def ask(state: State, category: str, things: Sequence[str], said: str, explain: bool) -> Answered:
    """The answer of a state, see `model.quotes`."""
    tariff = Tariff.of(state, category)
    found = quoted(tariff, Request(category, tuple(map(item_of, things)), said))
    return Answered(found.offer is not None, text(found, tariff, explain=explain), data(found))
