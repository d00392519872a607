"""pipeline verify"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.cli.console import DatabaseUrl, Debug, out, paint
from pipeline.errors import EXIT_DONE, EXIT_ERROR

if TYPE_CHECKING:
    from pipeline.commands import Health
    from pipeline.config import Settings


def verify(
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Check what every apply checks before it commits, and count the rows of every kind and table."""
    import asyncio

    from pipeline.config import load_settings
    from pipeline.render import health

    found = asyncio.run(_verify(load_settings(database_url=database_url)))
    texts = [health.render(one.pack, one.rows, one.violations, one.tables, paint(), one.unsound) for one in found]
    out("\n".join(texts))
    broken = any(item.unsound or any(item.violations.values()) for item in found)
    return EXIT_ERROR if broken else EXIT_DONE


async def _verify(settings: Settings) -> list[Health]:
    from pipeline import commands

    packs = commands.packs(settings)
    async with commands.database(settings, packs) as engine:
        return await commands.verify(engine, packs)
