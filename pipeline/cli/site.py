"""pipeline site"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import DatabaseUrl, Debug, Manifests, PackName, out
from pipeline.cli.progress import progress
from pipeline.errors import EXIT_DONE

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.model.address import Address
    from pipeline.model.pack import Pack
    from pipeline.plan.blame import Account


def site(
    folder: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder to write to: a new or empty one, or that of an older site."),
    ],
    source_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where people read the repository, such as https://host/org/repository/blob/main: makes every "
            "file and line a link.",
            show_default=False,
        ),
    ] = None,
    from_database: Annotated[
        bool, typer.Option("--database", help="Also say of each value who set it last in the database.")
    ] = False,
    pack: PackName = None,
    manifests: Manifests = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Write the catalogue as a static website, with a form for quotes that works offline.

    Shows what the manifests say, and needs a database only for --database (or --database-url, which means it, too).
    """
    import asyncio

    from pipeline import commands
    from pipeline.cli.plan import read_manifests
    from pipeline.config import load_settings
    from pipeline.render.source import checked_base

    settings = load_settings(manifests=manifests, database_url=database_url)
    base = None if source_url is None else checked_base(source_url)
    validation = read_manifests(settings, pack)
    chosen = commands.site_pack(validation, pack)
    accounts = asyncio.run(_accounts(settings, chosen)) if from_database or database_url else None
    files = commands.site(validation, chosen, settings.manifests, source_url=base, accounts=accounts)
    commands.publish(folder, files)
    size = sum(map(len, files.values()))
    out(f"{folder / 'index.html'}: {len(files)} files, {size / 1000:.0f} kB\n")
    return EXIT_DONE


async def _accounts(settings: Settings, pack: Pack) -> dict[Address, Account]:
    from pipeline import commands

    with progress() as told:
        async with commands.database(settings, commands.packs(settings)) as engine:
            told(0, 0, "reading the database")
            return await commands.accounts(engine, pack)
