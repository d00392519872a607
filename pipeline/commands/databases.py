"""The database itself: where it is, its schema's revisions, who may do what, and whether it is sound."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from pipeline.commands.catalog import Catalog, complete
from pipeline.config import Settings, bundled
from pipeline.errors import UsageError
from pipeline.manifest import schema as schemas
from pipeline.model.pack import Pack, Violation

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from pipeline.database.migrations import History


Purpose: TypeAlias = Literal["plan", "apply"]


@asynccontextmanager
async def database(settings: Settings, catalog: Catalog, *, upgrade_fresh: bool = True) -> AsyncIterator[AsyncEngine]:
    """The engine of the database that the settings name: the given one, or the embedded server's.

    A fresh embedded database is brought to the newest revision at once; any other only on demand.
    """
    from pipeline.database import embedded, migrations
    from pipeline.database.session import make_engine

    if settings.database_url:
        engine = make_engine(settings.database_url)
        try:
            yield engine
        finally:
            await engine.dispose()
        return
    with embedded.serve(settings.data / "postgres") as url:
        engine = make_engine(url)
        try:
            current = await migrations.current(engine, histories(catalog))
            if upgrade_fresh and not any(current.values()):
                await migrations.upgrade(engine, histories(catalog))
            yield engine
        finally:
            await engine.dispose()


def histories(catalog: Catalog) -> tuple[History, ...]:
    """The schema histories that the pipeline and the packs bring, in the order in which they are upgraded."""
    from pipeline.database import migrations

    return migrations.histories(bundled("alembic"), catalog)


async def upgrade(settings: Settings, catalog: Catalog) -> dict[str, tuple[str | None, str | None]]:
    """Bring the schema to the newest revision. Returns each history's revision before and after."""
    from pipeline.database import migrations

    async with database(settings, catalog, upgrade_fresh=False) as engine:
        before = await migrations.current(engine, histories(catalog))
        await migrations.upgrade(engine, histories(catalog))
        after = await migrations.current(engine, histories(catalog))
    return {name: (before[name], after[name]) for name in before}


async def adopt(settings: Settings, catalog: Catalog, pack: str) -> str:
    """Take over tables of a pack that are there already, as they are. Returns the revision they are at now."""
    from pipeline.database import adoption

    (history,) = _histories_named(catalog, pack)
    async with database(settings, catalog, upgrade_fresh=False) as engine:
        return await adoption.adopt(engine, history)


async def downgrade(
    settings: Settings, catalog: Catalog, revision: str, name: str | None
) -> dict[str, tuple[str | None, str | None]]:
    """Take one history back, or for `base` every history. Returns each one's revision before and after."""
    from pipeline.database import migrations

    chosen = _histories_named(catalog, name)
    if len(chosen) > 1 and revision != "base":
        raise UsageError(f"Say with --pack which history goes back to {revision}; only `base` holds for all.")
    async with database(settings, catalog, upgrade_fresh=False) as engine:
        before = await migrations.current(engine, chosen)
        for history in reversed(chosen):
            await migrations.downgrade(engine, history, revision)
        after = await migrations.current(engine, chosen)
    return {name: (before[name], after[name]) for name in before}


async def revisions(settings: Settings, catalog: Catalog) -> dict[str, tuple[str | None, str]]:
    """Each history's revision in the database, and the newest one."""
    from pipeline.database import migrations

    async with database(settings, catalog, upgrade_fresh=False) as engine:
        current = await migrations.current(engine, histories(catalog))
    newest = migrations.heads(histories(catalog))
    return {name: (current[name], newest[name]) for name in current}


async def revision(settings: Settings, catalog: Catalog, message: str, name: str | None) -> Path | None:
    """Write a new revision of one history from what its tables have and the database lacks; None for nothing."""
    from pipeline.database import migrations

    chosen = _histories_named(catalog, name)
    if len(chosen) != 1:
        raise UsageError("Say with --pack for which history the revision is.")
    async with database(settings, catalog) as engine:
        return await migrations.revision(engine, chosen[0], message)


def _histories_named(catalog: Catalog, name: str | None) -> tuple[History, ...]:
    known = histories(catalog)
    chosen = tuple(history for history in known if name in (None, history.name))
    if not chosen:
        raise UsageError(f"There is no history {name!r}. Known: {', '.join(history.name for history in known)}.")
    return chosen


@contextmanager
def psql(settings: Settings) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The program psql, the URL of the database, and the variables it needs beside, for as long as the block runs."""
    from pipeline.database import embedded
    from pipeline.database.url import checked_url, split_password

    if settings.database_url:
        program = shutil.which("psql")
        if program is None:
            raise UsageError("psql is not installed here. Install PostgreSQL's client programs.")
        url, password = split_password(checked_url(settings.database_url))
        yield program, url, {} if password is None else {"PGPASSWORD": password}
        return
    with embedded.serve(settings.data / "postgres") as url:
        yield str(embedded.psql()), url, {}


def grants(settings: Settings, catalog: Catalog, role: str, purpose: Purpose, pack: str | None) -> str:
    """The GRANT statements that a role needs to plan or to apply. Needs no database; a URL just gives its name."""
    from pipeline.database.grants import grants as granted
    from pipeline.database.url import database_name

    packs = [schemas.complete(known, schemas.read(bundled("schemas") / known.name)) for known in catalog]
    chosen = [known for known in packs if pack in (None, known.name)]
    if not chosen:
        raise UsageError(f"There is no pack {pack!r}. Known: {', '.join(known.name for known in packs)}.")
    database = database_name(settings.database_url) if settings.database_url else None
    return granted(role, purpose, chosen, histories(tuple(chosen)), database)


@asynccontextmanager
async def newest(engine: AsyncEngine, catalog: Catalog) -> AsyncIterator[AsyncConnection]:
    """A READ ONLY transaction on a database whose schema is the newest."""
    from pipeline.database import migrations
    from pipeline.database.session import reading

    async with reading(engine) as connection:
        await migrations.require_newest(connection, histories(catalog))
        yield connection


class Health(NamedTuple):
    """What `verify` found in one pack: rows and active rows per kind, broken invariants by name, and in sentences what
    is wrong with rows that are no resources."""

    pack: Pack
    rows: dict[str, tuple[int, int]]
    violations: dict[str, list[Violation]]
    unsound: tuple[str, ...] = ()


async def verify(engine: AsyncEngine, catalog: Catalog) -> list[Health]:
    """Count the rows of every kind and check the packs' invariants on them."""
    from pipeline.database import read
    from pipeline.database.hooks import hooks

    found = []
    async with newest(engine, catalog) as connection:
        for pack in complete(catalog):
            state = (await read.read(connection, pack)).state
            rows = {
                name: (len(resources), sum(resource.active for resource in resources.values()))
                for name, resources in state.items()
            }
            broken = {invariant.name: list(invariant.check(state)) for invariant in pack.invariants}
            ask = hooks(pack).unsound
            found.append(Health(pack, rows, broken, tuple(await ask(connection, pack)) if ask else ()))
    return found
