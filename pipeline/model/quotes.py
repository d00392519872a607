"""Quotes: what a pack answers when people ask it for an offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from pipeline.model.resource import State


class Answered(NamedTuple):
    """An answer: whether it is an offer, as text for people, and as data for programs."""

    offered: bool
    text: str
    data: Mapping[str, Any]


Ask: TypeAlias = Callable[[State, str, Sequence[str], str, bool], Answered]
"""Asks a state, in a scope, for things one by one (`ESCAPE`, `MANILLAR=2`) and in a free text; the last argument asks
for the reasons as well. Raises UsageError where the scope is not there or a thing is not written so."""
