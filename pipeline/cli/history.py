"""pipeline history …"""

from __future__ import annotations

import re
from collections.abc import Coroutine
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from pipeline.cli.console import MAX_RUN, DatabaseUrl, Debug, Format, is_interactive, out, paint, tell
from pipeline.errors import EXIT_DONE, EXIT_ERROR, UsageError

if TYPE_CHECKING:
    from pipeline.commands import Past
    from pipeline.config import Settings
    from pipeline.database.history import Old, Page

T = TypeVar("T")

_DAYS = {"d": 1, "w": 7}
_SHOW = "show"


class _ShowUnlessSaid(TyperGroup):
    """A group whose first argument may be left out: what is no command of it is for the command that shows."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args if args and args[0] in self.commands else [_SHOW, *args])


app = typer.Typer(cls=_ShowUnlessSaid, short_help="Show the runs, or what one of them did.")


@app.command(_SHOW, epilog="`pipeline history prune` removes the details of old runs.")
def show(
    run: Annotated[
        int | None, typer.Argument(min=1, max=MAX_RUN, metavar="RUN", help="The run to show, with its changes.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many runs to list.")] = 20,
    page: Annotated[int, typer.Option(min=1, max=1000000, help="Which page of them, 1 for the newest.")] = 1,
    output: Format = "text",
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """List the runs, newest first: who applied what, when and why. With a number, show what that run changed."""
    from pipeline.config import load_settings
    from pipeline.render import history, json

    settings = load_settings(database_url=database_url)
    if run is None:
        found = _run(_runs(settings, limit, page))
        runs, total = found
        out(
            json.runs(runs, total, page, limit) if output == "json" else history.runs(runs, total, page, limit, paint())
        )
        return EXIT_DONE
    pack, one, entries = _run(_past(settings, run))
    out(json.run(one, entries) if output == "json" else history.run(pack, one, entries, paint()))
    return EXIT_DONE


@app.command()
def prune(
    older_than: Annotated[str, typer.Option(metavar="AGE", help="Age of the runs, in days or weeks: 365d or 52w.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Remove the details of old runs: what they changed. The runs themselves and the ledger stay."""
    from pipeline.config import load_settings

    settings, age = load_settings(database_url=database_url), _age(older_than)
    found = _run(_old(settings, age))
    if not found.changes:
        out("No run that old has details.\n")
        return EXIT_DONE
    out(f"{_counted(found.changes, 'change')} of {_counted(found.runs, 'run')} can be removed.\n")
    if not yes and not _agreed():
        tell("Nothing was removed.")
        return EXIT_ERROR
    out(f"Removed the details of {_counted(_run(_prune(settings, age)), 'change')}.\n")
    return EXIT_DONE


def _agreed() -> bool:
    if not is_interactive():
        raise UsageError("There is nobody to ask here. Say --yes to remove them without a question.")
    return typer.confirm("These runs can then neither be looked into nor taken back. Go on?")


def _age(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})([dw])", text.strip())
    if found is None:
        raise UsageError(f"--older-than {text} is no age. Write days or weeks: 365d or 52w.")
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _run(work: Coroutine[Any, Any, T]) -> T:
    import asyncio  # slow to import, and asking for help needs none of it

    return asyncio.run(work)


async def _runs(settings: Settings, limit: int, page: int) -> Page:
    from pipeline import commands

    packs = commands.packs(settings)
    async with commands.database(settings, packs) as engine:
        return await commands.history(engine, packs, limit=limit, page=page)


async def _past(settings: Settings, run: int) -> Past:
    from pipeline import commands

    packs = commands.packs(settings)
    async with commands.database(settings, packs) as engine:
        return await commands.past(engine, packs, run)


async def _old(settings: Settings, age: timedelta) -> Old:
    from pipeline import commands

    packs = commands.packs(settings)
    async with commands.database(settings, packs) as engine:
        return await commands.old_details(engine, packs, age)


async def _prune(settings: Settings, age: timedelta) -> int:
    from pipeline import commands

    async with commands.database(settings, commands.packs(settings)) as engine:
        return await commands.prune(engine, age)
