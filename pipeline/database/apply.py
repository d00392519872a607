"""Carry out a plan: lock, compare with the basis, write, record, read again, and only then commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from pipeline.database.basis import LEDGER, basis
from pipeline.database.lock import locked
from pipeline.database.make_way import make_way
from pipeline.database.moves import carry, remember
from pipeline.database.read import Snapshot, key_text, read
from pipeline.database.record import Author, record
from pipeline.database.session import explained, is_conflict
from pipeline.database.verify import Verification, listed, require_invariants
from pipeline.database.write import execute, make_ids, steps
from pipeline.errors import StalePlanError
from pipeline.model.address import Address, Key, sort_key
from pipeline.model.pack import Pack
from pipeline.plan.change import Plan
from pipeline.plan.outcome import outcome
from pipeline.plan.renaming import Renaming

ATTEMPTS = 3

Progress = Callable[[int, int, str], None]
"""Told (rows done, rows in all, what comes next)."""


class Applied(NamedTuple):
    """A finished apply: the number of its run."""

    run: int


async def apply(
    engine: AsyncEngine,
    pack: Pack,
    plan: Plan,
    author: Author,
    snapshot: Snapshot,
    *,
    lock_timeout: float,
    waiting: Callable[[str], None],
    progress: Progress,
) -> Applied:
    """Do exactly what the plan says, in one transaction.

    `snapshot` is what the plan was computed from. Raises StalePlanError if the database moved since, LockTimeoutError,
    VerificationError if the outcome is not what was planned, DatabaseError for whatever the server refuses;
    in all cases nothing was changed. A transaction that lost a race is tried again whole.
    """
    with explained():
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with locked(engine, pack.name, lock_timeout, waiting) as connection:
                    return await _apply(connection, pack, plan, author, snapshot, progress)
            except (DBAPIError, asyncpg.PostgresError) as error:
                if attempt == ATTEMPTS or not is_conflict(error):
                    raise
    raise AssertionError("unreachable")


async def _apply(
    connection: AsyncConnection, pack: Pack, plan: Plan, author: Author, snapshot: Snapshot, progress: Progress
) -> Applied:
    if await basis(connection, pack) != plan.basis.rows:
        raise StalePlanError(_moved(snapshot, await read(connection, pack)))
    after = outcome(pack, snapshot.state, plan.changes)
    seen = await carry(connection, pack, snapshot, Renaming.of(pack, plan.changes))
    ids = {name: dict(keys) for name, keys in seen.ids.items()}
    gone = [c.address for c in plan.changes if c.action == "create" and c.address.key in seen.ledger[c.address.kind]]
    make_ids(pack, plan.changes, ids, await _remembered(connection, pack, gone))
    verification = await Verification.prepare(connection, pack, plan.changes, after, ids)
    work = [*make_way(pack, plan.changes, ids), *steps(pack, plan.changes, after, ids)]
    total, done = sum(step.rows for step in work) * 2, 0
    for step in work:
        progress(done, total, step.label)
        await execute(connection, step)
        done += step.rows
    progress(done, total, "record and verify")
    run = await record(connection, plan, ids, seen, author)
    await remember(connection, pack, plan, run)
    await verification.check(connection)
    written: dict[str, set[Key]] = {name: set(entries) for name, entries in seen.ledger.items()}
    for change in plan.changes:
        written[change.address.kind].add(change.address.key)
    require_invariants(pack, after, written)
    progress(total, total, "done")
    return Applied(run)


async def _remembered(connection: AsyncConnection, pack: Pack, addresses: Sequence[Address]) -> dict[Address, str]:
    """The ids that the ledger remembers of rows that are gone."""
    if not addresses:
        return {}
    by_key = {(address.kind, key_text(address.key)): address for address in addresses}
    statement = sa.select(LEDGER.c.kind, LEDGER.c.key, LEDGER.c.row_id).where(
        LEDGER.c.pack == pack.name, LEDGER.c.key == sa.any_(sa.cast([key for _, key in by_key], sa.ARRAY(sa.Text)))
    )
    rows = (await connection.execute(statement)).all()
    return {by_key[name, key]: row_id for name, key, row_id in rows if (name, key) in by_key}


def _moved(before: Snapshot, now: Snapshot) -> str:
    """The message of a stale plan: which rows moved."""
    moved = sorted(
        {
            Address(kind, key)
            for kind in before.state
            for key in before.state[kind].keys() | now.state[kind].keys()
            if before.state[kind].get(key) != now.state[kind].get(key)
            or before.ids[kind].get(key) != now.ids[kind].get(key)
        },
        key=sort_key,
    )
    rows = "1 row" if len(moved) == 1 else f"{len(moved)} rows"
    what = f"{rows} moved: {listed(moved)}" if moved else "another apply has finished"
    return f"The database changed after the plan was made; {what}. Nothing was applied; make a new plan."
