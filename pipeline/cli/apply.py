"""pipeline apply"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import Category, DatabaseUrl, Debug, Manifests, PackName, is_interactive, out, tell
from pipeline.cli.plan import read_manifests, show
from pipeline.cli.progress import progress
from pipeline.cli.signals import leave_if_asked
from pipeline.errors import EXIT_DONE, EXIT_ERROR, UsageError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from pipeline.commands import Prepared, Validation
    from pipeline.config import Settings


def apply(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A plan that `pipeline plan --out` wrote, instead of making one."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    pack: PackName = None,
    category: Category = None,
    lock_timeout: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds to wait for another apply to end.", show_default="60"),
    ] = None,
    manifests: Manifests = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Show the plan, ask, and carry it out in one transaction."""
    if file and (pack or category or manifests):
        raise UsageError("A plan file holds its pack, its category and all changes: leave those options out.")
    import asyncio

    from pipeline.config import load_settings

    settings = load_settings(manifests=manifests, database_url=database_url, lock_timeout=lock_timeout)
    if file:
        return asyncio.run(_apply_file(settings, file, yes=yes))
    return asyncio.run(_apply(settings, read_manifests(settings), pack, category, yes=yes))


async def _apply(
    settings: Settings, validation: Validation, pack: str | None, category: str | None, *, yes: bool
) -> int:
    from pipeline import commands

    async with commands.database(settings, validation.packs) as engine:
        with progress() as told:
            prepared = await commands.plan(engine, validation, pack=pack, scope=category, progress=told)
        return await _carry_out(settings, engine, prepared, yes=yes)


async def _apply_file(settings: Settings, file: Path, *, yes: bool) -> int:
    from pipeline import commands
    from pipeline.packs import CATALOG

    planned_for, prepared = commands.load_plan(file, CATALOG)
    async with commands.database(settings, CATALOG) as engine:
        await commands.require_fit(engine, planned_for, prepared, CATALOG)
        return await _carry_out(settings, engine, prepared, yes=yes)


async def _carry_out(settings: Settings, engine: AsyncEngine, prepared: list[Prepared], *, yes: bool) -> int:
    from pipeline import commands
    from pipeline.render import text

    show(prepared)
    work = [item for item in prepared if not item.plan.is_empty]
    if work and not yes and not _agreed():
        tell("Nothing was applied.")
        return EXIT_ERROR
    for item in work:
        with progress() as told:
            run = await commands.apply(engine, item, lock_timeout=settings.lock_timeout, waiting=tell, progress=told)
        out("\n" + text.applied(item.plan, run))
        leave_if_asked()
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
