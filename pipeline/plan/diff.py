"""Desired, current and recorded -> changes: the rules of ownership, intent and drift.

Of every field the manifests own there are three values: want (manifest), have (row), last (ledger). What
is to be done, and why, follows from which of them agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from pipeline.model.address import Address, Key, root
from pipeline.model.kind import AppendOnly, Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Ledger, Recorded, Resource, State, fingerprint
from pipeline.model.values import Row, Value
from pipeline.plan.change import CAUSES, Action, Cause, Change, FieldChange, Record
from pipeline.plan.standing import with_status


class Difference(NamedTuple):
    """What separates the database from the manifests, in no particular order."""

    changes: list[Change]
    records: list[Record]
    unchanged: int
    unmanaged: int


def unsettled(desired: State, current: State, ledger: Ledger, pack: Pack, scope: str | None) -> list[Address]:
    """The resources that are not plainly as declared and recorded: those a closer look has to decide.

    Everything else needs no more than the ledger's digest, so that its values need not be fetched.
    """
    found = []
    for kind in pack.kinds:
        wanted, have, recorded = desired[kind.name], current[kind.name], ledger[kind.name]
        is_kept = isinstance(kind.retire, AppendOnly)
        for key, resource in wanted.items():
            if covers(pack, kind, key, scope) and not _is_settled(resource, have.get(key), recorded.get(key)):
                found.append(resource.address)
        for key, entry in recorded.items():
            if entry.active and key not in wanted and not is_kept and covers(pack, kind, key, scope):
                found.append(Address(kind.name, key))
        strays = _strays(kind, desired, current, recorded)
        found += [address for address in strays if covers(pack, kind, address.key, scope)]
    return found


def diff(
    desired: State, current: State, ledger: Ledger, pack: Pack, scope: str | None, addresses: Collection[Address]
) -> Difference:
    """The changes that bring the unsettled resources at `addresses` to what the manifests declare.

    The ledger entries of those addresses must hold their values.
    """
    changes: list[Change] = []
    records: list[Record] = []
    for address in addresses:
        want = desired[address.kind].get(address.key)
        have = current[address.kind].get(address.key)
        last = ledger[address.kind].get(address.key)
        kind = pack.kind[address.kind]
        outcome = _undeclared(address, have, last) if want is None else _declared(kind, want, have, last)
        if isinstance(outcome, Change):
            changes.append(with_status(kind, outcome, have))
        elif outcome is not None:
            records.append(outcome)
    declared = sum(covers(pack, kind, key, scope) for kind in pack.kinds for key in desired[kind.name])
    written = sum(change.address.key in desired[change.address.kind] for change in changes)
    touched = {change.address for change in changes}
    unmanaged = sum(address not in touched for address in _unmanaged(desired, current, ledger, pack, scope))
    return Difference(changes, records, declared - written, unmanaged)


def _is_like(want: Resource, have: Resource | None) -> bool:
    if have is None or want.active != have.active:
        return False
    row = have.values
    if isinstance(row, Row):  # straight into the cells: this is asked of every value of every manifest
        at, cells = row.at, row.cells
        return all(cells[at[name]] == value for name, value in want.values.items())
    return all(row[name] == value for name, value in want.values.items())


def covers(pack: Pack, kind: Kind, key: Key, scope: str | None) -> bool:
    """Whether a plan for the scope, or for all where it is None, is about the kind's resource with that key."""
    return scope is None or (pack.lies_in_scope(kind) and root(key) == scope)


def _is_settled(want: Resource, have: Resource | None, last: Recorded | None) -> bool:
    if last is None or want.active != last.active or not _is_like(want, have):
        return False
    return last.digest == fingerprint(want.values, active=want.active, protected=want.protected)


def _unmanaged(desired: State, current: State, ledger: Ledger, pack: Pack, scope: str | None) -> Iterator[Address]:
    for kind in pack.kinds:
        wanted, recorded = desired[kind.name], ledger[kind.name]
        for key in current[kind.name]:
            if key not in wanted and key not in recorded and covers(pack, kind, key, scope):
                yield Address(kind.name, key)


def _strays(kind: Kind, desired: State, current: State, recorded: Mapping[Key, Recorded]) -> Iterator[Address]:
    """Active rows of a link that no entry asks for, though the entry they belong to is declared.

    One entry makes both rows and so says all there is to say: a link that somebody else drew to it retires.
    """
    along = next((ref for ref in kind.refs if ref.to == kind.along), None)
    if along is None:
        return
    for key, row in current[kind.name].items():
        entry = recorded.get(key)
        known = key in desired[kind.name] or (entry is not None and entry.active)
        if row.active and not known and row.values[along.name] in desired[along.to]:
            yield row.address


def _declared(kind: Kind, want: Resource, have: Resource | None, last: Recorded | None) -> Change | Record:
    """A resource that the manifests declare: create, update, reactivate, deactivate, or just record it."""
    known = dict(last.values or {}) if last else {}
    if have is None:
        cause: Cause = "drift" if last else "manifest"
        return _change("create", want, cause, ())
    fields = tuple(_changed_fields(kind, want, have, known if last else None))
    action: Action = "update"
    causes = [field.cause for field in fields]
    if want.active != have.active:
        action = "reactivate" if want.active else "deactivate"
        causes.append(_cause(want.active, have.active, last.active if last else None, known=last is not None))
    if not causes:
        return Record(want.address, want.values, want.active, want.protected)
    return _change(action, want, max(causes, key=CAUSES.index), fields)


def _change(action: Action, want: Resource, cause: Cause, fields: tuple[FieldChange, ...]) -> Change:
    protected = want.protected
    return Change(action, want.address, cause, fields, want.values, want.active, want.origin, protected=protected)


def _changed_fields(kind: Kind, want: Resource, have: Resource, last: dict[str, Value] | None) -> Iterator[FieldChange]:
    """Declared fields that differ, and fields that are declared no more and go back to the default."""
    wanted = dict(want.values)
    for name in last or {}:
        if name not in wanted and (name in kind.field or name in kind.ref):
            wanted[name] = _default(kind, name)
    for name in sorted(wanted):
        before, after = have.values[name], wanted[name]
        if before != after:
            known = last is not None and name in last
            if last is not None and not known and before == _default(kind, name):
                cause: Cause = "manifest"  # nobody has written the field before
            else:
                cause = _cause(after, before, (last or {}).get(name), known=known)
            yield FieldChange(name, before, after, cause)


def _default(kind: Kind, name: str) -> Value:
    """What a field or reference holds that nobody declares."""
    return kind.field[name].default if name in kind.field else None


def _cause(want: Value, have: Value, last: Value, *, known: bool) -> Cause:
    """Why want and have differ: who moved since the last apply, the manifests, somebody else, or both."""
    if not known:
        return "adopt"
    if last == have:
        return "manifest"
    return "drift" if last == want else "conflict"


def _undeclared(address: Address, have: Resource | None, last: Recorded | None) -> Change | Record:
    """A resource that the manifests do not declare, or not any more: it retires, if it is still there."""
    kept = dict((last.values if last else None) or {})
    protected = last.protected if last else False
    if have is None or not have.active:
        return Record(address, kept, active=False, protected=protected)
    cause: Cause = "adopt" if last is None else "manifest" if last.active else "drift"
    return Change("deactivate", address, cause, (), kept, active=False, protected=protected)
