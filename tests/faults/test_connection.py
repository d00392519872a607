"""A connection that ends in the middle of an apply: by an administrator's hand, or with its server."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.database import embedded, postmaster
from tests.cli.processes import terminal
from tests.conftest import QUICK, _named
from tests.faults.conftest import Databases, every_pack_with, prepare
from tests.faults.states import Known, ask, connections, cut, untouched, whole
from tests.faults.steps import APPLY, Outcome, points, stepped

NUMBERS = itertools.count(1)
BROKEN = (
    "error: The connection to the database broke off. Nothing was changed: the server takes back what was not "
    "committed. Run the command again when the server can be reached.\n"
)
UNKNOWN = (
    "error: The connection to the database broke off while the changes were being committed, so it is unknown whether "
    "they were: either all of them were made or none. Run `pipeline plan` again: what it still shows was not made.\n"
)


def said(name: str, done: Outcome, *, at_commit: bool = False) -> None:
    """See that the command ended as it should where its connection ended at the point."""
    if name == "after COMMIT":
        assert (done.code, done.err) == (0, "")
        assert "\nApplied: " in done.out
        return
    assert (done.code, done.err) == (1, UNKNOWN if at_commit else BROKEN), name
    assert "Applied" not in done.out


@every_pack_with("half", [0, 1], [1])
def test_an_administrator_ends_the_connection(known: Known, home: Path, fresh: Databases, half: int) -> None:
    with fresh() as url:
        names = points(home, url)
    commit = names.index("before COMMIT")
    between = [*range(1, commit, 2), commit, commit + 1]  # before one statement is after the one before it
    with fresh() as url:
        for number in between[half::2]:
            name = names[number]
            with stepped(home, url, *APPLY) as process:
                assert process.go_to(number) == name
                assert cut(url) == 1
                done = process.finish()
            said(name, done, at_commit=number in (commit - 1, commit))
            assert connections(url) == 0
            if name == "after COMMIT":
                assert whole(known, url) == "after"
                return
            assert untouched(known, url), name
        assert whole(known, url) == "before"


def test_an_administrator_ends_the_connection_while_the_question_stands(known: Known, home: Path, case: str) -> None:
    with terminal(home, "apply", PIPELINE_DATABASE_URL=case) as person:
        person.wait_for("Apply this plan? [y/N]: ")
        cut(case)
        person.answer("y")
        assert person.finish() == 0, person.shown
    assert whole(known, case) == "after"


@pytest.fixture(scope="module")
def files() -> Iterator[Path]:
    """The files of a server that may be stopped."""
    with tempfile.TemporaryDirectory(prefix="pipeline-test-") as name:
        data = Path(name).resolve() / "postgres"
        prepare(_named(embedded.start(data, QUICK), "before"))
        yield data
        embedded.stop(data)


@pytest.fixture
def own(files: Path) -> str:
    """The URL of a database in the state before, on the server that may be stopped."""
    url = _named(embedded.start(files, QUICK), f"own_{next(NUMBERS)}")
    ask(_named(url, "postgres"), f"CREATE DATABASE {urlsplit(url).path[1:]} TEMPLATE before STRATEGY file_copy")
    return url


def stop(data: Path) -> None:
    """Stop the server at once, as a power cut would."""
    assert not postmaster._run(postmaster.programs(data), data, "pg_ctl", "stop", "--pgdata=.", "--mode=immediate")


def test_a_server_that_stops_and_comes_back(known: Known, home: Path, files: Path, own: str, fresh: Databases) -> None:
    data, url = files, own
    assert untouched(known, url)
    with fresh() as other:
        names = points(home, other)
    for name in ("after the lock", "after INSERT INTO elements", "after UPDATE pipeline.changes", "before COMMIT"):
        with stepped(home, url, *APPLY) as process:
            process.go_to(names.index(name))
            stop(data)
            if name.startswith("after INSERT"):
                embedded.start(data, QUICK)
            said(name, process.finish(), at_commit=name == "before COMMIT")
        embedded.start(data, QUICK)
        assert untouched(known, url), name
    assert whole(known, url) == "before"


def test_a_server_that_is_away_while_the_question_stands(known: Known, home: Path, files: Path, own: str) -> None:
    data, url = files, own
    with terminal(home, "apply", PIPELINE_DATABASE_URL=url) as person:
        person.wait_for("Apply this plan? [y/N]: ")
        stop(data)
        person.answer("y")
        assert person.finish() == 1
    assert "error: The database cannot be reached: no server answers there. " in person.shown
    assert "Traceback" not in person.shown
    embedded.start(data, QUICK)
    assert whole(known, url) == "before"


@pytest.mark.parametrize("command", ["plan", "apply", "verify", "db"])
def test_a_server_that_is_away(home: Path, files: Path, own: str, command: str) -> None:
    data, url = files, own
    stop(data)
    arguments = {"apply": ("apply", "--yes"), "db": ("db", "current")}.get(command, (command,))
    with stepped(home, url, *arguments) as process:
        done = process.finish()
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: The database cannot be reached: no server answers there. Look at --database-url")
    assert done.err.count("\n") == 1
