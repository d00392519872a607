"""After writing: read back what was written, and see that nothing else moved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.basis import Rest, rest_after, rest_before
from pipeline.database.ids import Ids
from pipeline.database.read import ACTIVE, columns_of, read
from pipeline.database.tables import tables
from pipeline.database.write import cells
from pipeline.errors import VerificationError
from pipeline.model.address import Address, Key, sort_key
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack, Violation
from pipeline.model.resource import Resource, State
from pipeline.plan.change import Change, becomes


class Verification:
    """What an apply promises: the rows it writes hold what the plan says, and no other row moves."""

    def __init__(self, pack: Pack, changes: Sequence[Change], expected: State, ids: Ids) -> None:
        self.pack = pack
        self.expected = expected
        self.ids = ids
        self.changed: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            self.changed[change.address.kind].append(change)
        self.rest = Rest("", {})

    @classmethod
    async def prepare(
        cls, connection: AsyncConnection, pack: Pack, changes: Sequence[Change], expected: State, ids: Ids, rows: str
    ) -> Verification:
        """Note the rows that no change concerns, before anything is written. `rows` is the fingerprint of all."""
        made = cls(pack, changes, expected, ids)
        present: dict[str, list[Any]] = defaultdict(list)
        written: Counter[str] = Counter()
        for name, changed in made.changed.items():
            table = pack.kind[name].table
            written[table] += len(changed)
            present[table] += [ids[name][change.address.key] for change in changed if change.action != "create"]
        named = tables(pack)
        counts = {named[name].fullname: count for name, count in written.items()}
        rest = await rest_before(connection, pack, present) if any(present.values()) else rows
        made.rest = Rest(rest, counts)
        return made

    async def check(self, connection: AsyncConnection) -> None:
        """Raise VerificationError unless the database holds what the plan promised."""
        named = tables(self.pack)
        wrong = [
            address
            for kind in self.pack.kinds
            if self.changed[kind.name]
            for address in await self._unlike(connection, kind, named[kind.table])
        ]
        if not wrong and await rest_after(connection, self.pack) != self.rest:
            wrong = differing(self.expected, (await read(connection, self.pack)).state)
        if wrong:
            raise VerificationError(
                f"After writing, {counted(wrong)} not as the plan says: {listed(wrong)}. Something in the "
                "database, such as a trigger, changes what is written. Everything was rolled back."
            )

    async def _unlike(self, connection: AsyncConnection, kind: Kind, table: sa.Table) -> list[Address]:
        """The rows of a kind that were written and do not hold what they should."""
        changes, own = self.changed[kind.name], self.ids[kind.name]
        wanted = [own[change.address.key] for change in changes]
        only = wanted if len(wanted) * 2 < len(self.expected[kind.name]) else None  # else reading all is no more work
        found = _only(wanted, await columns_of(connection, kind, table, only))
        resources = [self.expected[kind.name][change.address.key] for change in changes]
        expected = cells(kind, resources, self.ids)
        actual = _in_order(kind, found, wanted)
        active = [resource.active for resource in resources]
        if actual is not None and actual[1] == active and actual[0] == expected:
            return []
        return list(_wrong(kind, changes, found, self.ids))


def _only(ids: Sequence[Any], found: Mapping[str, Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
    """Of the rows those with these ids."""
    if not found or len(found["id"]) == len(ids):
        return found
    chosen = set(ids)
    kept = [id_ in chosen for id_ in found["id"]]
    return {name: list(compress(column, kept)) for name, column in found.items()}


def _in_order(
    kind: Kind, found: Mapping[str, Sequence[Any]], ids: Sequence[Any]
) -> tuple[list[list[Any]], list[Any]] | None:
    """References and fields, and liveness, in the order of the ids; None where a row is missing."""
    if not found or len(found["id"]) != len(ids):
        return None
    names = (ACTIVE, *kind.ref, *kind.field)
    if list(found["id"]) == list(ids):
        columns = [list(found[name]) for name in names]
    else:
        at = {id_: position for position, id_ in enumerate(found["id"])}
        order = [at[id_] for id_ in ids]
        columns = [[column[position] for position in order] for column in (found[name] for name in names)]
    return columns[1:], columns[0]


def _wrong(kind: Kind, changes: Iterable[Change], found: Mapping[str, Sequence[Any]], ids: Ids) -> Iterator[Address]:
    """Rows that lack what was written to them. What a trigger puts into a field that nobody declares is no matter."""
    at = {id_: position for position, id_ in enumerate(found.get("id", ()))}
    for change in changes:
        position = at.get(ids[kind.name][change.address.key])
        promised = change.declared if change.action == "create" else becomes(kind, change)
        if (
            position is None
            or found[ACTIVE][position] != change.active
            or any(
                found[name][position] != (ids[kind.ref[name].to].get(value) if name in kind.ref else value)  # type: ignore[arg-type]  # a reference is a key
                for name, value in promised.items()
            )
        ):
            yield change.address


def differing(one: State, other: State) -> list[Address]:
    """The addresses of the resources in which two states differ."""
    return sorted(
        (
            Address(kind, key)
            for kind in one
            for key in one[kind].keys() | other[kind].keys()
            if not _equal(one[kind].get(key), other[kind].get(key))
        ),
        key=sort_key,
    )


def _equal(one: Resource | None, other: Resource | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.active == other.active and dict(one.values) == dict(other.values)


def require_invariants(pack: Pack, state: State, ours: Mapping[str, Collection[Key]]) -> None:
    """Raise VerificationError where an invariant is broken by a row that is ours."""
    broken = [
        violation
        for violation in violations(pack, state)
        if any(address.key in ours[address.kind] for address in violation.addresses)
    ]
    if broken:
        more = f" ({len(broken) - 1} more of the kind.)" if len(broken) > 1 else ""
        raise VerificationError(f"{broken[0].message}{more} Everything was rolled back.")


def violations(pack: Pack, state: State) -> list[Violation]:
    """What breaks the pack's invariants, in their order."""
    return [violation for invariant in pack.invariants for violation in invariant.check(state)]


def counted(addresses: Sequence[Address]) -> str:
    """`1 row is` or `3 rows are`."""
    return "1 row is" if len(addresses) == 1 else f"{len(addresses)} rows are"


def listed(addresses: Sequence[Address]) -> str:
    """The first ten of them."""
    shown = ", ".join(str(address) for address in addresses[:10])
    return shown if len(addresses) <= 10 else f"{shown} …"
