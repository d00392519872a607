"""What reaches the terminal: streams, colours, questions and the options that commands share."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TextIO, TypeAlias

import typer

from pipeline.errors import PipelineError, StalePlanError
from pipeline.render.escape import visible
from pipeline.render.text import Paint, Style, plain

STYLES: dict[Style, str] = {
    "create": "green",
    "update": "yellow",
    "move": "blue",
    "reactivate": "cyan",
    "deactivate": "red",
    "head": "bold",
    "faint": "dim",
    "cause": "magenta",
}

MAX_RUN = 2**63 - 1
"""The highest number that the database could give a run."""

Manifests: TypeAlias = Annotated[Path | None, typer.Option(help="Folder of the manifests.", show_default="manifests")]
DatabaseUrl: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="PostgreSQL to work on (postgresql://user@host/database), instead of the embedded one.",
        show_default=False,
    ),
]
Debug: TypeAlias = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
PackName: TypeAlias = Annotated[str | None, typer.Option(help="Only this pack.", show_default=False)]
Category: TypeAlias = Annotated[
    str | None, typer.Option(metavar="SLUG", help="Only what lies in this category.", show_default=False)
]
LockTimeout: TypeAlias = Annotated[
    float | None, typer.Option(min=0, help="Seconds to wait for another apply to end.", show_default="60")
]
Actor: TypeAlias = Annotated[
    str | None,
    typer.Option(help="Who applies, for the history.", show_default="the CI's user, or the database's"),
]
Allow: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME[:KIND][=COUNT]",
        help="Accept a hazard of the plan, of at most COUNT rows. Can be repeated.",
        show_default=False,
    ),
]
Reason: TypeAlias = Annotated[
    str | None, typer.Option(help="Why, for the history: a ticket or a sentence.", show_default=False)
]
Format: TypeAlias = Annotated[Literal["text", "json"], typer.Option("--format", help="How to show it.")]


def out(text: str) -> None:
    """Write to standard output as it is; characters that the terminal's encoding lacks are spelled out."""
    _write(sys.stdout, text)


def error(text: str) -> None:
    """Write a paragraph to standard error."""
    _write(sys.stderr, f"error: {visible(text)}\n")


def complain(known: PipelineError) -> None:
    """Write what went wrong to standard error, with the rows that moved where that was it."""
    error(str(known))
    if isinstance(known, StalePlanError) and known.moved:
        from pipeline.render import stale

        tell(stale.text(known.moved))


def tell(text: str) -> None:
    """Write a remark to standard error."""
    _write(sys.stderr, f"{visible(text)}\n")


def _write(stream: TextIO, text: str) -> None:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def is_interactive() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@cache
def paint() -> Paint:
    """Colours on a terminal, none elsewhere or where NO_COLOR is set (rich reads that)."""
    if not sys.stdout.isatty():
        return plain
    from rich.color import ColorSystem
    from rich.console import Console
    from rich.style import Style as RichStyle

    console = Console()
    if console.no_color or console.color_system is None:
        return plain

    def dress(style: Style, text: str) -> str:
        return RichStyle.parse(STYLES[style]).render(text, color_system=ColorSystem.STANDARD)

    return dress
