"""pipeline apply"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from pipeline.cli.console import (
    Actor,
    Allow,
    Category,
    DatabaseUrl,
    Debug,
    LockTimeout,
    Manifests,
    PackName,
    Reason,
    complain,
    error,
    is_interactive,
    out,
    tell,
)
from pipeline.cli.plan import read_manifests, read_policies
from pipeline.cli.plan_formats import show
from pipeline.cli.progress import progress
from pipeline.cli.signals import leave_if_asked
from pipeline.errors import EXIT_DONE, EXIT_ERROR, PipelineError, UsageError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from pipeline.commands import Prepared, Validation
    from pipeline.config import Settings
    from pipeline.database.record import Author
    from pipeline.plan.allowance import Allowance
    from pipeline.plan.policy import Policy


class Consent(NamedTuple):
    """Who lets a plan be carried out, which hazards they accept, and whether they need not be asked."""

    settings: Settings
    author: Author
    allowed: Sequence[Allowance]
    yes: bool


def apply(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A plan that `pipeline plan --out` wrote, instead of making one."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    allow: Allow = None,
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
    if file and (pack or category or manifests):
        raise UsageError("A plan file holds its pack, its category and all changes: leave those options out.")
    import asyncio

    from pipeline.config import load_settings

    settings = load_settings(manifests=manifests, database_url=database_url, lock_timeout=lock_timeout, actor=actor)
    consent = consented(settings, allow, reason, yes=yes)
    if file:
        return asyncio.run(_apply_file(consent, file))
    policies = read_policies(settings)
    return asyncio.run(_apply(consent, read_manifests(settings, pack), policies, pack, category))


def consented(settings: Settings, allow: list[str] | None, reason: str | None, *, yes: bool) -> Consent:
    """What the command line says of who applies and what they accept."""
    from pipeline import commands

    allowed = commands.allowances(allow or (), commands.packs(settings))
    return Consent(settings, commands.author(settings, reason), allowed, yes)


async def _apply(
    consent: Consent, validation: Validation, policies: dict[str, Policy], pack: str | None, category: str | None
) -> int:
    from pipeline import commands

    async with commands.database(consent.settings, validation.packs) as engine:
        with progress() as told:
            prepared = await commands.plan(
                engine,
                validation,
                pack=pack,
                scope=category,
                policies=policies,
                progress=told,
                limit=consent.settings.impact.limit,
            )
        return await carry_out(engine, prepared, consent)


async def _apply_file(consent: Consent, file: Path) -> int:
    from pipeline import commands

    packs = commands.packs(consent.settings)
    planned_for, prepared = commands.load_plan(file, packs)
    async with commands.database(consent.settings, packs) as engine:
        await commands.require_fit(engine, planned_for, prepared)
        return await carry_out(engine, prepared, consent)


async def carry_out(engine: AsyncEngine, prepared: list[Prepared], consent: Consent) -> int:
    """Show the plans, ask unless that is settled, and apply each. Returns the exit code."""
    from pipeline import commands
    from pipeline.render import text

    show(prepared, consent.allowed)
    commands.require_allowed(prepared, consent.allowed)
    work = [item for item in prepared if not item.plan.is_empty]
    if work and not consent.yes and not _agreed():
        tell("Nothing was applied.")
        return EXIT_ERROR
    failed: list[tuple[str, PipelineError]] = []
    for item in work:
        try:
            run = await _apply_one(engine, item, consent)
        except PipelineError as found:  # each pack is a transaction of its own: the others are not held up
            if len(work) == 1:
                raise
            complain(found)
            failed.append((item.plan.pack, found))
        else:
            out("\n" + text.applied(item.plan, run, among_others=len(prepared) > 1))
        leave_if_asked()
    if failed:
        error(f"Not applied: {', '.join(name for name, _ in failed)}. What is reported above as applied stays.")
        return failed[0][1].exit_code
    return EXIT_DONE


async def _apply_one(engine: AsyncEngine, item: Prepared, consent: Consent) -> int:
    from pipeline import commands

    with progress() as told:
        return await commands.apply(
            engine,
            item,
            author=consent.author,
            lock_timeout=consent.settings.lock_timeout,
            allowed=consent.allowed,
            waiting=tell,
            progress=told,
        )


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
