"""New revisions of a history, drafted from what its tables have and the database lacks. For developers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.database.migrations import History, changing, command_of, require_newest


def has_begun(history: History) -> bool:
    """Whether a history has revisions."""
    return any(history.versions.glob("*.py"))


async def revision(engine: AsyncEngine, history: History, message: str) -> Path | None:
    """Write a new revision file with what the tables have and the database has not; None where that is nothing.

    What is written is a draft: read it before committing it.
    """
    history.versions.mkdir(parents=True, exist_ok=True)
    before = set(history.versions.glob("*.py"))
    name = f"{history.name}_{len(before) + 1:04d}"

    def only_changes(_context: Any, _revision: Any, drafts: list[Any]) -> None:
        drafts[:] = [draft for draft in drafts if not draft.upgrade_ops.is_empty()]

    async with changing(engine) as connection, connection.begin_nested() as nothing_stays:
        if before:
            await require_newest(connection, (history,))
        await connection.run_sync(
            command_of,
            "revision",
            history,
            message,
            autogenerate=True,
            rev_id=name,
            process_revision_directives=only_changes,
        )
        await nothing_stays.rollback()  # to compare, the schema that the tables are to be in had to be there
    return next(iter(set(history.versions.glob("*.py")) - before), None)
