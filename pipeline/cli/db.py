"""pipeline db …"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from pipeline.cli.console import DatabaseUrl, Debug, Format, PackName, out, paint
from pipeline.errors import EXIT_DONE, DatabaseError, UsageError

if TYPE_CHECKING:
    from pipeline.config import Settings

T = TypeVar("T")

app = typer.Typer(help="The database: its schema, and the embedded server.", no_args_is_help=True)

History = Annotated[
    str | None,
    typer.Option("--pack", help="Only this history: a pack, or `pipeline` for its own tables.", show_default=False),
]


@app.command()
def upgrade(
    history: History = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Bring the schema to the newest revision: for every pack that has manifests, or tables there, or is named."""
    from pipeline import commands

    settings = _settings(database_url)
    moved = _run(commands.upgrade(settings, commands.packs(settings), history))
    for name, (before, after) in moved.items():
        out(f"{name}: {after}" + ("\n" if before == after else f" (was {before or 'nothing'})\n"))
    return EXIT_DONE


@app.command()
def adopt(
    pack: Annotated[str, typer.Option(help="The pack whose tables they are.")],
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Take over tables that are there already. They are compared and not changed; afterwards run `db upgrade`."""
    from pipeline import commands

    settings = _settings(database_url)
    revision = _run(commands.adopt(settings, commands.packs(settings), pack))
    out(f"{pack}: taken over at {revision}\n")
    return EXIT_DONE


@app.command(context_settings={"ignore_unknown_options": True})  # -1 is no option
def downgrade(
    revision: Annotated[
        str, typer.Argument(help="Revision to go back to, or -1 for the one before; `base` removes the tables.")
    ],
    history: History = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Take the database's schema back to an older revision. Tables that this removes lose their rows."""
    from pipeline import commands
    from pipeline.cli.console import is_interactive

    settings = _settings(database_url)
    if revision.startswith("-") and not revision[1:].isdigit():
        raise UsageError(f"There is no option {revision}. See `pipeline db downgrade --help`.")
    if not yes:
        if not is_interactive():
            raise UsageError("There is nobody to ask here. Say --yes to go back without a question.")
        typer.confirm("Going back removes tables or columns and what they hold. Go on?", abort=True)
    moved = _run(commands.downgrade(settings, commands.packs(settings), revision, history))
    for name, (before, after) in moved.items():
        out(f"{name}: {after or 'nothing'} (was {before or 'nothing'})\n")
    return EXIT_DONE


@app.command()
def current(
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Show the revision the database's schema is at, and the newest."""
    from pipeline import commands

    settings = _settings(database_url)
    for name, (at, newest) in _run(commands.revisions(settings, commands.packs(settings))).items():
        told = "has no revisions yet" if newest is None else "newest" if at == newest else f"newest is {newest}"
        out(f"{name}: {at or 'nothing'} ({told})\n")
    return EXIT_DONE


@app.command()
def revision(
    message: Annotated[str, typer.Argument(help="What the revision does, in a few words.")],
    history: History = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Write a new revision from what the tables say and the database lacks. For developers, in a checkout."""
    from pipeline import commands

    settings = _settings(database_url)
    path = _run(commands.revision(settings, commands.packs(settings), message, history))
    out(f"{path}: written; read it before you commit it\n" if path else "Tables and database agree: nothing to do.\n")
    return EXIT_DONE


@app.command()
def url(
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Print the database's URL."""
    settings = _settings(database_url)
    if settings.database_url:
        from pipeline.database.url import shown_url

        out(f"{shown_url(settings.database_url)}\n")
    else:
        from pipeline.database import embedded

        out(f"{embedded.url(settings.data / 'postgres')}\n")
    return EXIT_DONE


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def psql(
    context: typer.Context,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Open PostgreSQL's own shell on the database; further arguments go to psql."""
    import signal
    import subprocess

    from pipeline import commands
    from pipeline.config import child_environment

    def hear(number: int, _frame: object) -> None:
        if number != signal.SIGINT:  # Ctrl-C is for psql, to cancel a statement
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, hear)
    with commands.psql(_settings(database_url)) as (program, target, variables):
        environment = child_environment(variables)
        return subprocess.run([program, target, *context.args], env=environment, check=False).returncode  # noqa: S603


@app.command()
def grants(
    role: Annotated[str, typer.Option(help="The role that will plan or apply.")],
    purpose: Annotated[Literal["plan", "apply"], typer.Option("--for", help="What the role is for.")],
    pack: PackName = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Print the GRANT statements that a role needs to plan or to apply. Works without a database, unless a pack's
    tables are read from it."""
    from pipeline import commands

    settings = _settings(database_url)
    out(_run(commands.grants(settings, commands.packs(settings), role, purpose, pack)))
    return EXIT_DONE


@app.command()
def health(
    output: Format = "text",
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Show whether the database answers, how fast, and how large its tables are. Ends with 1 where it does not."""
    from pipeline import commands
    from pipeline.packs import CATALOG
    from pipeline.render import json
    from pipeline.render.server_health import render

    try:
        found = _run(commands.health(_settings(database_url), CATALOG))
    except DatabaseError as error:
        if output == "text":
            raise
        out(json.unhealthy(str(error)))
        return error.exit_code
    out(render(found, paint()) if output == "text" else json.health(found))
    return EXIT_DONE


@app.command()
def start(debug: Debug = False) -> int:
    """Start the embedded server and leave it running."""
    from pipeline.database import embedded

    out(f"The embedded server runs at {embedded.start(_settings(None).data / 'postgres')}\n")
    return EXIT_DONE


@app.command()
def stop(debug: Debug = False) -> int:
    """Stop the embedded server."""
    from pipeline.database import embedded

    stopped = embedded.stop(_settings(None).data / "postgres")
    out("The embedded server is stopped.\n" if stopped else "The embedded server was not running.\n")
    return EXIT_DONE


def _run(work: Coroutine[Any, Any, T]) -> T:
    import asyncio  # slow to import, and asking for help needs none of it

    return asyncio.run(work)


def _settings(database_url: str | None) -> Settings:
    from pipeline.config import load_settings

    return load_settings(database_url=database_url)
