"""Impact worked out the long way: every request asked of every state, and every change left out by itself.

Written for comparison alone: nothing is left out because it cannot matter, and nothing is done at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from pipeline.model.address import Address
from pipeline.model.pack import Pack
from pipeline.model.probe import Answer, Probes, Request
from pipeline.model.resource import State
from pipeline.plan.change import Change
from pipeline.plan.impact import CauseOf, Difference, Impact
from pipeline.plan.outcome import outcome


def expected(pack: Pack, probes: Probes, changes: Sequence[Change], before: State, limit: int) -> dict[str, Any]:
    """What an impact has to say of changes without moves: its fields by name, differences and causes in full."""
    after = outcome(pack, before, changes)
    asked = [request for listed in probes.requests(before, after, limit) for request in listed.requests]
    was, now = {r: ask(probes, before, r) for r in asked}, {r: ask(probes, after, r) for r in asked}
    changed = [r for r in asked if was[r] != now[r]]
    kept = [r for r in changed if was[r].label and now[r].label]
    moved = {r: amount(now[r]) - amount(was[r]) for r in kept if now[r].amount != was[r].amount}
    causes = {r: causes_of(pack, probes, changes, before, after, r) for r in changed}
    groups: dict[frozenset[Address], list[Request]] = defaultdict(list)
    for request in changed:
        groups[causes[request]].append(request)
    return {
        "different": len(changed),
        "amounts": len(moved),
        "labels": sum(was[r].label != now[r].label for r in kept),
        "changed": tuple(
            sum(was[r].aspects[number] != now[r].aspects[number] for r in kept) for number in range(len(probes.aspects))
        ),
        "impossible": sum(now[r].label is None for r in changed),
        "possible": sum(was[r].label is None for r in changed),
        "smallest": min(moved.values(), default=None),
        "median": median(moved.values()) if moved else None,
        "largest": max(moved.values(), default=None),
        "top": sorted(map(abs, moved.values()), reverse=True)[:10],
        "differences": {(probes.scope(r), probes.name(r)): (was[r], now[r], causes[r]) for r in changed},
        "by_cause": {
            rows: (
                len(members),
                sum(now[r].label is None for r in members),
                min((moved[r] for r in members if r in moved), default=None),
                max((moved[r] for r in members if r in moved), default=None),
                sum(r in moved for r in members),
            )
            for rows, members in groups.items()
        },
    }


def ask(probes: Probes, state: State, request: Request) -> Answer:
    """One answer; without an offer there is nothing to compare."""
    (answer,) = probes.answers(state, [request])
    return answer if answer.label is not None else Answer(None, None)


def amount(answer: Answer) -> Decimal:
    """The amount of an answer that has one."""
    assert answer.amount is not None
    return answer.amount


def causes_of(
    pack: Pack, probes: Probes, changes: Sequence[Change], before: State, after: State, request: Request
) -> frozenset[Address]:
    """The changes without which the answer is another; all that can touch it where there is none."""
    able = [change for change in changes if probes.touched(before, after)([change.address])(request)]
    found = set()
    for left_out in able:
        state = outcome(pack, before, [change for change in changes if change is not left_out])
        if left_out.action == "create":
            kind, key = left_out.address
            state[kind] = {**state[kind], key: after[kind][key]._replace(active=False)}
        if ask(probes, state, request) != ask(probes, after, request):
            found.add(left_out.address)
    return frozenset(found or (change.address for change in able))


def told(impact: Impact) -> dict[str, Any]:
    """The same of an impact: what `expected` says of it, save `differences`, of which it tells but a few."""
    names = ("different", "amounts", "labels", "changed", "impossible", "possible", "smallest", "median", "largest")
    return {
        **{name: getattr(impact, name) for name in names},
        "top": [abs(found.amount) for found in impact.top if found.amount is not None],
        "by_cause": {frozenset(cause.addresses): _cause(cause) for cause in impact.by_cause},
    }


def _cause(cause: CauseOf) -> tuple[Any, ...]:
    return cause.requests, cause.impossible, cause.smallest, cause.largest, cause.amounts


def listed(found: Difference) -> tuple[tuple[str, str], tuple[Answer, Answer, frozenset[Address]]]:
    """A difference as `expected` has it."""
    return (found.scope, found.request), (found.before, found.after, frozenset(found.causes))
