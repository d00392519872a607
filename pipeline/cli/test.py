"""pipeline test"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli.console import Category, Debug, Manifests, PackName, out, paint
from pipeline.cli.plan import read_manifests
from pipeline.errors import EXIT_DONE, EXIT_ERROR, UsageError

if TYPE_CHECKING:
    from pipeline.config import Settings


def run_tests(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATHS]...",
            help="Files or folders whose scenarios to run; with --record what is requested: ELEMENT or ELEMENT=N.",
            show_default=False,
        ),
    ] = None,
    record: Annotated[
        str | None,
        typer.Option(metavar="SLUG", help="Write the present outcome of a request in this category as a scenario."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="With --record: the name of the scenario.")] = None,
    text: Annotated[str | None, typer.Option(help="With --record: the request in a customer's words.")] = None,
    pack: PackName = None,
    category: Category = None,
    output: Annotated[Literal["text", "json", "github"], typer.Option("--format", help="How to report.")] = "text",
    manifests: Manifests = None,
    debug: Debug = False,
) -> int:
    """Run the scenarios of the manifests on what the manifests say. Needs no database.

    Every scenario that fails comes with its place, what it expects and what it gets. Ends with 1 if there is one.
    """
    from pipeline.config import load_settings

    settings = load_settings(manifests=manifests)
    if record is not None:
        if category or output != "text":
            raise UsageError(
                "--record writes one scenario of the category it names: leave --category and --format out."
            )
        return _record(settings, pack, record, what or [], text, name)
    if name is not None or text is not None:
        raise UsageError("--name and --text are about a scenario to write: say --record CATEGORY, too.")
    return _run(settings, pack, category, [Path(path) for path in what or []], output)


def _run(settings: Settings, pack: str | None, category: str | None, paths: list[Path], output: str) -> int:
    from pipeline import commands
    from pipeline.render import examples, json

    validation = read_manifests(settings, pack)
    found = commands.run_examples(validation, settings.manifests, paths=paths, pack=pack, scope=category)
    match output:
        case "json":
            out(json.trials(found))
        case "github":
            out(examples.github(found))
        case _:
            out(examples.text(found, paint()))
    return EXIT_ERROR if any(one.mismatches for one in found) else EXIT_DONE


def _record(
    settings: Settings, pack: str | None, category: str, words: list[str], text: str | None, name: str | None
) -> int:
    from pipeline import commands
    from pipeline.render import examples

    validation = read_manifests(settings, pack)
    written = commands.record_example(settings, validation, category, words, text=text, name=name, pack=pack)
    out(examples.recorded(*written))
    return EXIT_DONE
