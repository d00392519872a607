"""Which changes of a plan are to blame for an answer: it is asked for again without each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from pipeline.model.address import Address
from pipeline.model.probe import Answer, Probes, Request
from pipeline.model.resource import State
from pipeline.plan.impact import CauseOf
from pipeline.plan.outcome import without

LISTED = 50
"""How many causes are told apart."""
LEFT_OUT = 500
"""How many changes are left out one by one at most: each time the pack has to read a state anew."""
_NONE = Answer(None, None)

Blamed: TypeAlias = "tuple[int, ...]"
"""The positions of changes among the addresses of an edit."""


class Edit(NamedTuple):
    """The states before and after the changes of some rows, by address, and who answers."""

    probes: Probes
    addresses: Sequence[Address]
    before: State
    after: State
    touched: Callable[[Iterable[Address]], Callable[[Request], bool]]

    def touching(self, start: int, end: int) -> Callable[[Request], bool]:
        """A test for requests that the rows at these positions can touch."""
        return self.touched(self.addresses[start:end])

    def answers(self, state: State, requests: Sequence[Request]) -> list[Answer]:
        """What a state says; all answers without an offer are alike."""
        return [_NONE if answer.label is None else answer for answer in self.probes.answers(state, requests)]


class Changed(NamedTuple):
    """A request that is answered otherwise afterwards."""

    request: Request
    before: Answer
    after: Answer

    @property
    def is_lost(self) -> bool:
        """Whether there is no offer any more."""
        return self.after.label is None

    @property
    def is_kept(self) -> bool:
        """Whether there is an offer before and afterwards."""
        return self.before.label is not None and self.after.label is not None

    @property
    def amounts(self) -> tuple[Decimal, Decimal] | None:
        """The amounts before and afterwards, None where they are equal or one is missing."""
        before, after = self.before.amount, self.after.amount
        return None if before is None or after is None or before == after else (before, after)


class Causes(NamedTuple):
    """The changes that can touch any of the requests, and those that cause each of them; None where that is too much
    to find out.
    """

    suspects: Blamed
    of: Sequence[Blamed] | None


def causes(edit: Edit, found: Sequence[Changed], limit: int) -> Causes:
    """Who is to blame for each of the requests, with at most `limit` answers from `LEFT_OUT` states.

    A change is a cause of a request that it can touch, if all other changes without it give another answer. Where each
    of several would be enough, so that none of them is, all that can touch the request are its causes.
    """
    touching = _touching(edit, [one.request for one in found], limit)
    if touching is None:
        return Causes(tuple(range(len(edit.addresses))), None)
    doubtful: dict[int, list[int]] = defaultdict(list)
    for number, suspects in enumerate(touching):
        for position in suspects if len(suspects) > 1 else ():  # one alone it must be
            doubtful[position].append(number)
    suspected = tuple(sorted({position for suspects in touching for position in suspects}))
    if len(doubtful) > LEFT_OUT or sum(map(len, doubtful.values())) > limit:
        return Causes(suspected, None)
    proven: list[list[int]] = [[] for _ in found]
    for position, numbers in sorted(doubtful.items()):
        state = without(edit.before, edit.after, edit.addresses[position])
        answers = edit.answers(state, [found[number].request for number in numbers])
        for number, answer in zip(numbers, answers, strict=True):
            if answer != found[number].after:
                proven[number].append(position)
    return Causes(suspected, [tuple(one or all_) for one, all_ in zip(proven, touching, strict=True)])


def _touching(edit: Edit, requests: Sequence[Request], limit: int) -> list[list[int]] | None:
    """The positions of the rows that can touch each of the requests; None if there are more than `limit` pairs.

    Rows are tried together and then by halves, because most changes of a large plan touch nothing.
    """
    found: list[list[int]] = [[] for _ in requests]
    count = 0
    waiting = [(0, len(edit.addresses), list(range(len(requests))))]
    while waiting:
        start, end, numbers = waiting.pop()
        can_touch = edit.touching(start, end)
        touched = [number for number in numbers if can_touch(requests[number])]
        if touched and end - start > 1:
            middle = (start + end) // 2
            waiting += [(middle, end, touched), (start, middle, touched)]  # the first half comes first
            continue
        count += len(touched)
        if count > limit:
            return None
        for number in touched:
            found[number].append(start)
    return found


def grouped(
    addresses: Sequence[Address], found: Sequence[Changed], blamed: Sequence[Blamed]
) -> tuple[tuple[CauseOf, ...], CauseOf | None]:
    """The causes of the most requests, and the rest of them together."""
    groups: dict[Blamed, list[Changed]] = defaultdict(list)
    for one, positions in zip(found, blamed, strict=True):
        groups[positions].append(one)
    ranked = sorted(groups, key=lambda positions: (-len(groups[positions]), positions))
    listed = tuple(together(addresses, positions, groups[positions]) for positions in ranked[:LISTED])
    left = ranked[LISTED:]
    if not left:
        return listed, None
    positions = tuple(sorted({position for blamed in left for position in blamed}))
    return listed, together(addresses, positions, [one for blamed in left for one in groups[blamed]])


def together(addresses: Sequence[Address], positions: Blamed, found: Sequence[Changed]) -> CauseOf:
    """What the changes at these positions come to."""
    amounts = [both for one in found if (both := one.amounts) is not None]
    differences = [after - before for before, after in amounts]
    return CauseOf(
        addresses=tuple(addresses[position] for position in positions),
        requests=len(found),
        impossible=sum(one.is_lost for one in found),
        smallest=min(differences, default=None),
        largest=max(differences, default=None),
        amounts=len(amounts),
        steepest=max(amounts, key=_steepness, default=None),
    )


def _steepness(amounts: tuple[Decimal, Decimal]) -> tuple[bool, Decimal, Decimal, Decimal]:
    """How much an amount changes for its size; of nothing it is more than any share."""
    before, after = amounts
    change = abs(after - before)
    return (True, change, before, after) if not before else (False, change / abs(before), before, after)
