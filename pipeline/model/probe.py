"""Probes: requests that a pack answers from a state, to see what a plan changes in the answers.

In the tariff catalogue a request is what a customer wants homologated, and the answer is a tier and a price.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pipeline.model.address import Address
from pipeline.model.resource import Origin, State

if TYPE_CHECKING:
    from pipeline.model.pack import Pack

Request: TypeAlias = Hashable
"""Whatever the pack means by it; the engine compares, sorts by name and hands it back."""


class Answer(NamedTuple):
    """What a state says to a request: a label (of the offer) with an amount, both None where there is no offer.

    `aspects` are sets of codes that belong to the answer, in the order of `Probes.aspects`.
    """

    label: str | None
    amount: Decimal | None
    aspects: tuple[frozenset[str], ...] = ()


class Enumeration(NamedTuple):
    """The requests of one scope, and how many things each has at most: `width` of the `full` that were wished."""

    scope: str
    requests: Sequence[Request]
    width: int
    full: int


@dataclass(frozen=True)
class Probes:
    """What a pack offers to measure the impact of a plan with.

    `label`, `amount` and `aspects` name the parts of an answer for people ("tier", "price", "warnings" …), `things`
    what requests are made of ("elements").
    `requests(before, after, limit)` gives the requests of each scope that both states know, at most `limit` in each.
    `touched(before, after)` gives of any rows a test that is false only for requests whose answer none of these rows
    can change; it is asked of many. `answers` takes requests of any scopes. `name` is how people read a request.
    """

    label: str
    amount: str
    aspects: tuple[str, ...]
    requests: Callable[[State, State, int], Sequence[Enumeration]]
    touched: Callable[[State, State], Callable[[Iterable[Address]], Callable[[Request], bool]]]
    answers: Callable[[State, Sequence[Request]], Sequence[Answer]]
    name: Callable[[Request], str]
    scope: Callable[[Request], str]
    things: str = "things"


class Example(NamedTuple):
    """An entry of the section of examples: a request and what is expected, as it stands in the manifests."""

    name: str
    scope: str
    entry: Mapping[str, Any]
    origin: Origin


class Mismatch(NamedTuple):
    """Something in which an answer is not as expected: what, and both as people read them.

    `at` is the path in the entry of what was expected.
    """

    what: str
    expected: str
    actual: str
    at: tuple[str | int, ...]


@dataclass(frozen=True)
class Examples:
    """Examples that domain experts write: a section of the manifests that makes no rows.

    `schema` is the JSON Schema of an entry; it has a `name`. `run` says of each example how the answer of a state
    differs from what it expects. `record` writes an entry from a request and the present answer, under the name given
    or one of its own: the request is a scope with words of the command line and a text, of which one may be missing;
    UsageError where it cannot be understood. `request` is what an example asks.
    """

    section: str
    schema: Mapping[str, Any]
    run: Callable[[Pack, State, Sequence[Example]], Sequence[Sequence[Mismatch]]]
    record: Callable[[Pack, State, str, Sequence[str], str | None, str | None], Mapping[str, Any]]
    request: Callable[[Example], Request]
