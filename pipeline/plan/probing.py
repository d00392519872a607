"""Changes -> impact: requests answered before and after a plan, and again without each change that may be to blame.

What is renamed has its new name before, too: a tier under another code is the same tier. A request without an offer
before and afterwards does not count, whatever else is said to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from pipeline.model.address import root, sort_key
from pipeline.model.pack import Pack
from pipeline.model.probe import Probes, Request
from pipeline.model.resource import State
from pipeline.plan.causes import Changed, Edit, causes, grouped, together
from pipeline.plan.change import Change
from pipeline.plan.impact import Difference, Impact, Probed
from pipeline.plan.outcome import outcome, renamed

LIMIT = 500_000
"""How many requests are compared in a scope, unless the settings say otherwise."""
LISTED = 10
"""How many differences are told one by one."""


def impact(
    pack: Pack,
    probes: Probes,
    changes: Collection[Change],
    current: State,
    *,
    limit: int = LIMIT,
    examples: Iterable[Request] = (),
) -> Impact | None:
    """What the changes of a plan make of the answers, None where there are no changes.

    `current` are the rows as the database has them, before any move. At most `limit` requests are compared in each
    scope, and the `examples` beside them; to find the causes no more than `limit` answers are asked for in all.
    """
    if not changes:
        return None
    made = Impact(probes.label, probes.amount, probes.aspects, (), things=probes.things)
    if pack.scope and not current[pack.scope]:
        return replace(made, new=_new(pack, changes, ()))
    edit = _edit(pack, probes, changes, current)
    probed, asked = _asked(edit, limit, examples)
    pairs = zip(asked, edit.answers(edit.before, asked), edit.answers(edit.after, asked), strict=True)
    found = [Changed(*both) for both in pairs if both[1] != both[2]]
    made = replace(_counted(made, found), probed=probed, new=_new(pack, changes, probed))
    return _blamed(edit, made, found, limit) if found else made


def _new(pack: Pack, changes: Iterable[Change], probed: Sequence[Probed]) -> tuple[str, ...]:
    """The scopes that the plan makes, and that nothing was asked of."""
    coming = (change for change in changes if change.address.kind == pack.scope)
    found = {root(change.address.key) or "" for change in coming if change.action in ("create", "reactivate")}
    return tuple(sorted(found - {one.scope for one in probed}))


def _edit(pack: Pack, probes: Probes, changes: Collection[Change], current: State) -> Edit:
    """The states before and after, both under the new keys, and the rows that differ in them."""
    before = renamed(pack, current, changes)
    after = outcome(pack, before, [change._replace(moved_from=None) for change in changes])
    telling = [
        change.address
        for change in changes
        if change.moved_from is None
        or before[change.address.kind][change.address.key] != after[change.address.kind][change.address.key]
    ]
    return Edit(probes, sorted(telling, key=sort_key), before, after, probes.touched(before, after))


def _asked(edit: Edit, limit: int, examples: Iterable[Request]) -> tuple[tuple[Probed, ...], list[Request]]:
    """How many requests there are by scope, and those of them that the changes can touch."""
    more: dict[str, dict[Request, None]] = defaultdict(dict)
    for example in examples:
        more[edit.probes.scope(example)][example] = None
    can_touch = edit.touching(0, len(edit.addresses))
    probed, asked = [], []
    listed = edit.probes.requests(edit.before, edit.after, limit)
    for scope, requests, width, full in sorted(listed, key=lambda one: one.scope):
        beside = more.get(scope, {})
        if beside:
            known = {request for request in requests if request in beside}
            beside = {request: None for request in beside if request not in known}
        asked += [request for among in (requests, beside) for request in among if can_touch(request)]
        probed.append(Probed(scope, len(requests) + len(beside), width, full))
    return tuple(probed), asked


def _counted(made: Impact, found: Sequence[Changed]) -> Impact:
    """The impact with its numbers."""
    kept = [one for one in found if one.is_kept]
    differences = sorted(both[1] - both[0] for one in kept if (both := one.amounts) is not None)
    return replace(
        made,
        different=len(found),
        amounts=len(differences),
        labels=sum(one.before.label != one.after.label for one in kept),
        changed=tuple(
            sum(one.before.aspects[number] != one.after.aspects[number] for one in kept)
            for number in range(len(made.aspects))
        ),
        impossible=sum(one.is_lost for one in found),
        possible=sum(one.before.label is None for one in found),
        smallest=differences[0] if differences else None,
        median=_median(differences) if differences else None,
        largest=differences[-1] if differences else None,
    )


def _median(ordered: Sequence[Decimal]) -> Decimal:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _blamed(edit: Edit, made: Impact, found: Sequence[Changed], limit: int) -> Impact:
    """The impact with what caused it, and the differences that are told one by one."""
    suspects, blamed = causes(edit, found, limit)

    def told(number: int) -> Difference:
        one = found[number]
        name, scope = edit.probes.name(one.request), edit.probes.scope(one.request)
        of = () if blamed is None else tuple(edit.addresses[position] for position in blamed[number])
        return Difference(name, scope, one.before, one.after, of)

    lost = [number for number, one in enumerate(found) if one.is_lost]
    moved = [(abs(both[1] - both[0]), number) for number, one in enumerate(found) if (both := one.amounts) is not None]
    largest = sorted(moved, key=lambda one: (-one[0], one[1]))
    by_cause, rest = (
        ((), together(edit.addresses, suspects, found)) if blamed is None else grouped(edit.addresses, found, blamed)
    )
    return replace(
        made,
        top=tuple(told(number) for _, number in largest[:LISTED]),
        lost=tuple(map(told, lost[:LISTED])),
        by_cause=by_cause,
        caused=blamed is not None,
        rest=rest,
    )
