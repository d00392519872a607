"""What a plan makes of the state it was computed from."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipeline.model.address import Address, Key
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource, State
from pipeline.model.values import Row, Value
from pipeline.plan.change import Change, becomes
from pipeline.plan.renaming import Renaming


def outcome(pack: Pack, current: State, changes: Collection[Change]) -> dict[str, dict[Key, Resource]]:
    """The state after the changes, moves first. What a create does not declare has the column's default."""
    renaming = Renaming.of(pack, changes)
    renamed = renaming.state(current) if renaming else current
    state = {name: dict(resources) for name, resources in renamed.items()}
    shapes = {kind.name: _shape(kind) for kind in pack.kinds}
    for change in changes:
        name, key = change.address
        at, defaults = shapes[name]
        if change.action == "create":
            cells = tuple(map(change.declared.get, at, defaults))
        else:
            values = state[name][key].values
            after = becomes(pack.kind[name], change)
            cells = tuple([after[field] if field in after else values[field] for field in at])
        state[name][key] = Resource(change.address, Row(at, cells), change.active)
    return state


def renamed(pack: Pack, current: State, changes: Collection[Change]) -> State:
    """The state after the moves among the changes and nothing else of them: rows have their new keys and codes."""
    moves = [
        change._replace(action="move", fields=(), active=current[change.address.kind][change.moved_from].active)
        for change in changes
        if change.moved_from is not None
    ]
    return outcome(pack, current, moves) if moves else current


def without(before: State, after: State, address: Address) -> dict[str, Mapping[Key, Resource]]:
    """The outcome of all changes but that of one row; both states have the same keys.

    A row that would be new is there, but retired: what refers to it has something to refer to.
    """
    name, key = address
    row = before[name].get(key) or after[name][key]._replace(active=False)
    return {**after, name: {**after[name], key: row}}


def completed(pack: Pack, desired: State) -> dict[str, dict[Key, Resource]]:
    """The desired state as the rows that it would make from nothing: what is not declared has the column's default."""
    made: dict[str, dict[Key, Resource]] = {}
    for kind in pack.kinds:
        at, defaults = _shape(kind)
        made[kind.name] = {
            key: resource._replace(values=Row(at, tuple(map(resource.values.get, at, defaults))))
            for key, resource in desired[kind.name].items()
        }
    return made


def _shape(kind: Kind) -> tuple[Mapping[str, int], list[Value]]:
    """The positions of a row's values, as `database.read` has them, and what each is by default."""
    at = {name: position for position, name in enumerate((*kind.ref, *kind.field))}
    return at, [None] * len(kind.ref) + [field.default for field in kind.fields]
