"""What an apply leaves behind: the run, its change log, and the ledger filled from that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.basis import LEDGER, RUNS
from pipeline.database.ids import Ids
from pipeline.database.own_tables import Change as ChangeRow
from pipeline.database.read import Snapshot, key_text
from pipeline.database.write import NewRows, insert
from pipeline.model import values
from pipeline.plan.change import Change, Plan, Record, field_documents, is_forgotten, print_of

CHANGES: sa.Table = ChangeRow.__table__  # type: ignore[attr-defined]  # SQLModel does not type it


class Author(NamedTuple):
    """Who applies, and why. None for `actor` means the database user.

    `clean` says whether the working tree was.
    """

    actor: str | None = None
    reason: str | None = None
    commit: str | None = None
    clean: bool | None = None


async def record(
    connection: AsyncConnection,
    plan: Plan,
    ids: Ids,
    before: Snapshot,
    author: Author,
    allowed: Sequence[Mapping[str, Any]] = (),
) -> int:
    """Write the run, its change log and the ledger. Returns the run's number.

    `allowed` lists hazards, each with its name, the kind and the ceiling that were given, and the number of rows.
    """
    counts = plan.summary
    who = {"actor": author.actor} if author.actor else {}
    new_run = sa.insert(RUNS).values(
        **who,
        pack=plan.pack,
        scope=plan.scope,
        reason=author.reason,
        git_commit=author.commit,
        git_clean=author.clean,
        allowed=list(allowed),
        plan_digest=plan.digest,
        undoes=plan.undoes,
        created=counts["create"],
        updated=counts["update"],
        moved=counts["move"],
        reactivated=counts["reactivate"],
        deactivated=counts["deactivate"],
        recorded=len(plan.records),
    )
    run = int(await connection.scalar(new_run.returning(RUNS.c.id)))
    entries: list[Change | Record] = [*plan.changes, *plan.records]
    await insert(connection, NewRows(CHANGES, _COLUMNS, _rows(run, entries, ids), len(entries)))
    known = any(entry.address.key in before.ledger[entry.address.kind] for entry in entries)
    if known:
        await connection.execute(_remember(plan.pack, run))
    await connection.execute(_ledger(plan.pack, run, known=known))
    if any(is_forgotten(entry) for entry in entries):
        await connection.execute(_forget(plan.pack, run))
    return run


_COLUMNS = (
    *("run_id", "position", "kind", "key", "moved_from", "row_id", "declared", "active", "protected", "digest"),
    *("action", "cause", "fields", "file", "line"),
)


def _rows(run: int, entries: list[Change | Record], ids: Ids) -> Iterator[tuple[Any, ...]]:
    for position, entry in enumerate(entries, 1):
        kind, key = entry.address
        row_id = ids[kind].get(key)
        yield (
            run,
            position,
            kind,
            key_text(key),
            key_text(entry.moved_from) if isinstance(entry, Change) and entry.moved_from else None,
            "" if row_id is None else str(row_id),
            values.dump(entry.declared),
            entry.active,
            entry.protected,
            print_of(entry),
            *_said(entry),
        )


def _said(entry: Change | Record) -> tuple[str, str, str, str | None, int | None]:
    """Action, cause, changed fields, file and line of a change; a record has only the first."""
    if isinstance(entry, Record):
        return "record", "manifest", "{}", None, None
    fields = values.canonical_text(field_documents(entry.fields)) if entry.fields else "{}"
    return entry.action, entry.cause, fields, entry.origin.file if entry.origin else None, entry.line or None


def _remember(pack: str, run: int) -> sa.Update:
    """Keep what the ledger holds of the run's rows, before it learns the new."""
    held = sa.func.jsonb_build_object(
        "values", LEDGER.c["values"], "active", LEDGER.c.active, "protected", LEDGER.c.protected
    )
    same = (LEDGER.c.pack == pack) & (LEDGER.c.kind == CHANGES.c.kind) & (LEDGER.c.key == CHANGES.c.key)
    return sa.update(CHANGES).where(CHANGES.c.run_id == run, same).values(recorded=held)


def _ledger(pack: str, run: int, *, known: bool) -> Any:
    """Bring the ledger to what the change log says; `known` tells that it holds some of it already.

    A row that is gone keeps its id, in case it is declared again.
    """
    kept = ("kind", "key", "row_id", "active", "protected", "digest", "run_id")
    chosen = sa.select(sa.literal(pack), *(CHANGES.c[name] for name in kept), CHANGES.c.declared)
    new = insert_or(LEDGER).from_select(["pack", *kept, "values"], chosen.where(CHANGES.c.run_id == run))
    if not known:  # looking for conflicts would take half as long again
        return new
    taken = {name: new.excluded[name] for name in ("active", "protected", "digest", "run_id", "values")}
    row_id = sa.func.coalesce(sa.func.nullif(new.excluded.row_id, ""), LEDGER.c.row_id)
    return new.on_conflict_do_update(index_elements=["pack", "kind", "key"], set_={**taken, "row_id": row_id})


def _forget(pack: str, run: int) -> sa.Delete:
    """Take out of the ledger what a rollback makes nobody's again."""
    same = (LEDGER.c.pack == pack) & (LEDGER.c.kind == CHANGES.c.kind) & (LEDGER.c.key == CHANGES.c.key)
    forgotten = CHANGES.c.active & (CHANGES.c.declared == sa.cast(sa.literal("{}"), JSONB))
    return sa.delete(LEDGER).where(CHANGES.c.run_id == run, same, forgotten)
