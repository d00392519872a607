"""Current and recorded -> what somebody changed past the pipeline. The ledger knows what is owned, so no manifest."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from pipeline.model.address import Address, Key, root, sort_key
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Ledger, Recorded, Resource, State
from pipeline.model.values import Value
from pipeline.plan.past import same

How: TypeAlias = Literal["changed", "retired", "revived", "vanished"]


class FieldDrift(NamedTuple):
    """An owned field that holds another value than was applied."""

    name: str
    applied: Value
    now: Value


class Drift(NamedTuple):
    """A resource that is not as it was applied. `fields` may be empty where it is retired, revived or vanished."""

    address: Address
    how: How
    fields: tuple[FieldDrift, ...] = ()


class Standing(NamedTuple):
    """How many resources of a kind are managed, retired by the pipeline, not its own, and not as it left them.

    Those that drifted are counted among the managed or the retired as well.
    """

    kind: str
    managed: int
    retired: int
    unmanaged: int
    drifted: int


class Status(NamedTuple):
    """The standing of every kind, in the pack's order, and each drift, by address."""

    standings: tuple[Standing, ...]
    drifts: tuple[Drift, ...]


def status(pack: Pack, scope: str | None, current: State, ledger: Ledger) -> Status:
    """What became of the rows since they were applied. The ledger's entries must hold their values."""
    standings, drifts = [], []
    for kind in pack.kinds:
        if scope is not None and not pack.lies_in_scope(kind):
            continue
        rows = {key: row for key, row in current[kind.name].items() if scope in (None, root(key))}
        entries = {key: entry for key, entry in ledger[kind.name].items() if scope in (None, root(key))}
        found = [drift for key, entry in entries.items() if (drift := _drift(kind, key, entry, rows.get(key)))]
        managed = sum(entry.active for entry in entries.values())
        unmanaged = sum(key not in entries for key in rows)
        standings.append(Standing(kind.name, managed, len(entries) - managed, unmanaged, len(found)))
        drifts += sorted(found, key=lambda drift: sort_key(drift.address))
    return Status(tuple(standings), tuple(drifts))


def _drift(kind: Kind, key: Key, entry: Recorded, row: Resource | None) -> Drift | None:
    """What retired is owned no more, but for staying retired."""
    address = Address(kind.name, key)
    if not entry.active:
        return Drift(address, "revived") if row is not None and row.active else None
    if row is None:
        return Drift(address, "vanished")
    fields = tuple(
        FieldDrift(name, applied, row.values[name])
        for name, applied in sorted((entry.values or {}).items())
        if name in row.values and not same(applied, row.values[name])
    )
    if not row.active:
        return Drift(address, "retired", fields)
    return Drift(address, "changed", fields) if fields else None
