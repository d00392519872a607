"""The part of a plan that undoes what others did: its drift and conflicts."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model.deviation import Deviation
from pipeline.model.resource import Ledger, State
from pipeline.plan.change import Change, Plan


def deviations(plan: Plan, current: State, ledger: Ledger) -> list[Deviation]:
    """What was changed past the manifests since the last apply, in the order of the plan.

    The states have the keys that the plan's moves lead to.
    """
    return [found for change in plan.changes for found in _of(change, current, ledger)]


def _of(change: Change, current: State, ledger: Ledger) -> Iterator[Deviation]:
    address, origin = change.address, change.origin
    if change.action == "create" or origin is None:
        if change.cause == "drift":
            yield Deviation("vanished" if change.action == "create" else "revived", address, origin)
        return
    for field in change.fields:
        if field.cause in ("drift", "conflict"):
            sort = "field" if field.cause == "drift" else "conflict"
            yield Deviation(sort, address, origin, field.name, field.after, field.before)  # type: ignore[arg-type]  # as the kind has it
    have, last = current[address.kind][address.key].active, ledger[address.kind].get(address.key)
    if last is not None and have != change.active == last.active:
        yield Deviation("active", address, origin, "active", change.active, have)
