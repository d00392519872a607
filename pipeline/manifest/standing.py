"""What follows from what the entries declare: derived resources, and the status of what is retired or replaced."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model.address import Address, Key
from pipeline.model.kind import Status
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource, State
from pipeline.model.values import Declared


def settled(pack: Pack, declared: State) -> State:
    """The declared state with all that the pack derives from it, and a status where resources are not active."""
    state = pack.derive(declared) if pack.derive else declared
    replaced_by = dict(replaced(pack, state))
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


def replaced(pack: Pack, state: State) -> Iterator[tuple[Address, str]]:
    """What something active replaces, and the status that this gives it."""
    for kind in pack.kinds:
        for ref in kind.refs:
            if ref.retires is not None:
                for resource in state[kind.name].values():
                    target = resource.values.get(ref.name)
                    if resource.active and isinstance(target, tuple):
                        yield Address(ref.to, target), ref.retires
