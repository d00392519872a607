"""A difference, put in order and tied to what it was computed from: a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.model import values
from pipeline.model.move import Move
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, State, fingerprint
from pipeline.plan.change import Basis, Plan
from pipeline.plan.diff import Difference
from pipeline.plan.order import ordered, ordered_records


def build(
    pack: Pack,
    scope: str | None,
    found: Difference,
    basis: Basis,
    lines: Mapping[Origin, int],
    desired: State,
    current: State,
    *,
    moves: tuple[Move, ...] = (),
) -> Plan:
    """The plan of a pack. `lines` gives the line of each change's origin in its file."""
    changes = [change._replace(line=lines[change.origin]) if change.origin else change for change in found.changes]
    return Plan(
        pack=pack.name,
        scope=scope,
        kinds=tuple(kind.name for kind in pack.kinds),
        scoped=frozenset(kind.name for kind in pack.kinds if pack.lies_in_scope(kind)),
        changes=ordered(changes, desired, current, pack),
        records=ordered_records(found.records, pack),
        unchanged=found.unchanged,
        unmanaged=found.unmanaged,
        basis=basis,
        moves=moves,
        derived=frozenset(kind.name for kind in pack.kinds if kind.derived),
    )


def manifests_digest(desired: State, moves: Iterable[Move] = ()) -> str:
    """A digest of all that the manifests of a pack declare, whatever file or order it stands in."""
    prints = sorted(
        values.canonical_text([name, key])
        + fingerprint(resource.values, active=resource.active, protected=resource.protected)
        for name, resources in desired.items()
        for key, resource in resources.items()
    )
    prints += sorted(values.canonical_text(move[:3]) for move in moves)
    return values.digest("".join(prints))
