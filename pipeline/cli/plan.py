"""pipeline plan"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import Category, DatabaseUrl, Debug, Manifests, PackName, tell
from pipeline.cli.plan_formats import FORMAT, PlanFormat, page_file, show_as
from pipeline.cli.progress import progress
from pipeline.errors import EXIT_DONE, EXIT_PENDING, UsageError

if TYPE_CHECKING:
    from pipeline.commands import Prepared, Validation
    from pipeline.config import Settings
    from pipeline.plan.policy import Policy


def plan(
    pack: PackName = None,
    category: Category = None,
    output: Annotated[PlanFormat, FORMAT] = "text",
    save_to: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Also write the plan into a file, for `pipeline apply FILE`; or the comment or page that --format "
            "makes, instead of showing it.",
        ),
    ] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 2 when there are changes to apply.")
    ] = False,
    no_impact: Annotated[
        bool, typer.Option("--no-impact", help="Leave out what the changes mean for quotes, and its hazards.")
    ] = False,
    impact_only: Annotated[
        bool, typer.Option("--impact-only", help="Show just what the changes mean for quotes.")
    ] = False,
    manifests: Manifests = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Show what apply would change in the database, and change nothing."""
    if no_impact and impact_only:
        raise UsageError("--no-impact and --impact-only contradict each other: say one of them.")
    page = page_file(output, save_to)
    if no_impact and save_to and not page:
        raise UsageError("A saved plan is there to be applied, and without its impact hazards would be missed.")
    if impact_only and output in ("markdown", "html"):
        raise UsageError(f"--impact-only is for the terminal: --format {output} shows the impact with the whole plan.")
    import asyncio

    from pipeline.config import load_settings

    settings = load_settings(manifests=manifests, database_url=database_url)
    policies = read_policies(settings)
    validation = read_manifests(settings, pack)
    prepared = asyncio.run(
        _plan(settings, validation, policies, pack, category, None if page else save_to, impact=not no_impact)
    )
    show_as(prepared, output, page, impact_only=impact_only)
    pending = any(item.plan.changes for item in prepared)
    return EXIT_PENDING if pending and detailed_exitcode else EXIT_DONE


async def _plan(
    settings: Settings,
    validation: Validation,
    policies: dict[str, Policy],
    pack: str | None,
    category: str | None,
    save_to: Path | None,
    *,
    impact: bool,
) -> list[Prepared]:
    from pipeline import commands

    with progress() as told:
        async with commands.database(settings, validation.packs) as engine:
            prepared = await commands.plan(
                engine,
                validation,
                pack=pack,
                scope=category,
                policies=policies,
                progress=told,
                impact=impact,
                limit=settings.impact.limit,
            )
            if save_to:
                await commands.save(engine, prepared, save_to)
    return prepared


def read_policies(settings: Settings) -> dict[str, Policy]:
    """The thresholds of the hazards, by pack."""
    from pipeline import commands

    return commands.policies(settings, commands.packs(settings))


def read_manifests(settings: Settings, pack: str | None = None) -> Validation:
    """Read and check the manifests; errors, in those of the pack if one is named, are shown before the command ends."""
    from pipeline import commands
    from pipeline.render import diagnostics

    with progress() as told:
        told(0, 0, "reading the manifests")
        catalog = commands.packs(settings)
        commands.named_packs(catalog, pack)  # one that does not exist is another mistake than one without manifests
        validation = commands.validate(settings.manifests, catalog)
    if errors := commands.errors(validation, pack):
        tell(diagnostics.text(errors, len(validation.documents)))
    commands.require_valid(validation, pack)
    return validation
