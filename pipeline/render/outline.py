"""Changes in the order in which they are shown, with what is said of each beside its fields; for every format."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

from pipeline.model.address import path
from pipeline.plan.change import Action, Cause, Change, Plan

GLYPHS: dict[Action, str] = {"create": "+", "update": "~", "move": ">", "reactivate": "^", "deactivate": "-"}
CAUSES: dict[Cause, str] = {
    "drift": "changed outside the manifests",
    "conflict": "changed in the manifests and outside them",
    "adopt": "was there before",
}
_SINCE: dict[Cause, str] = CAUSES | {"conflict": "changed or built upon since"}
"""The same of a plan that takes a run back."""


class Entry(NamedTuple):
    """A change as it is listed under the heading of its scope.

    `steps` are its path without the scope, `old` the same of the path it has before a move. `place` is where in the
    manifests it stands, or that it does not; empty in a plan that takes a run back. `remark` says why the row as a
    whole changes, where that is not the manifest.
    """

    change: Change
    steps: tuple[str, ...]
    old: tuple[str, ...]
    place: str
    remark: str
    is_derived: bool


class Group(NamedTuple):
    """The changes of a scope, or of what belongs to all of them: kinds in the pack's order, then by path."""

    scope: str | None
    entries: tuple[Entry, ...]


def groups(plan: Plan) -> tuple[Group, ...]:
    """All changes; those that lie in no scope first."""
    rank = {name: position for position, name in enumerate(plan.kinds)}

    def position(item: tuple[str | None, tuple[str, ...], Change]) -> tuple[bool, str, int, tuple[str, ...]]:
        scope, steps, change = item
        return scope is not None, scope or "", rank[change.address.kind], steps

    items = [(plan.scope_of(change.address), path(change.address.key), change) for change in plan.changes]
    return tuple(
        Group(scope, tuple(_entry(plan, steps, change) for _, steps, change in within))
        for scope, within in groupby(sorted(items, key=position), lambda item: item[0])
    )


def causes(plan: Plan) -> Mapping[Cause, str]:
    """How a plan says what else than the manifests causes a change."""
    return CAUSES if plan.undoes is None else _SINCE


def _entry(plan: Plan, steps: tuple[str, ...], change: Change) -> Entry:
    said = change.address.kind in plan.scoped and len(steps) > 1  # the heading names the scope, or there is none
    steps = steps[1:] if said else steps
    old = path(change.moved_from) if change.moved_from is not None else ()
    place = _place(change) if plan.undoes is None else ""
    is_derived = change.address.kind in plan.derived
    return Entry(change, steps, old[len(old) - len(steps) :] if old else (), place, _remark(plan, change), is_derived)


def _remark(plan: Plan, change: Change) -> str:
    undoes = plan.undoes is not None
    if change.action == "create" and (change.cause == "drift" or undoes):
        return "the row had vanished"
    own_cause = change.cause != "manifest" and change.cause not in {field.cause for field in change.fields}
    return causes(plan)[change.cause] if own_cause and (change.origin or undoes) else ""


def _place(change: Change) -> str:
    if change.origin is None:
        return "no longer in the manifests" if change.cause == "manifest" else "not in the manifests"
    return change.origin.file + (f":{change.line}" if change.line else "")
