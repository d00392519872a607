"""The ids of new rows: made from their addresses, or by the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha1
from typing import Any

import sqlalchemy as sa
from asyncpg.pgproto.pgproto import UUID
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.tables import tables
from pipeline.errors import DatabaseError
from pipeline.model.address import Address, Key, path
from pipeline.model.pack import Pack
from pipeline.plan.change import Change

Ids = dict[str, dict[Key, Any]]
"""Row ids by kind and natural key."""

_format_table = asyncpg.dialect().identifier_preparer.format_table  # type: ignore[no-untyped-call]  # it has no types
_LEAST = 100
"""So many numbers are drawn at once where the first ones are in use already."""


def make_ids(
    pack: Pack,
    changes: Iterable[Change],
    ids: Ids,
    remembered: Mapping[Address, str],
    numbers: Mapping[str, Iterator[int]],
) -> None:
    """Add to `ids` an id for every row to be created.

    By the type of the table's id: UUID v5 of the pack's namespace and `kind:scope:code`, the same as text, or the
    next of the table's `numbers` (see `draw`). A row that was there before gets the id it had. Where another row
    already has that id, the next free one is taken.
    """
    namespace = pack.namespace.bytes
    used: dict[str, set[Any]] = defaultdict(set)
    for kind in pack.kinds:
        used[kind.table].update(ids[kind.name].values())
    created = [change.address for change in changes if change.action == "create"]
    readers = _readers(pack)
    for address in created:
        name, key = address
        table = pack.kind[name].table
        read = readers[table]
        before = remembered.get(address)
        if before and (known := read(before)) not in used[table]:
            candidate = known
        elif read is int:
            candidate = next(numbers[table])
        else:
            candidate = next(id_ for id_ in map(read, _series(namespace, address)) if id_ not in used[table])
        used[table].add(candidate)
        ids[name][key] = candidate


def _readers(pack: Pack) -> dict[str, Callable[[Any], Any]]:
    """What makes an id of its text or of a UUID, by table."""
    named = tables(pack)
    types = {kind.table: named[kind.table].c.id.type for kind in pack.kinds}
    return {
        table: int if isinstance(found, sa.Integer) else str if isinstance(found, sa.String) else _as_uuid
        for table, found in types.items()
    }


def _as_uuid(given: Any) -> UUID:
    return given if isinstance(given, UUID) else UUID(given)


def _series(namespace: bytes, address: Address) -> Iterator[Any]:
    """The ids that a row may have, best first."""
    text = ":".join((address.kind, *path(address.key)))
    yield _uuid5(namespace, text)
    attempt = 1
    while True:
        attempt += 1
        yield _uuid5(namespace, f"{text}#{attempt}")


def _uuid5(namespace: bytes, name: str) -> UUID:
    """UUID v5 as the driver's own UUID, which is made in a third of the time that `uuid.uuid5` takes."""
    digest = bytearray(sha1(namespace + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    return UUID(bytes(digest))


async def draw(
    connection: AsyncConnection, pack: Pack, changes: Iterable[Change], ids: Ids
) -> dict[str, Iterator[int]]:
    """For each table whose ids are numbers of the database's making as many new ones as rows are created."""
    named = tables(pack)
    wanted = Counter(pack.kind[change.address.kind].table for change in changes if change.action == "create")
    found: dict[str, Iterator[int]] = {}
    for table, count in wanted.items():
        if isinstance(named[table].c.id.type, sa.Integer):
            used = {id_ for kind in pack.kinds if kind.table == table for id_ in ids[kind.name].values()}
            drawn: list[int] = []
            size = count
            while len(drawn) < count:
                drawn += [number for number in await _drawn(connection, named[table], size) if number not in used]
                size = max(_LEAST, size * 2)
            found[table] = iter(drawn)
    return found


def sequence_of(table: sa.Table) -> sa.Function[Any]:
    """The name of the sequence of the table's ids, NULL for none."""
    return sa.func.pg_get_serial_sequence(_format_table(table), table.c.id.name)


async def _drawn(connection: AsyncConnection, table: sa.Table, count: int) -> list[int]:
    """The next numbers of the table's sequence. Raises DatabaseError where it has none."""
    following = sa.select(sa.func.nextval(sequence_of(table))).select_from(sa.func.generate_series(1, count))
    numbers = list(await connection.scalars(following))
    if None in numbers:
        raise DatabaseError(
            f"The table {table.name} gives its rows no numbers: its column {table.c.id.name} has no sequence. "
            "Make it an identity column."
        )
    return numbers
