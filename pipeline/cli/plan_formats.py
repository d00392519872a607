"""The forms in which a plan is shown, and the files that some of them are written to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

import typer

from pipeline.cli.console import out, paint, tell
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.commands import Prepared
    from pipeline.plan.allowance import Allowance
    from pipeline.plan.change import Plan

PlanFormat: TypeAlias = Literal["text", "json", "markdown", "html"]
FORMAT = typer.Option(
    "--format", help="How to show the plan; markdown is for a comment on a pull request, html is a page of its own."
)
_ENDINGS: dict[PlanFormat, tuple[str, ...]] = {"markdown": (".md", ".markdown"), "html": (".html", ".htm")}


def page_file(form: PlanFormat, path: Path | None) -> Path | None:
    """The file for a comment or a page; None where there is none, or where it is for a plan.

    UsageError where the file's name says that something else was meant.
    """
    if path is None:
        return None
    ending = path.suffix.lower()
    meant = next((name for name, endings in _ENDINGS.items() if ending in endings), None)
    if meant is not None and meant != form:
        raise UsageError(f"--out {path} looks like a file for --format {meant}, but the format is {form}. Name both.")
    if form not in _ENDINGS:
        return None
    if ending == ".json":
        raise UsageError(
            f"With --format {form}, --out is for the {'page' if form == 'html' else 'comment'}, and {path} looks like "
            "a plan file. Save the plan first, without a format, and then write the page with `pipeline show "
            f"{path} --format {form} --out FILE`."
        )
    return path


def show_as(
    prepared: Sequence[Prepared], form: PlanFormat, path: Path | None = None, *, impact_only: bool = False
) -> None:
    """Print the plans, or just their impact, or write them into the file."""
    from pipeline import commands

    plans = [item.plan for item in prepared]
    if impact_only:
        _show_impact(plans, form)
        return
    match form:
        case "text":
            show(prepared)
            return
        case "json":
            from pipeline.render import json

            said = json.plans(plans)
        case "markdown":
            from pipeline.render import markdown

            said = markdown.render(plans)
        case "html":
            from pipeline.render import html

            said = html.render(plans)
        case _:
            assert_never(form)
    if path is None:
        out(said)
        return
    commands.write_page(path, said)
    tell(f"Wrote {path}.")


def _show_impact(plans: Sequence[Plan], form: PlanFormat) -> None:
    from pipeline.render import impact, json

    out(json.impacts(plans) if form == "json" else impact.alone(plans, paint()))


def show(prepared: Sequence[Prepared], allowed: Sequence[Allowance] | None = None) -> None:
    """Print the plans as text; with `allowed` for an apply that refuses other hazards itself."""
    from pipeline.render import text

    out(text.render_all([item.plan for item in prepared], paint(), allowed) or "No manifests, no plan.\n")
