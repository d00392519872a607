"""pipeline admin …"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli.console import DatabaseUrl, Debug, Format, out
from pipeline.errors import EXIT_DONE, UsageError

if TYPE_CHECKING:
    from pipeline.packs.homologation.data.admin import User

app = typer.Typer(help="Who may use the administration panel.", no_args_is_help=True)

_LONGEST_LINE = 10_000
Username = Annotated[str, typer.Argument(help="The name to sign in with.")]


@app.command("create-user")
def create_user(
    username: Username,
    role: Annotated[Literal["admin", "user"], typer.Option(help="What the account may do.")] = "user",
    display_name: Annotated[str | None, typer.Option(help="The person's name.", show_default=False)] = None,
    created_by: Annotated[
        str | None, typer.Option(metavar="USERNAME", help="The administrator who makes it.", show_default=False)
    ] = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Make an account. The password is asked for, twice and unseen, or read as one line from a pipe."""
    import asyncio

    from pipeline import commands
    from pipeline.config import load_settings
    from pipeline.packs.homologation.data import admin

    settings = load_settings(database_url=database_url)
    name = admin.named(username)
    shown = None if display_name is None else admin.named(display_name, "display name")
    new = admin.NewUser(name, admin.hashed(_password()), role, shown, created_by)
    asyncio.run(commands.create_user(settings, commands.packs(settings), new))
    out(f"Made the account {name} ({role}).\n")
    return EXIT_DONE


@app.command("list-users")
def list_users(output: Format = "text", database_url: DatabaseUrl = None, debug: Debug = False) -> int:
    """List the accounts, those that are switched off, too."""
    import asyncio

    from pipeline import commands
    from pipeline.config import load_settings

    settings = load_settings(database_url=database_url)
    found = asyncio.run(commands.users(settings, commands.packs(settings)))
    out(_json(found) if output == "json" else _text(found))
    return EXIT_DONE


@app.command("deactivate-user")
def deactivate_user(
    username: Username,
    actor: Annotated[
        str | None, typer.Option(help="Who does it, for the log.", show_default="the CI's user, or the database's")
    ] = None,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Switch an account off. The last administrator stays."""
    import asyncio

    from pipeline import commands
    from pipeline.config import load_settings
    from pipeline.packs.homologation.data import admin

    settings = load_settings(database_url=database_url, actor=actor)
    name = admin.named(username)
    asyncio.run(commands.deactivate_user(settings, commands.packs(settings), name))
    out(f"Switched off the account {name}.\n")
    return EXIT_DONE


def _password() -> str:
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt="The same again")
        return typed
    line = sys.stdin.buffer.readline(_LONGEST_LINE)
    try:
        return line.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise UsageError("The password that is piped in is no text in UTF-8.") from None


def _text(users: Sequence[User]) -> str:
    from pipeline.render.escape import one_line, width

    if not users:
        return "No accounts yet. `pipeline admin create-user` makes one.\n"
    names = [one_line(user.username) for user in users]
    longest = max(map(width, names))
    lines = []
    for user, name in zip(users, names, strict=True):
        state = "active" if user.active else "switched off"
        made = f"since {user.created_at:%Y-%m-%d}" + (f", by {one_line(user.created_by)}" if user.created_by else "")
        whom = one_line(f"  {user.display_name}") if user.display_name else ""
        lines.append(f"{name}{' ' * (longest - width(name))}  {user.role:<5}  {state:<12}  {made}{whom}\n")
    return "".join(lines)


def _json(users: Sequence[User]) -> str:
    from pipeline.model import values
    from pipeline.render.escape import visible

    listed = [user._asdict() | {"created_at": user.created_at.isoformat()} for user in users]
    return visible(values.canonical_text({"users": listed}, indent=True)) + "\n"
