"""What only a terminal sees: questions, colours and the progress bar. The terminal is a pseudo-terminal."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import pytest

from pipeline.cli.progress import progress
from tests.cli import catalogue
from tests.cli.conftest import Query
from tests.cli.processes import run, terminal

QUESTION = "Apply this plan? [y/N]: "
COUNT = "SELECT count(*) FROM elements"
GREEN = "\x1b[32m"


def test_asks_and_takes_yes(use: str, manifests: Path, query: Query) -> None:
    with terminal(manifests, "apply", PIPELINE_DATABASE_URL=use) as person:
        person.wait_for(QUESTION)
        assert query(COUNT) == [(0,)]
        person.answer("y")
        assert person.finish() == 0
    assert f"Applied: {catalogue.ROWS} created (run 1)." in person.shown
    assert query(COUNT) == [(1,)]


def test_asks_and_takes_no(use: str, manifests: Path, query: Query) -> None:
    with terminal(manifests, "apply", PIPELINE_DATABASE_URL=use) as person:
        person.wait_for(QUESTION)
        person.answer("n")
        assert person.finish() == 1
    assert "Nothing was applied." in person.shown
    assert query(COUNT) == [(0,)]


def test_ctrl_c_at_the_question(use: str, manifests: Path, query: Query) -> None:
    with terminal(manifests, "apply", PIPELINE_DATABASE_URL=use) as person:
        person.wait_for(QUESTION)
        person.interrupt()
        assert person.finish() == 130
    assert "error: Interrupted. Nothing was changed" in person.shown
    assert "Traceback" not in person.shown
    assert query(COUNT) == [(0,)]


def test_a_row_that_moves_while_the_question_stands(use: str, manifests: Path, query: Query) -> None:
    assert run(manifests, "apply", "--yes", PIPELINE_DATABASE_URL=use).returncode == 0
    catalogue.replace(manifests, "price = 410.00", "price = 420.00")
    with terminal(manifests, "apply", PIPELINE_DATABASE_URL=use) as person:
        person.wait_for(QUESTION)
        query("UPDATE tariff_tiers SET price = 1 RETURNING 1")
        person.answer("y")
        assert person.finish() == 4
    assert "1 row moved: tier motos-part/T1." in person.shown
    assert query("SELECT price::text FROM tariff_tiers") == [("1.00",)]


def test_downgrade_asks(use: str, manifests: Path, query: Query) -> None:
    with terminal(manifests, "db", "downgrade", "base", PIPELINE_DATABASE_URL=use) as person:
        person.wait_for("Go on? [y/N]: ")
        person.answer("n")
        assert person.finish() == 130
    assert query(COUNT) == [(0,)]


def test_colours_on_a_terminal(use: str, manifests: Path) -> None:
    with terminal(manifests, "plan", PIPELINE_DATABASE_URL=use) as person:
        assert person.finish() == 0
    assert f"{GREEN}  + element ESCAPE" in person.shown


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colours_where_they_are_not_wanted(use: str, manifests: Path, name: str, value: str) -> None:
    with terminal(manifests, "plan", PIPELINE_DATABASE_URL=use, **{name: value}) as person:
        assert person.finish() == 0
    (line,) = (line for line in person.shown.splitlines() if line.startswith("  + element ESCAPE "))
    assert "\x1b" not in line
    assert not re.search(r"\x1b\[[\d;]*[34]\dm", person.shown)  # a progress bar may have stood there for a moment


def test_no_colours_into_a_pipe(use: str, manifests: Path) -> None:
    done = run(manifests, "plan", PIPELINE_DATABASE_URL=use)
    assert "  + element ESCAPE" in done.stdout
    assert "\x1b" not in done.stdout


class _Stream(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("is_terminal", "delay", "drawn"),
    [(True, 0.01, True), (True, 60.0, False), (False, 0.0, False)],
    ids=["long work on a terminal", "short work on a terminal", "no terminal"],
)
def test_progress(monkeypatch: pytest.MonkeyPatch, is_terminal: bool, delay: float, drawn: bool) -> None:
    stream = _Stream(terminal=is_terminal)
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with progress(delay=delay) as told:
        told(1, 4, "create elements")
        end = time.monotonic() + (5 if drawn else 0.2)
        while "create elements" not in stream.getvalue() and time.monotonic() < end:
            time.sleep(0.01)
    assert ("create elements" in stream.getvalue()) == drawn
    assert drawn or not stream.getvalue()
