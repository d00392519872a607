"""A run's changes -> the changes that take them back.

Rows get the values they had before the run, and the ledger what it held before: so the next plan of unchanged
manifests shows the run's changes again, for the same reasons. What later runs wrote to other fields stays. What the
run created is retired, never deleted.

The cause of a change is `manifest` where the row still is as the run left it. It is `conflict` where something would
be lost that came later: a field or the liveness was changed again (by a later run or by hand), the row vanished, or a
row that a later run wrote stays active and refers to one that retires.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from pipeline.errors import RollbackError
from pipeline.model.address import Address
from pipeline.model.kind import AppendOnly
from pipeline.model.pack import Pack
from pipeline.model.resource import Ledger, Recorded, Resource, State
from pipeline.model.values import Declared, Value
from pipeline.plan.change import Action, Cause, Change, FieldChange, Record
from pipeline.plan.diff import Difference
from pipeline.plan.outcome import outcome
from pipeline.plan.past import Entry, Run, same
from pipeline.plan.standing import with_status


def inverse(
    run: Run, entries: Sequence[Entry], current: State, ledger: Ledger, newer: Collection[Address], pack: Pack
) -> Difference:
    """The changes that take a run back, in no particular order. The ledger must hold the values of its resources.

    Entries and states have the keys from before the run (see `plan.way_back`). `newer` are the resources that later
    runs wrote. Raises RollbackError where the run cannot be taken back.
    """
    changes: list[Change] = []
    records: list[Record] = []
    for entry in entries:
        kind, key = entry.address
        _require_understood(run, entry, pack)
        have, last = current[kind].get(key), ledger[kind].get(key)
        if have is None and last is None:
            raise refused(run, f"{entry.address} is not known any more: it was renamed or removed since")
        if isinstance(pack.kind[kind].retire, AppendOnly):
            continue  # what was added stays: such rows are evidence
        found = _gone(entry, last) if have is None else _back(entry, have, last)
        if isinstance(found, Change):
            changes.append(with_status(pack.kind[kind], found, have))
        elif found is not None:
            records.append(found)
    _require_targets(run, changes, current, pack)
    changes = list(_warned(changes, current, newer, pack))
    return Difference(changes, records, len(entries) - len(changes) - len(records), 0)


def _back(entry: Entry, have: Resource, last: Recorded | None) -> Change | Record | None:
    """What takes the entry back on a row that is there; None where nothing is left to do."""
    fields = tuple(_fields(entry, have))
    held = _held(entry, last)
    wanted = {"create": False, "reactivate": False, "deactivate": True}.get(entry.action, have.active)
    protected = last.protected if last else False
    if entry.action != "create" and (entry.recorded is None or entry.recorded.protected != entry.protected):
        protected = entry.recorded.protected if entry.recorded else False
    if not fields and wanted == have.active:
        return _noted(Record(entry.address, held, _held_active(entry, have), protected), last)
    action: Action = "update" if wanted == have.active else "reactivate" if wanted else "deactivate"
    causes: set[Cause] = {field.cause for field in fields}
    if _moved_on(entry, have, action):
        causes.add("conflict")
    cause: Cause = "conflict" if "conflict" in causes else "manifest"
    return Change(action, entry.address, cause, fields, held, wanted, protected=protected)


def _fields(entry: Entry, have: Resource) -> Iterator[FieldChange]:
    """The entry's fields that do not hold what they held before it. A column that is gone cannot be brought back."""
    for field in entry.fields:
        if field.name in have.values and not same(now := have.values[field.name], field.before):
            cause: Cause = "manifest" if same(now, field.after) else "conflict"
            yield FieldChange(field.name, now, field.before, cause)


def _moved_on(entry: Entry, have: Resource, action: Action) -> bool:
    """Whether the row is not as the run left it, beyond the fields that go back."""
    if action == "update":
        return entry.action != "record" and have.active != entry.active
    if action == "reactivate":
        return False
    going_back = {field.name for field in entry.fields}
    return any(
        name in have.values and name not in going_back and not same(value, have.values[name])
        for name, value in entry.declared.items()
    )


def _held(entry: Entry, last: Recorded | None) -> Declared:
    """What the ledger shall hold: as before the run, with what later runs did to other fields.

    Nothing where it held nothing. What was created stays known, so that it is ours when it is declared again.
    """
    now = Declared((last.values if last else None) or {})
    if entry.action == "create":
        return now
    if entry.recorded is None or (last is None and entry.declared):  # new in the ledger, or forgotten since
        return Declared()
    before: Mapping[str, Value] = entry.recorded.values or {}
    after = entry.declared
    kept = {name: value for name, value in now.items() if name in before or name not in after}
    taken = {n: v for n, v in before.items() if n not in after or not same(v, after[n])}
    return Declared(kept | taken)


def _held_active(entry: Entry, have: Resource) -> bool:
    """The liveness that the ledger shall hold of a row that is not written."""
    if entry.action == "create":
        return False
    if entry.recorded is None:
        return True  # forgotten: see `plan.change.is_forgotten`
    return entry.recorded.active if entry.action == "record" else have.active


def _gone(entry: Entry, last: Recorded | None) -> Change | Record | None:
    """What takes the entry back where the row has vanished: it is made again if it was in use before the run."""
    held, before = _held(entry, last), entry.recorded
    if before is None:
        return _noted(Record(entry.address, held, active=entry.action != "create"), last)
    if before.active and entry.action in ("update", "deactivate") and held:
        return Change("create", entry.address, "conflict", (), held, active=True, protected=before.protected)
    active = before.active and entry.action == "record"
    return _noted(Record(entry.address, held, active, before.protected), last)


def _noted(record: Record, last: Recorded | None) -> Record | None:
    """The record, unless the ledger holds just that."""
    if last is None:
        return record if record.declared else None
    held = Declared(last.values or {})
    if not held and not record.declared:  # a row that was taken over and given back: neither says anything of it
        return None
    is_held = (last.active, last.protected, held.digest) == (
        record.active,
        record.protected,
        Declared(record.declared).digest,
    )
    return None if is_held else record


def _warned(changes: Sequence[Change], current: State, newer: Collection[Address], pack: Pack) -> Iterator[Change]:
    """The changes; what retires although newer rows that stay active refer to it is a conflict."""
    retiring = {change.address for change in changes if change.action == "deactivate"}
    after = outcome(pack, current, changes) if retiring and newer else {}
    needed = {
        Address(ref.to, target)
        for address in newer
        if (row := after.get(address.kind, {}).get(address.key)) is not None and row.active
        for ref in pack.kind[address.kind].refs
        if isinstance(target := row.values[ref.name], tuple)
    }
    for change in changes:
        yield change._replace(cause="conflict") if change.address in retiring & needed else change


def _require_targets(run: Run, changes: Sequence[Change], current: State, pack: Pack) -> None:
    """Raise RollbackError where a reference would lead to a row that is gone."""
    made = {change.address for change in changes if change.action == "create"}
    for change in changes:
        written: Mapping[str, Value] = {field.name: field.after for field in change.fields}
        if change.action == "create":
            written = change.declared
        for ref in pack.kind[change.address.kind].refs:
            target = written.get(ref.name)
            if isinstance(target, tuple) and target not in current[ref.to] and Address(ref.to, target) not in made:
                raise refused(run, f"{change.address} referred to {Address(ref.to, target)}, which is gone")


def _require_understood(run: Run, entry: Entry, pack: Pack) -> None:
    """Raise RollbackError for an entry whose way back is not known."""
    if entry.address.kind not in pack.kind:
        raise refused(run, f"the pack {pack.name} has no kind {entry.address.kind} any more")
    if entry.recorded is None and entry.action not in ("create", "record") and entry.cause != "adopt":
        raise refused(run, "an older version of the pipeline applied it, which did not note what it replaced")


def refused(run: Run, why: str) -> RollbackError:
    """The error for a run that cannot be taken back."""
    return RollbackError(
        f"Run {run.number} cannot be taken back: {why}. Nothing was changed. Change the manifests back instead, and "
        "apply them."
    )
