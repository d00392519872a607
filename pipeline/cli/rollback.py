"""pipeline rollback"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.apply import Consent, carry_out, consented
from pipeline.cli.console import MAX_RUN, Actor, Allow, DatabaseUrl, Debug, LockTimeout, Manifests, Reason
from pipeline.cli.plan import read_policies
from pipeline.cli.plan_formats import show
from pipeline.cli.progress import progress
from pipeline.errors import EXIT_DONE

if TYPE_CHECKING:
    from pipeline.plan.policy import Policy


def rollback(
    run: Annotated[
        int, typer.Argument(min=1, max=MAX_RUN, metavar="RUN", help="The run, as `pipeline history` numbers it.")
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    allow: Allow = None,
    save_to: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write the plan into a file for `pipeline apply FILE`, and apply nothing."
        ),
    ] = None,
    actor: Actor = None,
    reason: Reason = None,
    lock_timeout: LockTimeout = None,
    manifests: Manifests = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Show the plan that takes a run back, ask, and carry it out. What the run created is retired, not deleted."""
    import asyncio

    from pipeline.config import load_settings

    settings = load_settings(manifests=manifests, database_url=database_url, lock_timeout=lock_timeout, actor=actor)
    consent = consented(settings, allow, reason, yes=yes)
    return asyncio.run(_rollback(consent, read_policies(settings), run, save_to))


async def _rollback(consent: Consent, policies: dict[str, Policy], run: int, save_to: Path | None) -> int:
    from pipeline import commands

    packs = commands.packs(consent.settings)
    async with commands.database(consent.settings, packs) as engine:
        with progress() as told:
            told(0, 0, "reading the database")
            limit = consent.settings.impact.limit
            prepared = [await commands.rollback(engine, packs, run, policies=policies, limit=limit)]
        if save_to is None:
            return await carry_out(engine, prepared, consent)
        await commands.save(engine, prepared, save_to)
        show(prepared)
    return EXIT_DONE
