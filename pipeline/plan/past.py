"""What runs left behind: the runs, and what each of them did to every row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias

from pipeline.model.address import Address, Key
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Recorded
from pipeline.model.values import Value, canonical_text
from pipeline.plan.change import Action, Basis, Cause, Change, FieldChange, Plan

LIVENESS = "active"
"""The name under which a resource's liveness is asked for: manifests write it so."""

Deed: TypeAlias = Action | Literal["record"]


class Run(NamedTuple):
    """One apply. `at` is in UTC; `clean` says whether the working tree held nothing but the commit.

    `counts` are by action, `record` among them. `pruned` says that its changes are kept no more. `allowed` are the
    hazards as they were recorded.
    """

    number: int
    pack: str
    at: datetime
    actor: str
    database_user: str
    reason: str | None
    scope: str | None
    commit: str | None
    clean: bool | None
    undoes: int | None
    allowed: tuple[Any, ...]
    counts: Mapping[str, int]
    pruned: bool


class Entry(NamedTuple):
    """What a run did to one row, or that it only noted it in the ledger (`record`).

    `declared`, `active` and `protected` are what the ledger held afterwards, `recorded` what it held before.
    """

    address: Address
    action: Deed
    cause: Cause
    fields: tuple[FieldChange, ...]
    declared: Mapping[str, Value]
    active: bool
    protected: bool
    recorded: Recorded | None
    file: str | None = None
    line: int | None = None
    moved_from: Key | None = None


class Touch(NamedTuple):
    """A run, and what it did to the row that is asked about."""

    run: Run
    entry: Entry


Manner: TypeAlias = Literal["set", "created", "found", "unknown"]


class Blame(NamedTuple):
    """Where one value of a resource comes from.

    `how`: a run wrote it (`set`, or `created` with the row); it stood there when a run took it over (`found`); or
    the run that did is not known any more (`unknown`: `touch` is the oldest that is, None where there is none).
    `value` is what was applied, `now` what the row holds. `owned` is false for what manifests no longer declare.
    """

    name: str
    value: Value
    now: Value
    owned: bool
    how: Manner
    touch: Touch | None


def same(one: Value, other: Value) -> bool:
    """Whether two values are one. The log writes JSON's null and an absent value alike, and NaN equals itself."""
    return one == other or canonical_text([one]) == canonical_text([other])


def retold(run: Run, entries: Iterable[Entry], pack: Pack) -> Plan:
    """A run's changes as the plan they once were, to be shown like one. Kinds that are gone come last."""
    changes = [
        Change(
            entry.action,
            entry.address,
            entry.cause,
            entry.fields,
            entry.declared,
            entry.active,
            Origin(entry.file) if entry.file else None,
            entry.line or 0,
            entry.moved_from,
            entry.protected,
        )
        for entry in entries
        if entry.action != "record"
    ]
    kinds = [kind.name for kind in pack.kinds]
    return Plan(
        pack=run.pack,
        scope=run.scope,
        kinds=tuple(dict.fromkeys([*kinds, *(change.address.kind for change in changes)])),
        scoped=frozenset(kind.name for kind in pack.kinds if pack.lies_in_scope(kind)),
        changes=tuple(changes),
        records=(),
        unchanged=0,
        unmanaged=0,
        basis=Basis("", {}, ""),
        undoes=run.undoes,
    )


def blame(name: str, applied: Value, now: Value, touches: Iterable[Touch], *, owned: bool) -> Blame:
    """Which of the touches, newest first, gave the field (or `active`) the value that was applied."""
    oldest = None
    for touch in touches:
        how = _manner(name, touch.entry)
        if how:
            return Blame(name, applied, now, owned, how, touch)
        oldest = touch
    return Blame(name, applied, now, owned, "unknown", oldest)


def _manner(name: str, entry: Entry) -> Manner | None:
    """How the entry concerns the field; None where it leaves it alone."""
    if entry.action == "create":
        return "created" if name in entry.declared or name == LIVENESS else None
    if any(field.name == name for field in entry.fields):
        return "set"
    before = entry.recorded
    if name == LIVENESS:
        if entry.action in ("reactivate", "deactivate"):
            return "set"
        return "found" if before is None or before.active != entry.active else None
    if name not in entry.declared:
        return None
    held = (before.values if before else None) or {}
    return None if name in held and same(held[name], entry.declared[name]) else "found"
