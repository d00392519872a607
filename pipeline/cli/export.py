"""pipeline export"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import Category, DatabaseUrl, Debug, Manifests, PackName, error, out, tell
from pipeline.cli.progress import progress
from pipeline.errors import EXIT_DONE, EXIT_ERROR, UsageError

if TYPE_CHECKING:
    from pipeline.commands import Export, Validation
    from pipeline.config import Settings
    from pipeline.manifest.takeover import Takeover


def export(
    pack: PackName = None,
    category: Category = None,
    folder: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder to write to; without it manifests are printed."),
    ] = None,
    drift: Annotated[
        bool,
        typer.Option("--drift", help="Write what was changed outside the manifests into the manifests there are."),
    ] = False,
    manifests: Manifests = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Write manifests from the tables, and change nothing in the database.

    No file is overwritten or deleted: if one is there with other content, nothing is written. With --drift the
    manifests stay as they are, comments included, and only values that were changed in the database since the last
    apply are put in. Ends with 1 if a row could not be said in manifests, or a person has to decide.
    """
    import asyncio

    from pipeline.config import load_settings

    settings = load_settings(manifests=manifests, database_url=database_url)
    if drift:
        if folder is not None:
            raise UsageError("--drift changes the manifests there are; --out is for new ones. Say one of the two.")
        return _take(settings, pack, category)
    found = asyncio.run(_export(settings, folder, pack, category))
    _write(folder, {name: text for one in found for name, text in one.files.items()})
    return _report(found)


async def _export(settings: Settings, folder: Path | None, pack: str | None, category: str | None) -> list[Export]:
    from pipeline import commands

    packs = commands.packs(settings)
    with progress() as told:
        async with commands.database(settings, packs) as engine:
            told(0, 0, "reading the database")
            home = folder or settings.manifests
            return await commands.export(engine, packs, home, settings.schemas, pack=pack, scope=category)


def _write(folder: Path | None, files: dict[str, str]) -> None:
    from pipeline.manifest.store import write_new

    if folder is None:
        out("\n".join(f"# {name}\n{text}" for name, text in files.items()))
        return
    for name, is_new in write_new(folder, files).items():
        out(f"{name}: {'written' if is_new else 'up to date'}\n")
    if not files:
        tell("There are no rows to export.")


def _report(found: list[Export]) -> int:
    """Say on stderr what the manifests do not say."""
    from pipeline.render import diagnostics
    from pipeline.render.export import remarks, unread

    for one in found:
        if one.remarks:
            tell(remarks(one.remarks))
        for rows in one.unread:
            tell(unread(*rows))
        if one.diagnostics:
            tell(diagnostics.text(one.diagnostics, len(one.files)))
            error("The manifests have errors, because rows break the rules above. Correct them before the first plan.")
    complete = not any(one.remarks or one.unread or one.diagnostics for one in found)
    return EXIT_DONE if complete else EXIT_ERROR


def _take(settings: Settings, pack: str | None, category: str | None) -> int:
    """Put what was changed in the database into the manifests, and say what was written and what is left."""
    import asyncio

    from pipeline import commands
    from pipeline.cli.plan import read_manifests
    from pipeline.render import diagnostics
    from pipeline.render.export import takeover

    found = asyncio.run(_drift(settings, read_manifests(settings), pack, category))
    left = [item for one in found for item in one.left]
    out(takeover([item for one in found for item in one.taken], left))
    after = commands.validate(settings.manifests, commands.packs(settings))
    if not after.ok:
        tell(diagnostics.text([one for one in after.diagnostics if one.severity == "error"], len(after.documents)))
        error("The manifests have errors now, because the rows break the rules above. Correct them before you plan.")
    return EXIT_DONE if after.ok and not left else EXIT_ERROR


async def _drift(settings: Settings, validation: Validation, pack: str | None, category: str | None) -> list[Takeover]:
    from pipeline import commands

    with progress() as told:
        async with commands.database(settings, validation.packs) as engine:
            return await commands.export_drift(engine, validation, pack=pack, scope=category, progress=told)
