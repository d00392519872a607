"""New keys for rows, and what follows from them for everything that is below those rows or refers to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from pipeline.model.address import Address, Key, KeyPart
from pipeline.model.kind import Kind, Ref
from pipeline.model.pack import Pack
from pipeline.model.resource import Ledger, Recorded, Resource, State, fingerprint
from pipeline.model.values import Declared, Row, Value
from pipeline.plan.change import Change

Held = TypeVar("Held")


class Renaming:
    """Rows that get another key, by kind: the key that stands in the database -> the new one.

    Everything else is read from that: rows refer to each other by id, so what is below a renamed row, or refers to
    it, has another natural key or value as well, though nothing is written to it.
    """

    def __init__(self, pack: Pack, rows: Mapping[str, Mapping[Key, Key]]) -> None:
        self.pack = pack
        self.rows = {name: dict(keys) for name, keys in rows.items() if keys}
        self.kinds = set(self.rows)
        """Kinds in whose keys a renamed row may be."""
        for kind in pack.kinds:  # parents first
            if any(part in kind.ref and kind.ref[part].to in self.kinds for part in kind.key):
                self.kinds.add(kind.name)
        self._known: dict[tuple[str, Key], Key] = {}

    @classmethod
    def of(cls, pack: Pack, changes: Iterable[Change]) -> Renaming:
        """What the changes of a plan rename."""
        rows: dict[str, dict[Key, Key]] = {}
        for change in changes:
            if change.moved_from is not None:
                rows.setdefault(change.address.kind, {})[change.moved_from] = change.address.key
        return cls(pack, rows)

    def __bool__(self) -> bool:
        return bool(self.rows)

    def key(self, kind: str, key: Key) -> Key:
        """The new key of a row: its own, or one that follows from a row above it."""
        if kind not in self.kinds:
            return key
        known = self._known.get((kind, key))
        if known is None:
            known = self._known[kind, key] = self.rows.get(kind, {}).get(key) or self.place(kind, key)
        return known

    def place(self, kind: str, key: Key) -> Key:
        """The key with all above the row renamed, and its own code kept."""
        refs = self.pack.kind[kind].ref
        parts: list[KeyPart] = []
        for name, part in zip(self.pack.kind[kind].key, key, strict=True):
            parts.append(self.key(refs[name].to, part) if isinstance(part, tuple) else part)
        return tuple(parts)

    def keyed(self, entries: Mapping[str, Mapping[Key, Held]]) -> dict[str, dict[Key, Held]]:
        """Anything by kind and key, under the new keys."""
        return {
            name: {self.key(name, key): held for key, held in found.items()} if name in self.kinds else dict(found)
            for name, found in entries.items()
        }

    def state(self, state: State) -> dict[str, Mapping[Key, Resource]]:
        """The rows with their new keys and references. The code of a renamed row stays: the diff will find it."""
        made: dict[str, Mapping[Key, Resource]] = {}
        for kind in self.pack.kinds:
            found, refs = state[kind.name], self.refs(kind)
            if not refs and kind.name not in self.kinds:
                made[kind.name] = found
                continue
            renamed = [self._resource(resource, refs) for resource in found.values()]
            made[kind.name] = {resource.address.key: resource for resource in renamed}
        return made

    def ledger(self, ledger: Ledger, arrived: Mapping[str, Iterable[Key]]) -> dict[str, dict[Key, Recorded]]:
        """The entries under their new keys. One that stood at a key where a row has `arrived` is forgotten.

        Entries that refer to what is renamed (see `refs`) must hold their values.
        """
        made: dict[str, dict[Key, Recorded]] = {}
        for kind in self.pack.kinds:
            refs, gone = self.refs(kind), set(arrived.get(kind.name, ()))
            entries = made[kind.name] = {}
            for old, entry in ledger[kind.name].items():
                new = self.key(kind.name, old)
                if new != old or new not in gone:
                    entries[new] = self.recorded(entry, refs)
        return made

    def arrivals(self, *holders: Mapping[str, Iterable[Key]]) -> dict[str, set[Key]]:
        """The new keys of all that gets one, by kind, whatever of the holders knows it."""
        return {
            name: {new for holder in holders for old in holder[name] if (new := self.key(name, old)) != old}
            for name in self.kinds
        }

    def refs(self, kind: Kind) -> list[Ref]:
        """The references of the kind whose values may change."""
        return [ref for ref in kind.refs if ref.to in self.kinds]

    def recorded(self, entry: Recorded, refs: list[Ref]) -> Recorded:
        """The entry with its references under their new keys, if it holds its values."""
        changed = self.changed(entry.values, refs) if entry.values is not None else {}
        if not changed:
            return entry
        held = Declared({**(entry.values or {}), **changed})
        digest = fingerprint(held, active=entry.active, protected=entry.protected)
        return entry._replace(values=held, digest=digest)

    def changed(self, held: Mapping[str, Value], refs: list[Ref]) -> dict[str, Value]:
        """Those of the references among the values that get a new key."""
        changed: dict[str, Value] = {}
        for ref in refs:
            old = held.get(ref.name)
            if isinstance(old, tuple) and (new := self.key(ref.to, old)) != old:
                changed[ref.name] = new
        return changed

    def _resource(self, resource: Resource, refs: list[Ref]) -> Resource:
        name, key = resource.address
        new = self.key(name, key)
        changed = self.changed(resource.values, refs)
        if new == key and not changed:
            return resource
        return resource._replace(address=Address(name, new), values=_with(resource.values, changed))


def _with(held: Mapping[str, Value], changed: Mapping[str, Value]) -> Mapping[str, Value]:
    if not isinstance(held, Row):
        return {**held, **changed}
    cells = list(held.cells)
    for name, value in changed.items():
        cells[held.at[name]] = value
    return Row(held.at, tuple(cells))
