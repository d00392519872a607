"""Impact: what a plan changes in the answers to requests (see `model.probe`)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from pipeline.model.address import Address
from pipeline.model.probe import Answer


class Difference(NamedTuple):
    """A request that is answered otherwise afterwards, and the changes of the plan that cause it."""

    request: str
    scope: str
    before: Answer
    after: Answer
    causes: tuple[Address, ...] = ()

    @property
    def amount(self) -> Decimal | None:
        """By how much the amount changes, None where there is none before or afterwards."""
        if self.before.amount is None or self.after.amount is None:
            return None
        return self.after.amount - self.before.amount


class CauseOf(NamedTuple):
    """Changes of the plan that together cause differences: how many, and the smallest and largest amount among them."""

    addresses: tuple[Address, ...]
    requests: int
    impossible: int
    smallest: Decimal | None
    largest: Decimal | None


class Probed(NamedTuple):
    """How many requests of a scope were compared, with how many things each at most (`width` of `full`)."""

    scope: str
    requests: int
    width: int
    full: int


@dataclass(frozen=True)
class Impact:
    """What a plan changes in the answers to all requests.

    `label`, `amount` and `aspects` name the parts of an answer. `amounts`, `labels` and `changed` (by aspect) count
    the requests with an offer before and afterwards of which that part differs; `impossible` and `possible` count
    those that lose or gain their offer. `smallest`, `median` and `largest` are of the differences of amounts, None
    where there are none. `top` are the ten largest, by the absolute difference, and `lost` the first ten that lose
    their offer. `by_cause` is sorted by the number of requests; without `caused` there were too many changes to leave
    each out. `new` are scopes that the plan makes: nothing of them is compared.
    """

    label: str
    amount: str
    aspects: tuple[str, ...]
    probed: tuple[Probed, ...]
    different: int = 0
    amounts: int = 0
    labels: int = 0
    changed: tuple[int, ...] = ()
    impossible: int = 0
    possible: int = 0
    smallest: Decimal | None = None
    median: Decimal | None = None
    largest: Decimal | None = None
    top: tuple[Difference, ...] = ()
    lost: tuple[Difference, ...] = ()
    by_cause: tuple[CauseOf, ...] = ()
    caused: bool = True
    new: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The impact as part of a plan's document."""
        return {
            "label": self.label,
            "amount": self.amount,
            "probed": [found._asdict() for found in self.probed],
            "new": self.new,
            "different": self.different,
            "amounts": self.amounts,
            "labels": self.labels,
            "aspects": dict(zip(self.aspects, self.changed, strict=True)) if self.changed else {},
            "impossible": self.impossible,
            "possible": self.possible,
            "smallest": self.smallest,
            "median": self.median,
            "largest": self.largest,
            "top": [_difference(found) for found in self.top],
            "lost": [_difference(found) for found in self.lost],
            "caused": self.caused,
            "by_cause": [
                {
                    "rows": [{"kind": row.kind, "key": row.key, "address": str(row)} for row in cause.addresses],
                    "requests": cause.requests,
                    "impossible": cause.impossible,
                    "smallest": cause.smallest,
                    "largest": cause.largest,
                }
                for cause in self.by_cause
            ],
        }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "request": found.request,
        "scope": found.scope,
        "before": {"label": found.before.label, "amount": found.before.amount},
        "after": {"label": found.after.label, "amount": found.after.amount},
        "rows": [str(row) for row in found.causes],
    }
