"""The order of a plan: creates parents first, then updates, then deactivations children first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.model.address import Address, Key, sort_key
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource, State
from pipeline.plan.change import Change, Record


def ordered(changes: Iterable[Change], desired: State, current: State, pack: Pack) -> tuple[Change, ...]:
    """The changes in the order in which they can be written one by one."""
    rank = {kind.name: position for position, kind in enumerate(pack.kinds)}
    selves = {kind.name: _self_refs(kind) for kind in pack.kinds}

    def position(change: Change) -> tuple[int, int, int, tuple[tuple[str, ...], str]]:
        name, key = change.address
        state = current if change.action == "deactivate" else desired
        place = rank[name], _depth(state[name], selves[name], key) if selves[name] else 0
        if change.action == "deactivate":
            return 2, -place[0], -place[1], sort_key(change.address)
        return int(change.action != "create"), *place, sort_key(change.address)

    return tuple(sorted(changes, key=position))


def ordered_records(records: Iterable[Record], pack: Pack) -> tuple[Record, ...]:
    """Ledger entries by kind and address."""
    rank = {kind.name: position for position, kind in enumerate(pack.kinds)}

    def position(record: Record) -> tuple[int, tuple[tuple[str, ...], str]]:
        address: Address = record.address
        return rank[address.kind], sort_key(address)

    return tuple(sorted(records, key=position))


def _self_refs(kind: Kind) -> tuple[str, ...]:
    return tuple(ref.name for ref in kind.refs if ref.to == kind.name)


def _depth(resources: Mapping[Key, Resource], refs: tuple[str, ...], key: Key) -> int:
    """How many parents of its own kind a resource has above it. A cycle in the rows ends the walk."""
    seen: set[Key] = set()
    depth = 0
    resource = resources.get(key)
    while resource is not None and resource.address.key not in seen:
        seen.add(resource.address.key)
        above = next((value for ref in refs if isinstance(value := resource.values.get(ref), tuple)), None)
        if above is None:
            break
        depth += 1
        resource = resources.get(above)
    return depth
