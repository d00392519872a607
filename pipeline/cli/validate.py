"""pipeline validate"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.cli.console import Debug, Manifests, out, paint
from pipeline.errors import EXIT_DONE, EXIT_ERROR


def validate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or folders to report on; references are looked up in all manifests."),
    ] = None,
    manifests: Manifests = None,
    output: Annotated[Literal["text", "json", "github"], typer.Option("--format", help="How to report.")] = "text",
    debug: Debug = False,
) -> int:
    """Check the manifests. Needs no database.

    Every finding comes with its rule, its place and the line it stands on. Ends with 1 if there are errors.
    """
    from pipeline import commands
    from pipeline.config import load_settings
    from pipeline.render import diagnostics, json

    settings = load_settings(manifests=manifests)
    reports = commands.validate_paths(settings.manifests, paths or [], commands.packs(settings))
    found = reports.diagnostics
    match output:
        case "json":
            out(json.diagnostics(found))
        case "github":
            out(diagnostics.github(found))
        case "text":
            out(diagnostics.text(found, len(reports.documents), paint()))
    return EXIT_DONE if reports.ok else EXIT_ERROR
