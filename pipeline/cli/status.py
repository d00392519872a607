"""pipeline status"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import Category, DatabaseUrl, Debug, Format, PackName, out, paint
from pipeline.errors import EXIT_DONE, EXIT_PENDING

if TYPE_CHECKING:
    from pipeline.commands import Standings
    from pipeline.config import Settings


def status(
    drift: Annotated[
        bool, typer.Option("--drift", help="List what was changed outside the manifests, and what can be done.")
    ] = False,
    pack: PackName = None,
    category: Category = None,
    output: Format = "text",
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 2 when something drifted.")
    ] = False,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Count what is managed, retired, unmanaged and changed by hand. Needs no manifests and changes nothing."""
    import asyncio

    from pipeline.config import load_settings
    from pipeline.render import json
    from pipeline.render.status import render

    found = asyncio.run(_status(load_settings(database_url=database_url), pack, category))
    if output == "json":
        out(json.status(found))
    else:
        out("\n".join(render(one.pack, one.status, one.runs, paint(), details=drift) for one in found))
    drifted = any(one.status.drifts for one in found)
    return EXIT_PENDING if drifted and detailed_exitcode else EXIT_DONE


async def _status(settings: Settings, pack: str | None, category: str | None) -> list[Standings]:
    from pipeline import commands

    packs = commands.packs(settings)
    async with commands.database(settings, packs) as engine:
        return await commands.status(engine, packs, pack=pack, scope=category)
