"""The database itself: where it is, its schema's revisions, who may do what, and whether it is sound."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from pipeline.commands.catalog import Catalog, complete, has_schema, named_packs, with_manifests
from pipeline.config import Settings, bundled
from pipeline.errors import UsageError
from pipeline.manifest import schema as schemas
from pipeline.model.pack import Pack, Section, Violation

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from pipeline.database.migrations import History
    from pipeline.model.server_health import ServerHealth


OWN = "pipeline"
"""The history of the pipeline's own tables."""
Purpose: TypeAlias = Literal["plan", "apply"]


@asynccontextmanager
async def database(settings: Settings, catalog: Catalog, *, upgrade_fresh: bool = True) -> AsyncIterator[AsyncEngine]:
    """The engine of the database that the settings name: the given one, or the embedded server's.

    An embedded database gets tables that are not there, of packs in use, at once; any other only on demand.
    """
    from pipeline.database import embedded, migrations
    from pipeline.database.drafting import has_begun
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
            if upgrade_fresh and None in current.values():
                fresh = not any(current.values())
                in_use = histories(with_manifests(settings, catalog) or (catalog if fresh else ()))
                missing = [one for one in in_use if current[one.name] is None and has_begun(one)]
                await migrations.upgrade(engine, missing)
            yield engine
        finally:
            await engine.dispose()


def histories(catalog: Catalog) -> tuple[History, ...]:
    """The schema histories that the pipeline and the packs bring, in the order in which they are upgraded."""
    from pipeline.database import migrations

    return migrations.histories(bundled("alembic"), catalog)


async def upgrade(
    settings: Settings, catalog: Catalog, name: str | None = None
) -> dict[str, tuple[str | None, str | None]]:
    """Bring the schema to the newest revision: the pipeline's own tables, and those of the pack named, or else of the
    packs that have manifests or tables already. Returns each history's revision before and after."""
    from pipeline.database import migrations
    from pipeline.database.drafting import has_begun

    if name not in [pack.name for pack in catalog]:
        _histories_named(catalog, name)
    async with database(settings, catalog, upgrade_fresh=False) as engine:
        before = await migrations.current(engine, histories(catalog))
        wanted = {OWN, name} if name else {OWN, *(one for one, revision in before.items() if revision is not None)}
        if name is None:
            in_use = histories(with_manifests(settings, catalog))
            wanted |= {one.name for one in (in_use[1:] or filter(has_begun, histories(catalog)))}
        chosen = sorted((one for one in histories(catalog) if one.name in wanted), key=has_begun, reverse=True)
        await migrations.upgrade(engine, chosen)
        after = await migrations.current(engine, chosen)
    return {one.name: (before[one.name], after[one.name]) for one in chosen}


async def adopt(settings: Settings, catalog: Catalog, pack: str) -> str:
    """Take over tables of a pack that are there already, as they are. Returns the revision they are at now."""
    from pipeline.database import adoption

    (history,) = _histories_named(catalog, pack)
    async with database(settings, catalog, upgrade_fresh=False) as engine:
        return await adoption.adopt(engine, history)


async def downgrade(
    settings: Settings, catalog: Catalog, revision: str, name: str | None
) -> dict[str, tuple[str | None, str | None]]:
    """Take one history back, or for `base` every one that is there. Returns each one's revision before and after."""
    from pipeline.database import migrations

    chosen = _histories_named(catalog, name)
    if len(chosen) > 1 and revision != "base":
        raise UsageError(f"Say with --pack which history goes back to {revision}; only `base` holds for all.")
    async with database(settings, catalog, upgrade_fresh=False) as engine:
        before = await migrations.current(engine, chosen)
        for history in reversed(chosen):
            await migrations.downgrade(engine, history, revision)
        after = await migrations.current(engine, chosen)
    return {one: (before[one], after[one]) for one in before if name or before[one] is not None}


async def revisions(settings: Settings, catalog: Catalog) -> dict[str, tuple[str | None, str | None]]:
    """Each history's revision in the database, and the newest one; None for a history that has none yet.

    Packs that the database user may not read are left out.
    """
    from pipeline.database import migrations
    from pipeline.database.drafting import has_begun
    from pipeline.database.privileges import is_barred
    from pipeline.database.session import reading

    async with database(settings, catalog, upgrade_fresh=False) as engine, reading(engine) as connection:
        known = histories(tuple([pack for pack in catalog if not await is_barred(connection, pack)]))
        current = await migrations.current(connection, known)
    newest = migrations.heads(filter(has_begun, known))
    return {name: (current[name], newest.get(name)) for name in current}


async def revision(settings: Settings, catalog: Catalog, message: str, name: str | None) -> Path | None:
    """Write a new revision of one history from what its tables have and the database lacks; None for nothing."""
    from pipeline.database import drafting, migrations

    chosen = _histories_named(catalog, name)
    if len(chosen) != 1:
        raise UsageError("Say with --pack for which history the revision is.")
    async with database(settings, catalog, upgrade_fresh=False) as engine:
        if settings.database_url is None:
            await migrations.upgrade(engine, filter(drafting.has_begun, chosen))
        return await drafting.revision(engine, chosen[0], message)


def _histories_named(catalog: Catalog, name: str | None) -> tuple[History, ...]:
    known = histories(catalog)
    chosen = tuple(history for history in known if name in (None, history.name))
    if not chosen and name in [pack.name for pack in catalog]:
        raise UsageError(f"The pack {name} works on tables that are there already: it has no revisions of its own.")
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


async def grants(settings: Settings, catalog: Catalog, role: str, purpose: Purpose, pack: str | None) -> str:
    """The GRANT statements that a role needs to plan or to apply. A URL gives the name of the database; the database
    itself is needed only by packs whose tables are read from it."""
    from pipeline.database.grants import grants as granted
    from pipeline.database.url import database_name

    in_use = with_manifests(settings, catalog) or tuple(filter(has_schema, catalog))
    chosen = await _with_tables(settings, catalog, complete(named_packs(catalog, pack) if pack else in_use))
    name = database_name(settings.database_url) if settings.database_url else None
    return granted(role, purpose, chosen, histories(chosen), name)


async def schema(settings: Settings, catalog: Catalog, name: str | None = None) -> dict[Path, str]:
    """The JSON Schemas that tables and kinds make, of all packs or the one named: texts by the file they belong in.

    A database is needed only by packs whose tables are read from it.
    """
    from pipeline.database.fields import describe

    found = await _with_tables(settings, catalog, named_packs(catalog, name))
    return {
        (pack.home or settings.schemas / pack.name) / schemas.FILE_NAME: schemas.text(
            schemas.build(pack, describe(pack))
        )
        for pack in found
    }


async def _with_tables(settings: Settings, catalog: Catalog, chosen: Catalog) -> Catalog:
    """The packs with their tables, for which the database is asked only where a pack does not declare them."""
    from pipeline.database.reflection import fitting, reflected
    from pipeline.database.session import reading

    if all(pack.metadata is not None for pack in chosen):
        return tuple(map(fitting, chosen))
    async with database(settings, catalog) as engine, reading(engine) as connection:
        return tuple([await reflected(connection, pack) for pack in chosen])


class Ready(NamedTuple):
    """A READ ONLY transaction, and the packs whose tables are there at their newest revision, with their fields."""

    connection: AsyncConnection
    packs: Catalog


@asynccontextmanager
async def newest(engine: AsyncEngine, catalog: Catalog, pack: str | None = None) -> AsyncIterator[Ready]:
    """A READ ONLY transaction on a database that has the newest tables of the pack, or of all packs that it has and
    the user may read."""
    from pipeline.database import migrations
    from pipeline.database.privileges import is_barred
    from pipeline.database.reflection import is_there, reflected
    from pipeline.database.session import reading

    async with reading(engine) as connection:
        known = named_packs(catalog, pack)
        if pack is None:
            known = tuple([one for one in catalog if not await is_barred(connection, one)])
        current = await migrations.current(connection, histories(known))
        chosen = []
        for one in known:
            there = one.metadata is None and has_schema(one) and await is_there(connection, one)
            if pack or current.get(one.name) or there:
                chosen.append(await reflected(connection, one))
        await migrations.require_newest(connection, histories(tuple(chosen)))
        yield Ready(connection, complete(chosen))


class Health(NamedTuple):
    """What `verify` found in one pack.

    Rows and active rows per kind, broken invariants by name, all tables by section with their rows, None where the
    database user may not read them, and in sentences what is wrong with rows that are no resources.
    """

    pack: Pack
    rows: dict[str, tuple[int, int]]
    violations: dict[str, list[Violation]]
    tables: dict[str, dict[str, int | None]]
    unsound: tuple[str, ...] = ()


async def verify(engine: AsyncEngine, catalog: Catalog) -> list[Health]:
    """Count the rows of every kind and table, and check the packs' invariants."""
    from pipeline.database import counts, read
    from pipeline.database.hooks import hooks

    found = []
    async with newest(engine, catalog) as (connection, packs):
        for pack in packs:
            state = (await read.read(connection, pack)).state
            rows = {
                name: (len(resources), sum(resource.active for resource in resources.values()))
                for name, resources in state.items()
            }
            broken = {invariant.name: list(invariant.check(state)) for invariant in pack.invariants}
            counted = await counts.rows(connection, pack)
            sections = pack.sections or (Section("tables", tuple(sorted(counted))),)
            tables = {section.name: {name: counted[name] for name in section.tables} for section in sections}
            ask = hooks(pack).unsound
            found.append(Health(pack, rows, broken, tables, tuple(await ask(connection, pack)) if ask else ()))
    return found


async def health(settings: Settings, catalog: Catalog) -> ServerHealth:
    """Whether the database answers, how fast, and how large the tables are of all packs that it has."""
    from pipeline.database.health import health as asked
    from pipeline.database.reflection import is_there, reflected
    from pipeline.database.session import reading

    async with database(settings, catalog, upgrade_fresh=False) as engine, reading(engine) as connection:
        known = [pack for pack in catalog if pack.metadata is not None or await is_there(connection, pack)]
        return await asked(connection, [await reflected(connection, pack) for pack in known])
