"""pipeline quote"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import DatabaseUrl, Debug, Format, Manifests, out
from pipeline.cli.progress import progress
from pipeline.errors import EXIT_DONE, EXIT_ERROR

if TYPE_CHECKING:
    from pipeline.commands import Catalog
    from pipeline.commands.quotes import States
    from pipeline.config import Settings

_WHO = {"manifests": "The manifests have", "database": "The database has"}


def quote(
    category: Annotated[str, typer.Argument(metavar="CATEGORY", help="Category of the tariff.")],
    elements: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ELEMENT[=N]]…", help="Elements by code or in words, and how many of each."),
    ] = None,
    text: Annotated[str, typer.Option(metavar="TEXT", help="What the customer wrote.", show_default=False)] = "",
    on: Annotated[
        str,
        typer.Option(
            "--on", metavar="WHERE", help="manifests, database, or a saved plan: what it makes of the database."
        ),
    ] = "manifests",
    output: Format = "text",
    explain: Annotated[bool, typer.Option("--explain", help="Say which words gave what, and why this tier.")] = False,
    manifests: Manifests = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Say what a customer's request costs, and what goes with it. Ends with 1 where there is no offer."""
    from pipeline import commands
    from pipeline.config import load_settings
    from pipeline.render import json

    settings = load_settings(manifests=manifests, database_url=database_url)
    packs = commands.packs(settings)
    who = _WHO.get(on, "The plan knows")
    found = commands.quote(
        packs, _states(settings, packs, on), category, elements or [], text, explain=explain, who=who
    )
    out(json.document(found.data) if output == "json" else found.text)
    return EXIT_DONE if found.offered else EXIT_ERROR


def _states(settings: Settings, packs: Catalog, on: str) -> States:
    import asyncio

    from pipeline import commands
    from pipeline.cli.plan import read_manifests

    if on == "manifests":
        names = [pack.name for pack in commands.quoting(packs)]
        return commands.desired_states(read_manifests(settings, names[0] if len(names) == 1 else None))
    if on == "database":
        return asyncio.run(_current(settings, packs))
    return commands.planned_states(commands.load_plan(Path(on), packs)[1])


async def _current(settings: Settings, packs: Catalog) -> States:
    from pipeline import commands

    with progress() as told:
        async with commands.database(settings, packs) as engine:
            told(0, 0, "reading the database")
            return await commands.current_states(engine, packs)
