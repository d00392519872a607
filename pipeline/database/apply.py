"""Carry out a plan: lock, compare with the basis, write, record, read again, and only then commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from pipeline.database import read as reader
from pipeline.database.lock import locked
from pipeline.database.own_tables import Change as ChangeRow
from pipeline.database.own_tables import Run as RunRow
from pipeline.database.read import LEDGER, Snapshot, key_text
from pipeline.database.session import explained, is_conflict
from pipeline.database.write import Column, Ids, NewRows, execute, insert, make_ids, source, steps, taken
from pipeline.errors import StalePlanError, VerificationError
from pipeline.model import values
from pipeline.model.address import Address, sort_key
from pipeline.model.pack import Pack, Violation
from pipeline.model.resource import State, fingerprint
from pipeline.plan.change import Change, Plan, Record, field_documents
from pipeline.plan.diff import unlike

RUNS: sa.Table = RunRow.__table__  # type: ignore[attr-defined]  # SQLModel does not type it
CHANGES: sa.Table = ChangeRow.__table__  # type: ignore[attr-defined]
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
    desired: State,
    snapshot: Snapshot,
    *,
    lock_timeout: float,
    waiting: Callable[[str], None],
    progress: Progress,
) -> Applied:
    """Do exactly what the plan says, in one transaction.

    `snapshot` is what the plan was computed from. Raises StalePlanError if the database moved since, LockTimeoutError,
    VerificationError if the outcome is not what was declared, DatabaseError for whatever the server refuses;
    in all cases nothing was changed. A transaction that lost a race is tried again whole.
    """
    with explained():
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with locked(engine, pack.name, lock_timeout, waiting) as connection:
                    return await _apply(connection, pack, plan, desired, snapshot, progress)
            except (DBAPIError, asyncpg.PostgresError) as error:
                if attempt == ATTEMPTS or not is_conflict(error):
                    raise
    raise AssertionError("unreachable")


async def _apply(
    connection: AsyncConnection, pack: Pack, plan: Plan, desired: State, snapshot: Snapshot, progress: Progress
) -> Applied:
    if await reader.basis(connection, pack) != plan.basis.rows:
        raise StalePlanError(_moved(snapshot, await reader.read(connection, pack)))
    ids = {name: dict(keys) for name, keys in snapshot.ids.items()}
    gone = [
        c.address for c in plan.changes if c.action == "create" and c.address.key in snapshot.ledger[c.address.kind]
    ]
    make_ids(pack, plan.changes, ids, await _remembered(connection, pack, gone))
    work = steps(pack, plan.changes, ids)
    total, done = sum(step.rows for step in work) * 2, 0
    for step in work:
        progress(done, total, step.label)
        await execute(connection, step)
        done += step.rows
    progress(done, total, "record and verify")
    run = await _record(connection, pack, plan, ids, snapshot)
    await _verify(connection, pack, plan, desired, snapshot)
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


async def _record(connection: AsyncConnection, pack: Pack, plan: Plan, ids: Ids, snapshot: Snapshot) -> int:
    """Write the run, its change log and the ledger. Returns the run's number."""
    counts = plan.summary
    new_run = sa.insert(RUNS).values(
        pack=pack.name,
        plan_digest=plan.digest,
        created=counts["create"],
        updated=counts["update"],
        reactivated=counts["reactivate"],
        deactivated=counts["deactivate"],
        recorded=len(plan.records),
    )
    run = int(await connection.scalar(new_run.returning(RUNS.c.id)))
    await insert(connection, _log(run, plan.changes))
    entries: list[Change | Record] = [*plan.changes, *plan.records]
    known = [entry for entry in entries if entry.address.key in snapshot.ledger[entry.address.kind]]
    new = [entry for entry in entries if entry.address.key not in snapshot.ledger[entry.address.kind]]
    await insert(connection, _new_entries(pack, run, new, ids))
    if known:
        await connection.execute(_known_entries(pack, run, known, ids))
    return run


def _log(run: int, changes: Sequence[Change]) -> NewRows:
    columns = ["run_id", "position", "kind", "key", "action", "cause", "fields", "declared", "file", "line"]
    rows = (
        (
            run,
            position,
            change.address.kind,
            key_text(change.address.key),
            change.action,
            change.cause,
            values.canonical_text(field_documents(change.fields)) if change.fields else "{}",
            values.dump(change.declared),
            change.origin.file if change.origin else None,
            change.line or None,
        )
        for position, change in enumerate(changes, 1)
    )
    return NewRows(CHANGES, columns, rows, len(changes))


def _entries(entries: Iterable[Change | Record], ids: Ids) -> Iterator[tuple[Any, ...]]:
    """Ledger entries as rows: kind, key, row_id, active, digest, values. A row that is gone has no id."""
    for entry in entries:
        kind, key = entry.address
        print_ = fingerprint(entry.declared, active=entry.active)
        row_id = str(ids[kind].get(key, ""))
        yield kind, key_text(key), row_id, entry.active, print_, values.dump(entry.declared)


def _new_entries(pack: Pack, run: int, entries: Sequence[Change | Record], ids: Ids) -> NewRows:
    columns = ["pack", "run_id", "kind", "key", "row_id", "active", "digest", "values"]
    return NewRows(LEDGER, columns, ((pack.name, run, *row) for row in _entries(entries, ids)), len(entries))


def _known_entries(pack: Pack, run: int, entries: Iterable[Change | Record], ids: Ids) -> sa.Update:
    kinds, keys, *rest = zip(*_entries(entries, ids), strict=True)
    written = [
        Column("row_id", sa.Text(), rest[0]),
        Column("active", sa.Boolean(), rest[1]),
        Column("digest", sa.Text(), rest[2]),
        Column("values", JSONB(), rest[3]),
    ]
    rows = source([Column("kind", sa.Text(), kinds), Column("key", sa.Text(), keys), *written])
    found = (LEDGER.c.pack == pack.name) & (LEDGER.c.kind == rows.c.kind) & (LEDGER.c.key == rows.c.key)
    assigned: dict[str, Any] = {column.name: taken(rows, column) for column in written}
    # A row that is gone keeps its id here, in case it is declared again.
    assigned["row_id"] = sa.func.coalesce(sa.func.nullif(assigned["row_id"], ""), LEDGER.c.row_id)
    return sa.update(LEDGER).where(found).values(assigned | {"run_id": run})


async def _verify(connection: AsyncConnection, pack: Pack, plan: Plan, desired: State, before: Snapshot) -> None:
    """Read the rows again: all must be as declared, and the pack's invariants must hold of what is ours."""
    state = await reader.rows(connection, pack, desired)
    wrong = sorted(set(unlike(desired, state, plan, pack)), key=sort_key)
    if wrong:
        raise VerificationError(
            f"After writing, {_counted(wrong)} not as the manifests say: {_listed(wrong)}. Something in the "
            "database, such as a trigger, changes what is written. Everything was rolled back."
        )
    written = {change.address for change in plan.changes}
    broken = [
        violation
        for violation in violations(pack, state)
        if any(address in written or address.key in before.ledger[address.kind] for address in violation.addresses)
    ]
    if broken:
        more = f" ({len(broken) - 1} more of the kind.)" if len(broken) > 1 else ""
        raise VerificationError(f"{broken[0].message}.{more} Everything was rolled back.")


def violations(pack: Pack, state: State) -> list[Violation]:
    """What breaks the pack's invariants, in their order."""
    return [violation for invariant in pack.invariants for violation in invariant.check(state)]


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
    what = f"{rows} moved: {_listed(moved)}" if moved else "another apply has finished"
    return f"The database changed after the plan was made; {what}. Nothing was applied; make a new plan."


def _counted(addresses: Sequence[Address]) -> str:
    return "1 row is" if len(addresses) == 1 else f"{len(addresses)} rows are"


def _listed(addresses: Sequence[Address]) -> str:
    shown = ", ".join(str(address) for address in addresses[:10])
    return shown if len(addresses) <= 10 else f"{shown} …"
