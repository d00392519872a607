"""Plans in files: saved, read back, and held against the database they are for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.catalog import Catalog, complete, has_schema
from pipeline.commands.databases import histories
from pipeline.commands.plans import Prepared, with_tables
from pipeline.errors import PlanFileError, RevisionError
from pipeline.plan import planfile
from pipeline.plan.stale import Moved, moved_between

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


async def save(engine: AsyncEngine, prepared: Sequence[Prepared], path: Path) -> None:
    """Write plans into a file, for `load_plan`. The file is whole or not there at all."""
    from pipeline.database.identity import identify
    from pipeline.database.session import reading

    async with reading(engine) as connection:
        database = await identify(connection)
    plans = [(item.plan, item.before()) for item in prepared]
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as stream:
            planfile.dump(stream, database, plans, {item.pack.name: item.pack for item in prepared})
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise PlanFileError(
            f"The plan cannot be written to {path}: {(error.strerror or 'unknown reason').lower()}."
        ) from error


def load_plan(path: Path, catalog: Catalog) -> tuple[planfile.Database, list[Prepared]]:
    """The plans of a file, and the database that they are for. Needs neither manifests nor that database."""
    packs = {pack.name: pack for pack in complete(filter(has_schema, catalog))}
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PlanFileError(
            f"The plan file {path} cannot be read: {(error.strerror or 'unknown reason').lower()}."
        ) from error
    found = planfile.load(content, packs)
    return found.database, [Prepared(packs[saved.plan.pack], saved.plan, saved.before) for saved in found.saved]


async def require_fit(engine: AsyncEngine, database: planfile.Database, prepared: Sequence[Prepared]) -> None:
    """Raise unless the database is the one that saved plans are for, with the tables that they were made for."""
    from pipeline.database import migrations
    from pipeline.database.identity import identify
    from pipeline.database.session import reading

    known = histories(tuple(item.pack for item in prepared))
    async with reading(engine) as connection:
        here = await identify(connection)
        if here != database:
            raise PlanFileError(
                f"The plan is for the database {database.name!r}, on another server than this or under another name: "
                f"this is {here.name!r}. Nothing was applied. Name the right one with --database-url."
            )
        current = await migrations.current(connection, known)
    for item in prepared:
        if any(current.get(name) != revision for name, revision in item.plan.basis.revisions.items()):
            raise RevisionError(
                "The database's tables are not those that the plan was made for: their revision is another one now. "
                "Nothing was applied; make a new plan."
            )


async def moved(engine: AsyncEngine, prepared: Prepared) -> list[Moved] | None:
    """The rows that moved since the plan was made; None where it still fits the database."""
    from pipeline.database.basis import basis
    from pipeline.database.read import read
    from pipeline.database.session import reading

    pack = (await with_tables(engine, prepared)).pack
    async with reading(engine) as connection:
        if (await basis(connection, pack)).print_ == prepared.plan.basis.rows:
            return None
        return moved_between(prepared.before(), (await read(connection, pack)).state)
