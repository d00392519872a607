"""What runs left behind: the runs, and what each of them did to every row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias

from pipeline.model.address import Address, Key
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Recorded
from pipeline.model.values import Value, canonical_text
from pipeline.plan.change import Action, Basis, Cause, Change, FieldChange, Plan

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


def same(one: Value, other: Value) -> bool:
    """Whether two values are one. The log writes JSON's null and an absent value alike, and NaN equals itself."""
    return one == other or canonical_text([one]) == canonical_text([other])


def with_code(entry: Entry, kind: Kind) -> Entry:
    """The entry with its rename among the fields that it changed."""
    if entry.moved_from is None:
        return entry
    old, new = entry.moved_from[-1], entry.address.key[-1]
    return entry._replace(fields=(*entry.fields, FieldChange(kind.code, old, new, "manifest")))


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
