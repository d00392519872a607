"""What moves need of the database: which are done, and the ledger under the new keys."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.basis import LEDGER
from pipeline.database.own_tables import Move as MoveRow
from pipeline.database.read import Snapshot, key_text, with_values
from pipeline.database.write import Column, source, taken
from pipeline.model import values
from pipeline.model.address import Address, Key
from pipeline.model.diagnostic import Desired
from pipeline.model.move import Move
from pipeline.model.pack import Pack
from pipeline.plan.change import Plan
from pipeline.plan.moves import follow, within
from pipeline.plan.renaming import Renaming

MOVES: sa.Table = MoveRow.__table__  # type: ignore[attr-defined]  # SQLModel does not type it
_MARK = "~"
"""What stands before a ledger key on its way to another. No key begins so: it is a JSON array."""

Done: TypeAlias = "set[tuple[str, Key, Key]]"
"""Kind, from and to of entries."""


async def done(connection: AsyncConnection, pack: Pack) -> Done:
    """The entries that this database remembers as done."""
    found = sa.select(MOVES.c.kind, MOVES.c.from_key, MOVES.c.to_key).where(MOVES.c.pack == pack.name)
    rows = (await connection.execute(found)).all()
    return {(name, _key(old), _key(new)) for name, old, new in rows if name in pack.kind}


class Followed(NamedTuple):
    """What the declared moves rename here, what was read under the new keys, and the entries to remember as done."""

    renaming: Renaming
    snapshot: Snapshot
    moves: tuple[Move, ...]


async def followed(
    connection: AsyncConnection, pack: Pack, desired: Desired, snapshot: Snapshot, scope: str | None
) -> Followed:
    """What was read as the plan has to see it: under the keys to which the declared moves lead."""
    moves = within(pack, desired.moves, scope)
    if not moves:
        return Followed(Renaming(pack, {}), snapshot, ())
    known = await done(connection, pack)
    renaming, fresh = follow(pack, desired.state, snapshot.state, snapshot.ledger, moves, known)
    return Followed(renaming, await renamed(connection, pack, snapshot, renaming), fresh)


async def renamed(connection: AsyncConnection, pack: Pack, snapshot: Snapshot, renaming: Renaming) -> Snapshot:
    """The snapshot under the new keys. The ledger entries that the renaming touches hold their values."""
    if not renaming:
        return snapshot
    touched = [
        Address(name, key) for name in renaming.kinds for key in snapshot.ledger[name] if renaming.key(name, key) != key
    ]
    touched += await _referring(connection, pack, snapshot, renaming)
    ledger = await with_values(connection, pack, snapshot, touched)
    return replace(
        snapshot,
        state={name: dict(found) for name, found in renaming.state(snapshot.state).items()},
        ids=renaming.keyed(snapshot.ids),
        ledger=renaming.ledger(ledger, renaming.arrivals(snapshot.ids, snapshot.ledger)),
    )


async def carry(connection: AsyncConnection, pack: Pack, snapshot: Snapshot, renaming: Renaming) -> Snapshot:
    """Rename in the ledger, and in what is remembered of moves. Returns the snapshot under the new keys."""
    seen = await renamed(connection, pack, snapshot, renaming)
    if not renaming:
        return seen
    arrived = renaming.arrivals(snapshot.ids, snapshot.ledger)
    gone: list[tuple[str, str]] = []
    kept: list[tuple[str, str, str, str, str]] = []
    for name, entries in snapshot.ledger.items():
        for old, before in entries.items():
            new = renaming.key(name, old)
            if new == old and old in arrived.get(name, ()):
                gone.append((name, key_text(old)))
                continue
            after = seen.ledger[name][new]
            if new != old or after.digest != before.digest:
                kept.append((name, key_text(old), key_text(new), values.dump(after.values or {}), after.digest))
    await _rewrite_ledger(connection, pack, gone, kept)
    await _rewrite_done(connection, pack, renaming)
    return seen


async def remember(connection: AsyncConnection, pack: Pack, plan: Plan, run: int) -> None:
    """Note the plan's entries as done, and forget those that lead back to where a row came from.

    An entry that the manifests still have is not forgotten: of a swap, both stay done.
    """
    ours = {(move.kind, key_text(move.source), key_text(move.target)) for move in plan.moves}
    fresh = await _insert(connection, [(pack.name, *entry, run) for entry in sorted(ours)])
    renaming = Renaming.of(pack, plan.changes)
    fresh += [
        (name, key_text(renaming.place(name, old)), key_text(new))
        for name, keys in renaming.rows.items()
        for old, new in keys.items()
    ]
    back = {(name, new, old) for name, old, new in fresh} - ours
    await _delete(connection, pack, sorted(back))


async def _referring(connection: AsyncConnection, pack: Pack, snapshot: Snapshot, renaming: Renaming) -> list[Address]:
    """The entries of the ledger that refer to something renamed by a value that is not part of their key."""
    olds = {
        name: [key_text(key) for key in {*snapshot.ids[name], *snapshot.ledger[name]} if renaming.key(name, key) != key]
        for name in renaming.kinds
    }
    sought = [
        (kind.name, ref.name, old)
        for kind in pack.kinds
        for ref in renaming.refs(kind)
        if ref.name not in kind.key
        for old in olds[ref.to]
    ]
    if not sought:
        return []
    old = _source(("kind", "ref", "target"), sought)
    same = (LEDGER.c.kind == old.c.kind) & (LEDGER.c["values"][old.c.ref] == sa.cast(old.c.target, JSONB))
    statement = sa.select(LEDGER.c.kind, LEDGER.c.key).distinct().join(old, same).where(LEDGER.c.pack == pack.name)
    return [Address(name, _key(text)) for name, text in (await connection.execute(statement)).all()]


async def _rewrite_ledger(
    connection: AsyncConnection,
    pack: Pack,
    gone: Sequence[tuple[str, str]],
    kept: Sequence[tuple[str, str, str, str, str]],
) -> None:
    """Two updates: a key may only be taken when all that had it have left it."""
    ours = LEDGER.c.pack == pack.name
    if gone:
        left = _source(("kind", "key"), gone)
        await connection.execute(
            sa.delete(LEDGER).where(ours, LEDGER.c.kind == left.c.kind, LEDGER.c.key == left.c.key)
        )
    if not kept:
        return
    rows = _source(("kind", "old", "new", "held", "digest"), kept)
    same = ours & (LEDGER.c.kind == rows.c.kind)
    marked = sa.literal(_MARK) + rows.c.old
    await connection.execute(sa.update(LEDGER).where(same, LEDGER.c.key == rows.c.old).values(key=marked))
    new = {"key": rows.c.new, "values": sa.cast(rows.c.held, JSONB), "digest": rows.c.digest}
    await connection.execute(sa.update(LEDGER).where(same, LEDGER.c.key == marked).values(new))


async def _rewrite_done(connection: AsyncConnection, pack: Pack, renaming: Renaming) -> None:
    """Entries about rows below a renamed one speak of it by its new name from now on."""
    found = sa.select(MOVES.c.kind, MOVES.c.from_key, MOVES.c.to_key, MOVES.c.run_id).where(MOVES.c.pack == pack.name)
    old, new = [], []
    for name, *keys, run in (await connection.execute(found)).all():
        if name in renaming.kinds:
            places = [key_text(renaming.place(name, _key(text))) for text in keys]
            if places != keys:
                old.append((name, *keys))
                new.append((pack.name, name, *places, run))
    await _delete(connection, pack, old)
    await _insert(connection, new)


async def _insert(connection: AsyncConnection, entries: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Kind, from and to of those entries that were not there."""
    if not entries:
        return []
    names = ("pack", "kind", "from_key", "to_key", "run_id")
    columns = [Column(name, MOVES.c[name].type, cells) for name, cells in _columns(names, entries)]
    rows = source(columns)
    new = insert_or(MOVES).from_select(list(names), sa.select(*(taken(rows, column) for column in columns)))
    told = new.on_conflict_do_nothing().returning(MOVES.c.kind, MOVES.c.from_key, MOVES.c.to_key)
    return [tuple(row) for row in (await connection.execute(told)).all()]


async def _delete(connection: AsyncConnection, pack: Pack, entries: Sequence[tuple[Any, ...]]) -> None:
    if entries:
        names = ("kind", "from_key", "to_key")
        rows = _source(names, entries)
        same = (MOVES.c[name] == rows.c[name] for name in names)
        await connection.execute(sa.delete(MOVES).where(MOVES.c.pack == pack.name, *same))


def _source(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> sa.TableValuedAlias:
    """Rows of texts as a source to join."""
    return source([Column(name, sa.Text(), cells) for name, cells in _columns(names, rows)])


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Iterable[tuple[str, list[Any]]]:
    return zip(names, map(list, zip(*rows, strict=True)), strict=True)


def _key(text: str) -> Key:
    return values.key(json.loads(text))
