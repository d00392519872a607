"""The way back of a run's renames: rows under the keys they had before it, and what the run did under those.

What lies below a renamed row, or refers to it, had another key as well; so the states are renamed back first, and the
rest of the run is taken back after (`plan.rollback`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.model.address import Address, Key, root
from pipeline.model.move import Move
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, State
from pipeline.model.values import Value
from pipeline.plan.past import Entry, Run, with_code
from pipeline.plan.renaming import Renaming
from pipeline.plan.rollback import refused


def way_back(run: Run, entries: Sequence[Entry], current: State, places: Mapping[Address, Key], pack: Pack) -> Renaming:
    """The renames that are still to be taken back.

    `places` has the key that each row the run renamed has by now. Raises RollbackError where one is gone or was renamed
    again, or another row has the old key.
    """
    rows: dict[str, dict[Key, Key]] = {}
    for address, moved_from in _moves(entries, pack):
        place = places.get(address)
        if place == address.key:
            rows.setdefault(address.kind, {})[place] = moved_from
        elif place != moved_from:
            raise refused(run, f"{address} is not known any more: it was renamed or removed since")
    renaming = Renaming(pack, rows)
    for name in renaming.kinds:
        taken: set[Key] = set()
        for key in current[name]:
            new = renaming.key(name, key)
            if new in taken:
                raise refused(run, f"it renamed {Address(name, new)}, and there is another one of that name now")
            taken.add(new)
    return renaming


def retraced(run: Run, entries: Sequence[Entry], pack: Pack) -> tuple[Run, list[Entry]]:
    """The run and its entries under the names from before it, with renames as changes of the code."""
    rows: dict[str, dict[Key, Key]] = {}
    for address, moved_from in _moves(entries, pack):
        rows.setdefault(address.kind, {})[address.key] = moved_from
    renaming = Renaming(pack, rows)
    scope = root(renaming.key(pack.scope, (run.scope,))) if run.scope else None
    old = [_retraced(entry, renaming) if entry.address.kind in pack.kind else entry for entry in entries]
    return run._replace(scope=scope), old


def redone(renaming: Renaming) -> tuple[Move, ...]:
    """The renames as entries that the database has to remember as done."""
    return tuple(
        Move(name, renaming.place(name, old), new, Origin(""))
        for name, keys in sorted(renaming.rows.items())
        for old, new in keys.items()
    )


def _moves(entries: Sequence[Entry], pack: Pack) -> Iterator[tuple[Address, Key]]:
    for entry in entries:
        if entry.moved_from is not None and entry.address.kind in pack.kind:
            yield entry.address, entry.moved_from


def _retraced(entry: Entry, renaming: Renaming) -> Entry:
    name, key = entry.address
    kind = renaming.pack.kind[name]
    refs = renaming.refs(kind)

    def old(field: str, value: Value) -> Value:
        return renaming.changed({field: value}, refs).get(field, value)

    said = entry._replace(
        fields=tuple(f._replace(before=old(f.name, f.before), after=old(f.name, f.after)) for f in entry.fields),
        declared={**entry.declared, **renaming.changed(entry.declared, refs)},
        recorded=entry.recorded and renaming.recorded(entry.recorded, refs),
    )
    return with_code(said, kind)._replace(address=Address(name, renaming.key(name, key)))
