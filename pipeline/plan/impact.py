"""Impact: what a plan changes in the answers to requests (see `model.probe`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from pipeline.model import values
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
    """Changes of the plan that together cause differences: how many, and the smallest and largest amount among them.

    `amounts` of the `requests` differ in their amount, and `impossible` lose their offer. `steepest` is the amount
    before and afterwards of the one that changes most for its size; of nothing, any amount is more than any share.
    """

    addresses: tuple[Address, ...]
    requests: int
    impossible: int
    smallest: Decimal | None
    largest: Decimal | None
    amounts: int = 0
    steepest: tuple[Decimal, Decimal] | None = None


class Probed(NamedTuple):
    """How many requests of a scope were compared, with how many things each at most (`width` of `full`)."""

    scope: str
    requests: int
    width: int
    full: int


@dataclass(frozen=True)
class Impact:
    """What a plan changes in the answers to all requests.

    `label`, `amount` and `aspects` name the parts of an answer, `things` what is asked for. `amounts`, `labels` and
    `changed` (by aspect) count the requests with an offer before and afterwards of which that part differs;
    `impossible` and `possible` count those that lose or gain their offer. `smallest`, `median` and `largest` are of
    the differences of amounts, None where there are none. `top` are the ten largest, by the absolute difference, and
    `lost` the first ten that lose their offer. `by_cause` are the fifty causes of the most requests, sorted by their
    number, and `rest` is what remains of them: all changes of the others together. Without `caused` there were too many
    changes to leave each out: then `rest` is all there is. `new` are scopes that the plan makes: nothing of them is
    compared.
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
    rest: CauseOf | None = None
    things: str = "things"

    @property
    def requests(self) -> int:
        """How many requests were compared in all scopes."""
        return sum(found.requests for found in self.probed)

    @property
    def causes(self) -> tuple[CauseOf, ...]:
        """All causes, with what remains of them."""
        return self.by_cause if self.rest is None else (*self.by_cause, self.rest)

    def document(self) -> dict[str, Any]:
        """The impact as part of a plan's document."""
        return {
            "label": self.label,
            "amount": self.amount,
            "things": self.things,
            "probed": [found._asdict() for found in self.probed],
            "new": self.new,
            "different": self.different,
            "amounts": self.amounts,
            "labels": self.labels,
            "aspects": [
                {"name": name, "changed": count}
                for name, count in zip(self.aspects, self.changed or (0,) * len(self.aspects), strict=True)
            ],
            "impossible": self.impossible,
            "possible": self.possible,
            "smallest": self.smallest,
            "median": self.median,
            "largest": self.largest,
            "top": [_difference(found) for found in self.top],
            "lost": [_difference(found) for found in self.lost],
            "caused": self.caused,
            "by_cause": [_cause(cause) for cause in self.by_cause],
            "rest": None if self.rest is None else _cause(self.rest),
        }


def read(written: Mapping[str, Any]) -> Impact:
    """The impact that a document tells of. Raises KeyError, TypeError, ValueError or ArithmeticError for any other."""
    return Impact(
        label=written["label"],
        amount=written["amount"],
        aspects=tuple(aspect["name"] for aspect in written["aspects"]),
        probed=tuple(Probed(**found) for found in written["probed"]),
        different=written["different"],
        amounts=written["amounts"],
        labels=written["labels"],
        changed=tuple(aspect["changed"] for aspect in written["aspects"]),
        impossible=written["impossible"],
        possible=written["possible"],
        smallest=_amount(written["smallest"]),
        median=_amount(written["median"]),
        largest=_amount(written["largest"]),
        top=tuple(map(_read_difference, written["top"])),
        lost=tuple(map(_read_difference, written["lost"])),
        by_cause=tuple(map(_read_cause, written["by_cause"])),
        caused=written["caused"],
        new=tuple(written["new"]),
        rest=None if written["rest"] is None else _read_cause(written["rest"]),
        things=written["things"],
    )


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "request": found.request,
        "scope": found.scope,
        "before": _answer(found.before),
        "after": _answer(found.after),
        "rows": _rows(found.causes),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {"label": answer.label, "amount": answer.amount, "aspects": [sorted(codes) for codes in answer.aspects]}


def _cause(cause: CauseOf) -> dict[str, Any]:
    return {
        "rows": _rows(cause.addresses),
        "requests": cause.requests,
        "amounts": cause.amounts,
        "impossible": cause.impossible,
        "smallest": cause.smallest,
        "largest": cause.largest,
        "steepest": cause.steepest,
    }


def _rows(addresses: tuple[Address, ...]) -> list[dict[str, Any]]:
    return [{"kind": row.kind, "key": row.key, "address": str(row)} for row in addresses]


def _read_difference(written: Mapping[str, Any]) -> Difference:
    before, after = (_read_answer(written[side]) for side in ("before", "after"))
    return Difference(written["request"], written["scope"], before, after, _read_rows(written["rows"]))


def _read_answer(written: Mapping[str, Any]) -> Answer:
    return Answer(written["label"], _amount(written["amount"]), tuple(map(frozenset, written["aspects"])))


def _read_cause(written: Mapping[str, Any]) -> CauseOf:
    steepest = written["steepest"]
    return CauseOf(
        addresses=_read_rows(written["rows"]),
        requests=written["requests"],
        impossible=written["impossible"],
        smallest=_amount(written["smallest"]),
        largest=_amount(written["largest"]),
        amounts=written["amounts"],
        steepest=None if steepest is None else (Decimal(steepest[0]), Decimal(steepest[1])),
    )


def _read_rows(written: list[dict[str, Any]]) -> tuple[Address, ...]:
    return tuple(Address(row["kind"], values.key(row["key"])) for row in written)


def _amount(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
