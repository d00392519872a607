"""What Alembic runs: one history at a time, on the connection we are given or on one of our own.

The pipeline hands over its connection and the history. On the command line both come from `-x`:
`alembic -x history=homologation current`, with `-x url=postgresql://…` or PIPELINE_DATABASE_URL.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Connection

from alembic import context
from pipeline import commands
from pipeline.config import load_settings
from pipeline.database.migrations import History, enter, entrance, histories, options
from pipeline.database.session import make_engine


def run(connection: Connection, history: History) -> None:
    """Run what was asked for, in one transaction: the caller's if there is one."""
    enter(connection, history)
    context.configure(connection=connection, **options(history))
    with context.begin_transaction():
        context.run_migrations()


def run_offline(history: History) -> None:
    """Print the statements instead of running them (`--sql`)."""
    context.configure(dialect_name="postgresql", literal_binds=True, **options(history))
    with context.begin_transaction():
        for statement in entrance(history):
            context.execute(statement)
        context.run_migrations()


async def run_online(history: History, url: str) -> None:
    """Run on a connection of our own."""
    engine = make_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run, history)
    finally:
        await engine.dispose()


def main() -> None:
    """Find out what is asked for, and run it."""
    given = context.config.attributes
    if "connection" in given:
        run(given["connection"], given["history"])
        return
    said = context.get_x_argument(as_dictionary=True)
    settings = load_settings(database_url=said.get("url"))
    known = {history.name: history for history in histories(Path(__file__).parent, commands.packs(settings))}
    history = known.get(str(said.get("history")))
    if history is None:
        raise CommandError(f"Say which history: -x history={' or -x history='.join(known)}")
    if context.is_offline_mode():
        run_offline(history)
        return
    url = settings.database_url
    if url is None:
        raise CommandError("Say which database: -x url=postgresql://… or PIPELINE_DATABASE_URL")
    asyncio.run(run_online(history, url))


main()
