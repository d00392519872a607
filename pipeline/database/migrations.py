"""The database's schema as a line of revisions per history: the pipeline's own tables, and each pack's.

A history keeps its place in a table of its own, `alembic_version_<name>`. Where it stands and where it should
stand is asked at every plan, so that is read without Alembic, which takes a quarter of a second to import.
"""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from pipeline.database.lock import number
from pipeline.database.own_tables import SCHEMA, Own
from pipeline.database.session import committing, explained
from pipeline.errors import DatabaseError, RevisionError
from pipeline.model.pack import Pack

if TYPE_CHECKING:
    from alembic.config import Config

OWN = "pipeline"
OLDEST_SERVER = 15
_preparer = asyncpg.dialect().identifier_preparer  # type: ignore[no-untyped-call]  # SQLAlchemy does not type it
_quote, _format_table = _preparer.quote, _preparer.format_table


def version_table(history: str) -> str:
    """The name of the table in which the database keeps a history's revision."""
    return f"alembic_version_{history}"


class History(NamedTuple):
    """A line of revisions: its tables' MetaData, the folder of its revisions, and where its tables lie.

    `schema` is the one that the tables themselves name. `home` is the schema that revisions run in, so that they need
    name none; the history's version table stands there, too. None is the database's default schema for both.
    """

    name: str
    metadata: Callable[[], sa.MetaData]
    versions: Path
    folder: Path
    schema: str | None = None
    home: str | None = None

    @property
    def version_table(self) -> sa.Table:
        """The table in which the database keeps the history's revision."""
        return sa.Table(version_table(self.name), sa.MetaData(), sa.Column("version_num"), schema=self.home)


def histories(folder: Path, packs: Iterable[Pack]) -> tuple[History, ...]:
    """The pipeline's own history and that of each pack that makes its tables.

    `folder` is where Alembic's env.py is and, in `versions/`, the revisions of the packs without a folder of their own.
    """
    own = History(OWN, lambda: Own.metadata, folder / "versions" / OWN, folder, schema=SCHEMA)
    return own, *(
        History(pack.name, pack.metadata, _versions(folder, pack), folder, home=pack.schema)
        for pack in packs
        if pack.metadata is not None and not pack.reflected
    )


def _versions(folder: Path, pack: Pack) -> Path:
    return pack.home / "migrations" if pack.home else folder / "versions" / pack.name


def heads(histories: Iterable[History]) -> dict[str, str]:
    """The newest revision of each history that this pipeline knows."""
    return {history.name: revisions(history)[-1] for history in histories}


def revisions(history: History) -> list[str]:
    """A history's revisions, oldest first. Raises RevisionError where they are no single line."""
    files = sorted(history.versions.glob("*.py"))
    if not files:
        raise RevisionError(
            f"{history.name} has no revisions in {history.versions} yet, so nothing makes its tables. Write the first "
            f'with `pipeline db revision --pack {history.name} "first tables"`, and read it.'
        )
    after = {down: revision for revision, down in map(_names, files)}
    line: list[str] = []
    while (following := after.pop(line[-1] if line else None, None)) is not None:
        line.append(following)
    if not line or len(line) != len(files):
        raise RevisionError(
            f"The revisions of {history.name} in {history.versions} are not one line from the first to the newest. "
            "Install the pipeline again."
        )
    return line


async def current(database: AsyncEngine | AsyncConnection, histories: Iterable[History]) -> dict[str, str | None]:
    """The revision of each history in the database, None where it has none."""
    with explained():
        if isinstance(database, AsyncConnection):
            return await _current(database, tuple(histories))
        async with database.connect() as connection:
            return await _current(connection, tuple(histories))


async def require_newest(connection: AsyncConnection, histories: Iterable[History]) -> None:
    """Raise RevisionError unless every history is at its newest revision."""
    behind = []
    for history, at in await _known(connection, tuple(histories)):
        newest = revisions(history)[-1]
        if at != newest:
            behind.append(f"{history.name} {f'is at {at}' if at else 'is not there yet'} and should be at {newest}")
    if behind:
        raise RevisionError(
            f"The database's tables are not those this pipeline works with: {'; '.join(behind)}. "
            "Bring them up to date with `pipeline db upgrade`."
        )


async def upgrade(engine: AsyncEngine, histories: Iterable[History]) -> tuple[str, ...]:
    """Bring every history to its newest revision, each in one transaction; the names of those that moved."""
    moved = []
    for history in histories:
        async with changing(engine) as connection:
            await _require_server(connection)
            [(_, before)] = await _known(connection, (history,))
            if before != revisions(history)[-1]:
                await connection.run_sync(command_of, "upgrade", history, "head")
                moved.append(history.name)
    return tuple(moved)


async def downgrade(engine: AsyncEngine, history: History, revision: str) -> None:
    """Take a history back to a revision, to `-1`, or to `base`, which leaves nothing of it; in one transaction."""
    async with changing(engine) as connection:
        [(_, before)] = await _known(connection, (history,))
        if before is not None:
            await connection.run_sync(command_of, "downgrade", history, revision)
        if (await _current(connection, (history,)))[history.name] is None:
            await connection.execute(sa.schema.DropTable(history.version_table, if_exists=True))
            await connection.run_sync(_leave, history)


def options(history: History) -> dict[str, Any]:
    """How Alembic's context sees a history: its own tables and no others."""
    metadata = history.metadata()

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        if kind == "schema":
            return name == history.schema
        if kind == "table":
            return parents["schema_qualified_table_name"] in metadata.tables
        return True

    return {
        "target_metadata": metadata,
        "version_table": history.version_table.name,
        "include_schemas": history.schema is not None,
        "include_name": include_name,
        "compare_type": True,
        "compare_server_default": True,
    }


def entrance(history: History) -> tuple[sa.Executable, ...]:
    """The statements that make the history's home and enter it: none where it is the default schema."""
    if history.home is None:
        return ()
    return (
        sa.schema.CreateSchema(history.home, if_not_exists=True),
        sa.text(f"SET LOCAL search_path TO {_quote(history.home)}"),
    )


def enter(connection: sa.Connection, history: History) -> None:
    """Make the history's home the schema of all names without one, to the end of the transaction."""
    for statement in entrance(history):
        if isinstance(statement, sa.schema.CreateSchema) and connection.scalar(_IS_THERE, {"name": history.home}):
            continue  # it would need the right to create schemas even where this one is there
        connection.execute(statement)


def _leave(connection: sa.Connection, history: History) -> None:
    """Remove the history's home, if nothing is left in it."""
    if history.home not in (None, _EVERYBODYS) and connection.scalar(_IS_EMPTY, {"name": history.home}):
        connection.execute(sa.schema.DropSchema(history.home))


_EVERYBODYS = "public"
"""The schema that every database has from its beginning."""
_IS_THERE = sa.text("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = :name)")
_IS_EMPTY = sa.text(
    "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = :name) AND NOT EXISTS (SELECT FROM pg_depend d"
    " JOIN pg_namespace n ON n.oid = d.refobjid WHERE d.refclassid = 'pg_namespace'::regclass AND n.nspname = :name)"
)


def _names(file: Path) -> tuple[str, str | None]:
    """A revision's name and that of the one before it, as its file assigns them."""
    said: dict[str, Any] = {}
    head = file.read_text("utf-8").partition("\ndef ")[0]  # they stand above the functions, and parsing takes time
    for statement in ast.parse(head, str(file)).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                said[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value)):
                said[name] = value
    return said["revision"], said["down_revision"]


async def _current(connection: AsyncConnection, histories: tuple[History, ...]) -> dict[str, str | None]:
    tables = [history.version_table for history in histories]
    present = await connection.execute(
        sa.select(*(sa.func.to_regclass(_format_table(table)).is_not(None) for table in tables))
    )
    found: dict[str, str | None] = {history.name: None for history in histories}
    selects: list[Any] = [
        sa.select(sa.literal(history.name), table.c.version_num)
        for history, table, there in zip(histories, tables, present.one(), strict=True)
        if there
    ]
    if selects:
        found |= {row[0]: row[1] for row in await connection.execute(sa.union_all(*selects))}
    return found


async def _known(connection: AsyncConnection, histories: tuple[History, ...]) -> list[tuple[History, str | None]]:
    """Each history and its revision in the database. Raises RevisionError for one this pipeline does not know."""
    at = await current(connection, histories)
    for history in histories:
        if at[history.name] is not None and at[history.name] not in revisions(history):
            raise RevisionError(
                f"The database's tables are newer than this pipeline: {history.name} is at {at[history.name]}, "
                f"and this pipeline ends at {revisions(history)[-1]}. Upgrade the tool: "
                "`pip install --upgrade manifest-pipeline`."
            )
    return [(history, at[history.name]) for history in histories]


async def _require_server(connection: AsyncConnection) -> None:
    number = await connection.scalar(sa.text("SHOW server_version_num"))
    if int(number or 0) < OLDEST_SERVER * 10_000:
        raise DatabaseError(
            f"The server is PostgreSQL {int(number or 0) // 10_000}; the pipeline needs {OLDEST_SERVER} or newer."
        )


@asynccontextmanager
async def changing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction in which nobody else migrates, and which sees what the last one to migrate committed."""
    with explained():
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="READ COMMITTED")
            async with committing(connection):
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number("migrations"))))
                yield connection


def command_of(connection: sa.Connection, /, name: str, history: History, *arguments: str, **more: Any) -> None:
    """Run one of Alembic's commands for a history, on our connection and in our transaction."""
    from alembic.util import CommandError

    from alembic import command  # slow to import, and not needed to plan

    try:
        getattr(command, name)(_config(connection, history), *arguments, **more)
    except CommandError as error:
        raise RevisionError(f"The history {history.name} cannot be changed so: {error}.") from error


def _config(connection: sa.Connection, history: History) -> Config:
    """Alembic's configuration for one history; it says nothing on the terminal."""
    import io
    import logging
    from argparse import Namespace

    from alembic.config import Config

    logging.getLogger("alembic").addHandler(logging.NullHandler())
    config = Config(stdout=io.StringIO(), cmd_opts=Namespace(quiet=True))
    said = {
        "script_location": str(history.folder.resolve()),
        "version_locations": str(history.versions.resolve()),
        "path_separator": "newline",
        "file_template": f"{len(list(history.versions.glob('*.py'))) + 1:04d}_%(slug)s",
    }
    for name, value in said.items():
        config.set_main_option(name, value.replace("%", "%%"))
    config.attributes.update(connection=connection, history=history)
    return config
