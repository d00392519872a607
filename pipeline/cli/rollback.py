"""pipeline rollback"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.apply import carry_out
from pipeline.cli.console import MAX_RUN, Actor, DatabaseUrl, Debug, LockTimeout, Manifests, Reason
from pipeline.cli.progress import progress

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.database.record import Author


def rollback(
    run: Annotated[
        int, typer.Argument(min=1, max=MAX_RUN, metavar="RUN", help="The run, as `pipeline history` numbers it.")
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    actor: Actor = None,
    reason: Reason = None,
    lock_timeout: LockTimeout = None,
    manifests: Manifests = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Show the plan that takes a run back, ask, and carry it out. What the run created is retired, not deleted."""
    import asyncio

    from pipeline import commands
    from pipeline.config import load_settings

    settings = load_settings(manifests=manifests, database_url=database_url, lock_timeout=lock_timeout, actor=actor)
    return asyncio.run(_rollback(settings, commands.author(settings, reason), run, yes=yes))


async def _rollback(settings: Settings, author: Author, run: int, *, yes: bool) -> int:
    from pipeline import commands
    from pipeline.packs import CATALOG

    async with commands.database(settings, CATALOG) as engine:
        with progress() as told:
            told(0, 0, "reading the database")
            prepared = await commands.rollback(engine, CATALOG, run)
        return await carry_out(engine, [prepared], settings, author, yes=yes)
