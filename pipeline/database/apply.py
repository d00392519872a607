"""Carry out a plan: lock, compare with the basis, write, record, read again, and only then commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from pipeline.database import hooks
from pipeline.database.basis import LEDGER, RUNS, basis
from pipeline.database.deferred import defer, settle
from pipeline.database.ids import draw, make_ids
from pipeline.database.lock import locked
from pipeline.database.make_way import make_way
from pipeline.database.moves import carry, remember
from pipeline.database.read import Snapshot, key_text, read
from pipeline.database.record import Author, record
from pipeline.database.session import explained, is_conflict
from pipeline.database.verify import Verification, listed, require_invariants
from pipeline.database.write import execute, steps
from pipeline.errors import PlanFileError, StalePlanError
from pipeline.model.address import Address, Key
from pipeline.model.pack import Pack
from pipeline.model.resource import State
from pipeline.plan.allowance import Allowance, on_record, refused
from pipeline.plan.change import Plan
from pipeline.plan.diff import covers
from pipeline.plan.hazard import in_use
from pipeline.plan.outcome import outcome
from pipeline.plan.renaming import Renaming
from pipeline.plan.stale import Moved, moved_between

ATTEMPTS = 3
_SENSELESS = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, StatementError)
"""What comes of a plan that changes rows which are not there, or gives them what no column holds."""

Progress = Callable[[int, int, str], None]
"""Told (rows done, rows in all, what comes next)."""


class Applied(NamedTuple):
    """A finished apply: the number of its run."""

    run: int


class Work(NamedTuple):
    """A plan to carry out, and for whom.

    `before` gives the rows that it was computed from, for telling which of them moved. `snapshot` is the same with
    ids and ledger; it is read again where there is none. `allowed` is what lets its hazards pass.
    """

    pack: Pack
    plan: Plan
    author: Author
    before: Callable[[], State]
    snapshot: Snapshot | None = None
    allowed: tuple[Allowance, ...] = ()


async def apply(
    engine: AsyncEngine, work: Work, *, lock_timeout: float, waiting: Callable[[str], None], progress: Progress
) -> Applied:
    """Do exactly what the plan says, in one transaction.

    Raises StalePlanError if the database moved since, LockTimeoutError, PlanFileError for a plan from a file that
    makes no sense, VerificationError if the outcome is not what was planned, DatabaseError for whatever the server
    refuses; in all these cases nothing was changed. UnknownOutcomeError is raised where the connection broke off at the
    commit. A transaction that lost a race is tried again whole.
    """
    with explained():
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with locked(engine, work.pack.name, lock_timeout, waiting) as connection:
                    return await _apply(connection, work, progress)
            except (DBAPIError, asyncpg.PostgresError) as error:
                if attempt == ATTEMPTS or not is_conflict(error):
                    raise
            except _SENSELESS as error:
                if work.snapshot is not None:
                    raise  # nobody but the pipeline itself has made this plan
                raise PlanFileError(
                    "The plan file asks for changes that its own rows do not allow. Nothing was changed; "
                    "make a new plan."
                ) from error
    raise AssertionError("unreachable")


async def _apply(connection: AsyncConnection, work: Work, progress: Progress) -> Applied:
    pack, plan = work.pack, work.plan
    rows = await _require_basis(connection, work)
    snapshot = work.snapshot or await read(connection, pack)
    after = outcome(pack, snapshot.state, plan.changes)
    allowed = await _require_unused(connection, work, snapshot)
    seen = await carry(connection, pack, snapshot, Renaming.of(pack, plan.changes))
    ids = {name: dict(keys) for name, keys in seen.ids.items()}
    gone = [c.address for c in plan.changes if c.action == "create" and c.address.key in seen.ledger[c.address.kind]]
    numbers = await draw(connection, pack, plan.changes, ids)
    make_ids(pack, plan.changes, ids, await _remembered(connection, pack, gone), numbers)
    verification = await Verification.prepare(connection, pack, plan.changes, after, ids, rows)
    todo = [*make_way(pack, plan.changes, ids), *steps(pack, plan.changes, after, ids)]
    total, done = sum(step.rows for step in todo) * 2, 0
    await defer(connection, pack)
    for step in todo:
        progress(done, total, step.label)
        await execute(connection, step)
        done += step.rows
    await settle(connection, pack)
    progress(done, total, "record and verify")
    run = await record(connection, plan, ids, seen, work.author, allowed)
    await hooks.recorded(connection, pack, run)
    await remember(connection, pack, plan, run)
    await verification.check(connection)
    require_invariants(pack, after, _concerned(pack, plan, seen))
    progress(total, total, "done")
    return Applied(run)


async def _require_unused(connection: AsyncConnection, work: Work, snapshot: Snapshot) -> Sequence[Mapping[str, Any]]:
    """What the run remembers of its allowances. Raises StalePlanError, with the rows, where some that retire came into
    use since the plan was made and nothing allows that."""
    pack, plan = work.pack, work.plan
    ids = Renaming.of(pack, plan.changes).keyed(snapshot.ids)
    now = list(in_use(await hooks.uses(connection, pack, ids, plan.changes)))
    if refused(now, work.allowed):
        known = {row for hazard in plan.hazards if hazard.name == "in-use" for row in hazard.rows}
        used = [(row, note) for hazard in now for row, note in zip(hazard.rows, hazard.notes, strict=True)]
        new = [Moved(row, "used", note=note) for row, note in used if row not in known]
        rows = "1 row" if len(new) == 1 else f"{len(new)} rows"
        raise StalePlanError(
            f"{rows} that the plan retires came into use after it was made: {listed([row.address for row in new])}. "
            "Nothing was applied; make a new plan.",
            new,
        )
    return on_record([hazard for hazard in plan.hazards if hazard.name != "in-use"] + now, work.allowed)


def _concerned(pack: Pack, plan: Plan, seen: Snapshot) -> dict[str, set[Key]]:
    """The keys of all rows that the plan writes, and of those that are ours in what it is about."""
    found = {
        kind.name: {key for key in seen.ledger[kind.name] if covers(pack, kind, key, plan.scope)} for kind in pack.kinds
    }
    for change in plan.changes:
        found[change.address.kind].add(change.address.key)
    return found


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


async def _require_basis(connection: AsyncConnection, work: Work) -> str:
    """The fingerprint of the managed rows. Raises StalePlanError, with the rows that moved, unless the database is as
    the plan saw it."""
    pack, plan = work.pack, work.plan
    now = await basis(connection, pack)
    if now.print_ == plan.basis.rows:
        return now.rows
    statement = sa.select(RUNS.c.id, RUNS.c.applied_at).where(RUNS.c.pack == pack.name)
    done = (await connection.execute(statement.where(RUNS.c.plan_digest == plan.digest).order_by(RUNS.c.id))).first()
    if done is not None:
        raise StalePlanError(
            f"This plan was applied already, as run {done.id} on {done.applied_at:%Y-%m-%d %H:%M} UTC. "
            "Nothing was applied; make a new plan."
        )
    moved = moved_between(work.before(), (await read(connection, pack)).state)
    rows = "1 row" if len(moved) == 1 else f"{len(moved)} rows"
    what = (
        f"{rows} moved: {listed([row.address for row in moved])}"
        if moved
        else "another apply has finished, or rows were replaced"
    )
    raise StalePlanError(
        f"The database changed after the plan was made; {what}. Nothing was applied; make a new plan.", moved
    )
