"""pipeline blame"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import DatabaseUrl, Debug, Format, out, paint
from pipeline.errors import EXIT_DONE

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.plan.blame import Account


def blame(
    address: Annotated[
        list[str],
        typer.Argument(
            metavar="ADDRESS",
            help="A resource as plans print it, such as `element motos-part/ESCAPE`, and then one of its fields.",
        ),
    ],
    output: Format = "text",
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Say who set a value, when, in which run, and from which line of which manifest."""
    import asyncio

    from pipeline.config import load_settings
    from pipeline.render import history, json

    found = asyncio.run(_blame(load_settings(database_url=database_url), " ".join(address)))
    out(json.blame(found) if output == "json" else history.blame(found, paint()))
    return EXIT_DONE


async def _blame(settings: Settings, typed: str) -> Account:
    from pipeline import commands

    packs = commands.packs(settings)
    async with commands.database(settings, packs) as engine:
        return await commands.blame(engine, packs, typed)
