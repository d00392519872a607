"""pipeline apply"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import (
    Actor,
    Category,
    DatabaseUrl,
    Debug,
    LockTimeout,
    Manifests,
    PackName,
    Reason,
    is_interactive,
    out,
    tell,
)
from pipeline.cli.plan import read_manifests, show
from pipeline.cli.progress import progress
from pipeline.errors import EXIT_DONE, EXIT_ERROR, UsageError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from pipeline.commands import Prepared, Validation
    from pipeline.config import Settings
    from pipeline.database.record import Author


def apply(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    pack: PackName = None,
    category: Category = None,
    actor: Actor = None,
    reason: Reason = None,
    lock_timeout: LockTimeout = None,
    manifests: Manifests = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Show the plan, ask, and carry it out in one transaction."""
    import asyncio

    from pipeline import commands
    from pipeline.config import load_settings

    settings = load_settings(manifests=manifests, database_url=database_url, lock_timeout=lock_timeout, actor=actor)
    validation = read_manifests(settings)
    author = commands.author(settings, reason)
    return asyncio.run(_apply(settings, validation, author, pack, category, yes=yes))


async def _apply(
    settings: Settings, validation: Validation, author: Author, pack: str | None, category: str | None, *, yes: bool
) -> int:
    from pipeline import commands

    async with commands.database(settings, validation.packs) as engine:
        with progress() as told:
            prepared = await commands.plan(engine, validation, pack=pack, scope=category, progress=told)
        return await carry_out(engine, prepared, settings, author, yes=yes)


async def carry_out(
    engine: AsyncEngine, prepared: list[Prepared], settings: Settings, author: Author, *, yes: bool
) -> int:
    """Show the plans, ask unless `yes`, and apply each. Returns the exit code."""
    from pipeline import commands
    from pipeline.render import text

    show(prepared)
    work = [item for item in prepared if not item.plan.is_empty]
    if work and not yes and not _agreed():
        tell("Nothing was applied.")
        return EXIT_ERROR
    for item in work:
        with progress() as told:
            run = await commands.apply(
                engine, item, author=author, lock_timeout=settings.lock_timeout, waiting=tell, progress=told
            )
        out("\n" + text.applied(item.plan, run))
    return EXIT_DONE


def _agreed() -> bool:
    if not is_interactive():
        raise UsageError("There is nobody to ask here. Say --yes to apply the plan without a question.")
    with _heard_at_once():
        return typer.confirm("\nApply this plan?")


@contextmanager
def _heard_at_once() -> Iterator[None]:
    """Ctrl-C ends a question. While asyncio runs it would wait for the answer first."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
