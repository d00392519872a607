"""pipeline show"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import DatabaseUrl, Debug, tell
from pipeline.cli.plan_formats import FORMAT, PlanFormat, page_file, show_as
from pipeline.errors import EXIT_DONE, PipelineError, UsageError

if TYPE_CHECKING:
    from pipeline.commands import Prepared
    from pipeline.config import Settings
    from pipeline.plan.planfile import Database


def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A plan that `pipeline plan --out` wrote.")],
    output: Annotated[PlanFormat, FORMAT] = "text",
    write_to: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write the comment or page that --format makes into a file, not to be shown."
        ),
    ] = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Show a saved plan, and whether the database has moved since. Works without a database, too."""
    import asyncio

    from pipeline import commands
    from pipeline.config import load_settings

    page = page_file(output, write_to)
    if write_to is not None and page is None:
        raise UsageError("--out writes a comment or a page: add --format markdown or --format html.")
    settings = load_settings(database_url=database_url)
    planned_for, prepared = commands.load_plan(file, commands.packs(settings))
    show_as(prepared, output, page)
    if settings.database_url or settings.data.exists():
        asyncio.run(_compare(settings, planned_for, prepared))
    return EXIT_DONE


async def _compare(settings: Settings, planned_for: Database, prepared: list[Prepared]) -> None:
    from pipeline import commands
    from pipeline.render import stale

    packs = commands.packs(settings)
    try:
        async with commands.database(settings, packs, upgrade_fresh=False) as engine:
            await commands.require_fit(engine, planned_for, prepared)
            for item in prepared:
                moved = await commands.moved(engine, item)
                if moved is not None:
                    tell("\nThis plan is stale: the database has changed since it was made. It cannot be applied.")
                    tell(stale.text(moved) or "  Another apply has finished since.")
    except PipelineError as error:
        tell(f"\nThis plan was not compared with the database. {error}")
