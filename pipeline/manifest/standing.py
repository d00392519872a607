"""What follows from what the entries declare: derived resources, and the status of what is retired or replaced."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model.address import Address, Key
from pipeline.model.kind import Kind, Status
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource, State
from pipeline.model.values import Declared


def settled(pack: Pack, declared: State) -> State:
    """The declared state with all that the pack derives from it, and a status where resources are not active."""
    state = pack.derive(declared) if pack.derive else declared
    replaced_by = dict(_replaced(pack, state))
    if not any(isinstance(kind.retire, Status) for kind in pack.kinds):
        return state
    made: dict[str, dict[Key, Resource]] = {}
    for kind in pack.kinds:
        made[kind.name] = dict(state[kind.name])
        if isinstance(kind.retire, Status):
            for key, resource in made[kind.name].items():
                status = replaced_by.get(resource.address, None if resource.active else kind.retire.retired)
                if status is not None:
                    values = Declared({**resource.values, kind.retire.column: status})
                    made[kind.name][key] = resource._replace(active=False, values=values)
    return made


def _replaced(pack: Pack, state: State) -> Iterator[tuple[Address, str]]:
    """What something active replaces, and the status that this gives it."""
    for kind in pack.kinds:
        for resource in state[kind.name].values() if any(ref.retires for ref in kind.refs) else ():
            if resource.active:
                yield from _claims(kind, resource)


def _claims(kind: Kind, resource: Resource) -> Iterator[tuple[Address, str]]:
    for ref in kind.refs:
        target = resource.values.get(ref.name)
        if ref.retires is not None and isinstance(target, tuple):
            yield Address(ref.to, target), ref.retires


def retired_by_others(pack: Pack, rows: State) -> frozenset[Address]:
    """The rows whose entries need not say that they are retired, because others say that they replace them.

    A replaced one may itself replace others. It has to say that it is retired where they are not, for else it would.
    """
    found: set[Address] = set()
    waiting = [row for kind in pack.kinds for row in rows[kind.name].values() if row.active]
    while waiting:
        row = waiting.pop()
        for target, status in _claims(pack.kind[row.address.kind], row):
            replaced = rows[target.kind].get(target.key)
            if replaced is None or target in found or not _has(pack, rows, target, status):
                continue
            if all(_has(pack, rows, *claim) for claim in _claims(pack.kind[target.kind], replaced)):
                found.add(target)
                waiting.append(replaced)
    return frozenset(found)


def _has(pack: Pack, rows: State, address: Address, status: str) -> bool:
    retire, row = pack.kind[address.kind].retire, rows[address.kind].get(address.key)
    return isinstance(retire, Status) and row is not None and row.values[retire.column] == status
