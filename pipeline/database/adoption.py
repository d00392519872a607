"""Tables that somebody else made: compared with ours, and then taken over as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.database import migrations
from pipeline.database.migrations import History
from pipeline.errors import RevisionError

_MOST = 20


async def adopt(engine: AsyncEngine, history: History) -> str:
    """Note that the tables of a history are there, without touching them. Returns the revision they are at now.

    Raises RevisionError where they are managed already, or lack something of ours. What they have beside is no matter.
    """
    async with migrations.changing(engine) as connection:
        current = (await migrations.current(connection, (history,)))[history.name]
        if current is not None:
            raise RevisionError(f"The tables of {history.name} are managed already: they are at {current}.")
        lacking = sorted(set(await connection.run_sync(_lacking, history)))
        if lacking:
            more = f"\n  … and {len(lacking) - _MOST} more" if len(lacking) > _MOST else ""
            raise RevisionError(
                f"The tables of {history.name} cannot be taken over as they are. Bring them to what the pipeline works "
                "with, or make its own with `pipeline db upgrade` in an empty database and copy the rows in:\n  "
                + "\n  ".join(lacking[:_MOST])
                + more
            )
        await connection.run_sync(migrations.command_of, "stamp", history, "head")
    return migrations.revisions(history)[-1]


def _lacking(connection: sa.Connection, history: History) -> Iterator[str]:
    """What our tables have and those of the database have not, in words."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    migrations.enter(connection, history)
    options = migrations.options(history)
    metadata: sa.MetaData = options.pop("target_metadata")
    context = MigrationContext.configure(connection, opts={**options, "target_metadata": metadata})
    found: list[str] = []
    inspector = sa.inspect(connection)
    missing = {table.name for table in metadata.tables.values() if not inspector.has_table(table.name, table.schema)}
    for difference in compare_metadata(context, metadata):
        found += _said(difference, missing)
    for table in metadata.tables.values():  # Alembic does not compare these
        if table.name not in missing:
            there = {check["name"] for check in inspector.get_check_constraints(table.name, table.schema)}
            ours = {str(check.name) for check in table.constraints if isinstance(check, sa.CheckConstraint)}
            found += [f"{table.name}: the check {name} is missing" for name in ours - there]
    return iter(found)


def _said(difference: Any, missing: Collection[str]) -> Iterator[str]:
    """A difference as a sentence; nothing of what the database has beside ours."""
    if isinstance(difference, list):  # several changes of one column
        for one in difference:
            yield from _said(one, missing)
        return
    what, *rest = difference
    match what:
        case "add_table":
            yield f"{rest[0].name}: the table is missing"
        case "add_column":
            yield f"{rest[1]}: the column {rest[2].name} is missing"
        case "add_index" | "add_constraint" | "add_fk" if rest[0].table.name not in missing:
            yield f"{rest[0].table.name}: {rest[0].name} is missing"
        case "modify_nullable" | "modify_type" | "modify_default":
            said = {
                "modify_nullable": "whether it may be empty",
                "modify_type": "its type",
                "modify_default": "its default",
            }
            _schema, table, column, _existing, has, should = rest
            differs = f"it has {_shown(has)}, not {_shown(should)}"
            yield f"{table}: the column {column} differs in {said[what]}: {differs}"


def _shown(value: object) -> str:
    text = str(getattr(value, "arg", value)) if value is not None else "none"
    return {"True": "yes", "False": "no"}.get(text, text)
