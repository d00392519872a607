"""Where the values of one resource come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from pipeline.model.address import Address
from pipeline.model.kind import Kind
from pipeline.model.resource import Recorded, Resource
from pipeline.model.values import Value, text
from pipeline.plan.past import Entry, Touch, same, with_code

LIVENESS = "active"
"""The name under which a resource's liveness is asked for: manifests write it so."""

Manner: TypeAlias = Literal["set", "created", "found", "unknown"]


class Source(NamedTuple):
    """Where one value comes from.

    `how`: a run wrote it (`set`, or `created` with the row); it stood there when a run took it over (`found`); or
    the run that did is not known any more (`unknown`: `touch` is the oldest that is, None where there is none).
    `applied` is what the ledger holds, `now` what the row does. `owned` is false for what no manifest declares.
    """

    name: str
    applied: Value
    now: Value
    owned: bool
    how: Manner
    touch: Touch | None


class Account(NamedTuple):
    """A resource, whether its row is there and whether the ledger knows it, and where its values come from."""

    address: Address
    present: bool
    managed: bool
    sources: tuple[Source, ...]


def named(
    typed: str, known: Collection[Address], shown: Callable[[Address], str] = str
) -> tuple[Address, str | None] | None:
    """The address that was typed, and the field after it if there is one; None where there is no such address.

    It may be typed as it is `shown`, if that can only mean one.
    """
    typed = text(" ".join(typed.split(" ")).strip())
    times = Counter(map(shown, known))
    by_name = {name: address for address in known if times[name := shown(address)] == 1}
    by_name |= {str(address): address for address in known}
    if typed in by_name:
        return by_name[typed], None
    head, _, field = typed.rpartition(" ")
    return (by_name[head], field) if head in by_name else None


def fields_of(kind: Kind) -> tuple[str, ...]:
    """The names that can be asked for."""
    return (*kind.ref, *kind.field, LIVENESS)


def account(
    kind: Kind,
    address: Address,
    only: str | None,
    row: Resource | None,
    entry: Recorded | None,
    touches: Sequence[Touch],
) -> Account:
    """Where the values that the pipeline owns come from, or that of one field. `touches` come newest first."""
    held: Mapping[str, Value] = (entry.values if entry else None) or {}
    wanted = [only] if only else [*sorted(name for name in held if name not in kind.key), LIVENESS]
    if entry is None and only is None:
        wanted = []
    told = [touch._replace(entry=with_code(touch.entry, kind)) for touch in touches]
    return Account(address, row is not None, entry is not None, tuple(_sources(wanted, row, entry, told)))


def _sources(
    names: Iterable[str], row: Resource | None, entry: Recorded | None, touches: Sequence[Touch]
) -> Iterator[Source]:
    held: Mapping[str, Value] = (entry.values if entry else None) or {}
    for name in names:
        now: Value = None
        if name == LIVENESS:
            applied: Value = entry.active if entry else None
            now = row.active if row else None
        else:
            applied = held.get(name)
            now = row.values.get(name) if row else None
        how, touch = _origin(name, touches)
        yield Source(name, applied, now, entry is not None and (name in held or name == LIVENESS), how, touch)


def _origin(name: str, touches: Iterable[Touch]) -> tuple[Manner, Touch | None]:
    """The newest touch that concerns the field, or the oldest of all where none does."""
    oldest = None
    for touch in touches:
        how = _manner(name, touch.entry)
        if how:
            return how, touch
        oldest = touch
    return "unknown", oldest


def _manner(name: str, entry: Entry) -> Manner | None:
    """How the entry concerns the field; None where it leaves it alone."""
    if entry.action == "create":
        return "created" if name in entry.declared or name == LIVENESS else None
    if any(field.name == name for field in entry.fields):
        return "set"
    before = entry.recorded
    if name == LIVENESS:
        if entry.action in ("reactivate", "deactivate"):
            return "set"
        return "found" if before is None or before.active != entry.active else None
    if name not in entry.declared:
        return None
    held: Mapping[str, Value] = (before.values if before else None) or {}
    return None if name in held and same(held[name], entry.declared[name]) else "found"
