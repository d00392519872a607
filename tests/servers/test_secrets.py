"""A password is nowhere to be read: not in what a command says, nor in what other users see of it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.processes import environment, run
from tests.postgres import Server
from tests.servers.conftest import PASSWORD, ConnectAs

SECRET = "hunter2"  # noqa: S105
WAYS = {
    "a wrong host": (f"postgresql://ana:{SECRET}@nowhere.invalid/x", "no server answers there"),
    "a wrong port": (f"postgresql://ana:{SECRET}@127.0.0.1:1/x", "no server answers there"),
    "a wrong password": (f"postgresql://ana:{SECRET}@127.0.0.1:PORT/postgres", "does not accept this user"),
    "a wrong password as a parameter": (f"postgresql://ana@127.0.0.1:PORT/x?password={SECRET}", "does not accept"),
    "a port that is none": (f"postgresql://ana:x@host:{SECRET}/x", "its URL cannot be understood"),
    "an open bracket": (f"postgresql://ana:{SECRET}@[::1/x", "its URL cannot be understood"),
    "an unknown parameter": (f"postgresql://ana@127.0.0.1:PORT/x?sslmode={SECRET}", "its URL cannot be understood"),
    "an at in it": (f"postgresql://ana:p@{SECRET}@127.0.0.1/x", "write %40 for @"),
    "a slash in it": (f"postgresql://ana:12/{SECRET}@127.0.0.1/x", "write %40 for @"),
    "a hash in it": (f"postgresql://ana:{SECRET}#1@127.0.0.1/x", "write %40 for @"),
    "another database's scheme": (f"mysql://ana:{SECRET}@127.0.0.1/x", "must read postgresql://"),
    "no scheme": (f"ana:{SECRET}@127.0.0.1/x", "must read postgresql://"),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_error_and_no_traceback_repeats_it(manifests: Path, guarded: Server, way: str) -> None:
    url, reason = WAYS[way]
    done = run(manifests, "plan", "--debug", PIPELINE_DATABASE_URL=url.replace("PORT", str(guarded.port)))

    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" in done.stderr
    assert reason in done.stderr
    assert SECRET not in done.stderr


def test_a_wrong_database_and_all_that_goes_well(manifests: Path, connect_as: ConnectAs) -> None:
    url = connect_as("apply")
    said = ""
    for command in (["plan"], ["apply", "--yes"], ["plan", "--format", "json"], ["db", "url"], ["db", "current"]):
        done = run(manifests, *command, "--debug", PIPELINE_DATABASE_URL=url)
        assert done.returncode == 0, done.stderr
        said += done.stdout + done.stderr
    wrong = run(manifests, "plan", "--debug", PIPELINE_DATABASE_URL=urlsplit(url)._replace(path="/nope").geturl())
    assert "there is no database of that name" in wrong.stderr

    assert PASSWORD not in said + wrong.stderr
    assert ":***@127.0.0.1" in said


def test_an_argument_that_is_too_many_is_not_repeated_whole(manifests: Path) -> None:
    done = run(manifests, "plan", f"postgresql://ana:{SECRET}@host/x")

    assert done.returncode == 64
    assert "postgresql://***@host/x" in done.stderr
    assert SECRET not in done.stderr


@pytest.mark.parametrize("in_query", [False, True])
def test_psql_gets_it_where_other_users_cannot_read_it(home_of_psql: Path, in_query: bool) -> None:
    secret = "p%40ss%2Fhunter2"  # noqa: S105
    place = f"ana@host/x?password={secret}&sslmode=disable" if in_query else f"ana:{secret}@host/x?sslmode=disable"
    done = run(
        home_of_psql,
        *("db", "psql", "--database-url", f"postgresql://{place}", "-l"),
        PATH=f"{home_of_psql}:{environment()['PATH']}",
    )

    assert done.stdout == "called with postgresql://ana@host/x?sslmode=disable -l, p@ss/hunter2\n"


@pytest.fixture
def home_of_psql(folder: Path) -> Path:
    """A folder with a psql that says how it was called."""
    psql = folder / "psql"
    psql.write_text('#!/bin/sh\necho "called with $@, $PGPASSWORD"\n')
    psql.chmod(0o755)
    return folder
