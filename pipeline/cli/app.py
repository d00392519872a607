"""The commands put together, and what becomes of errors."""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import typer
from typer.exceptions import TyperException

from pipeline.cli import (
    admin,
    apply,
    blame,
    db,
    export,
    history,
    plan,
    quote,
    rollback,
    schema,
    show,
    site,
    status,
    test,
    validate,
    verify,
)
from pipeline.cli.console import complain, error, out, tell
from pipeline.cli.signals import EXIT_INTERRUPTED, heard
from pipeline.errors import EXIT_DONE, EXIT_ERROR, EXIT_USAGE, PipelineError

_PASSWORD = re.compile(r"://\S*@")

app = typer.Typer(
    name="pipeline",
    help="Reference data as manifests: see exactly what would change in the database, then change exactly that.",
    epilog="Exit codes: 0 done or nothing to do, 1 error, 2 changes pending or drift (--detailed-exitcode), "
    "3 blocked by a hazard, 4 the database moved since the plan, 64 wrong usage, 130 interrupted, "
    "143 terminated.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)


@app.callback(invoke_without_command=True)
def _options(show_version: bool = typer.Option(False, "--version", help="Print the version and leave.")) -> None:
    if show_version:
        from importlib.metadata import version  # slow to import

        out(f"pipeline {version('manifest-pipeline')}\n")
        raise typer.Exit


app.command("validate")(validate.validate)
app.command("test", short_help="Run the scenarios of the manifests.")(test.run_tests)
app.command("plan", short_help="Show what apply would change.")(plan.plan)
app.command("apply", short_help="Show the plan, ask, carry it out.")(apply.apply)
app.command("show", short_help="Show a saved plan.")(show.show)
app.command("quote", short_help="Say what a customer's request costs.")(quote.quote)
app.command("status", short_help="Count what is managed and what drifted.")(status.status)
app.add_typer(history.app, name="history")
app.command("blame", short_help="Say where a value comes from.")(blame.blame)
app.command("rollback", short_help="Take a run back.")(rollback.rollback)
app.command("verify", short_help="Check the database, count its rows.")(verify.verify)
app.command("export", short_help="Write manifests from the tables.")(export.export)
app.command("site", short_help="Write the catalogue as a website.")(site.site)
app.command("schema", short_help="Write the JSON Schemas.")(schema.schema)
app.add_typer(db.app, name="db")
app.add_typer(admin.app, name="admin")


def invoke(arguments: list[str]) -> int:
    """Run the arguments. Every error becomes a paragraph on stderr and an exit code; `--debug` adds its traceback."""
    with heard() as interrupted:
        return _invoke(arguments, interrupted)


def _invoke(arguments: list[str], interrupted: Callable[[], int]) -> int:
    gc.disable()  # a command is short and makes hardly a cycle; collecting took a third of the time of a large plan
    debug = "--debug" in arguments
    try:
        code = int(_command()(arguments, prog_name="pipeline", standalone_mode=False) or EXIT_DONE)
        if code == EXIT_INTERRUPTED:  # what Typer makes of Ctrl-C
            raise KeyboardInterrupt
        return code
    except TyperException as wrong:
        wrong.message = _PASSWORD.sub("://***@", wrong.message)  # it repeats the argument that is too many
        show = getattr(wrong, "show", None)
        if show is not None:
            show()
        return EXIT_USAGE if wrong.exit_code == 2 else EXIT_ERROR
    except (KeyboardInterrupt, typer.Abort):
        error("Interrupted. Nothing was changed, save what is already reported as applied.")
        return interrupted()
    except BrokenPipeError:  # the reader of our output left, as in `pipeline plan | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR
    except PipelineError as known:
        _trace(debug)
        complain(known)
        return known.exit_code
    except Exception as unknown:
        _trace(debug)
        error(
            f"The pipeline itself failed ({type(unknown).__name__}); this is not a mistake of yours. Nothing was "
            "changed, save what is already reported as applied. Run the command again with --debug and report what it "
            "prints."
        )
        return EXIT_ERROR


@cache
def _command() -> Callable[..., Any]:
    """The commands as Typer makes them of the functions, once for all command lines of the process."""
    return typer.main.get_command(app)


def _trace(debug: bool) -> None:
    """Show the traceback of the error at hand to those who asked for it."""
    if debug:
        import traceback

        tell(traceback.format_exc())
