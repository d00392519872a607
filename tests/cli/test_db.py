"""pipeline db …"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli import catalogue
from tests.cli.conftest import Cli
from tests.cli.processes import environment, run, terminal
from tests.conftest import HISTORIES


def test_upgrade_and_back(cli: Cli, home: Path, blank: str) -> None:
    url = ["--database-url", blank]
    assert "homologation: nothing (newest is homologation_" in cli("db", "current", *url).out
    done = cli("db", "upgrade", *url)
    assert done.code == 0
    assert done.out.count("(was nothing)\n") == len(HISTORIES)
    again = cli("db", "upgrade", *url)
    assert (again.code, again.out.count("was")) == (0, 0)
    assert cli("db", "current", *url).out.count("(newest)\n") == len(HISTORIES)
    back = cli("db", "downgrade", "base", "--yes", *url)
    assert back.code == 0
    assert back.out.startswith("pipeline: nothing (was pipeline_")
    assert cli("db", "current", *url).out.count(": nothing (newest is") == len(HISTORIES)


def test_downgrade_of_one_history(cli: Cli, home: Path, database: str) -> None:
    url = ["--database-url", database]
    done = cli("db", "downgrade", "base", "--pack", "homologation", "--yes", *url)
    assert done.code == 0
    assert done.out.startswith("homologation: nothing (was homologation_")
    now = cli("db", "current", *url).out
    assert now.startswith("pipeline: pipeline_")
    assert "homologation: nothing" in now


def test_downgrade_to_what_is_not_there(cli: Cli, home: Path, database: str) -> None:
    done = cli("db", "downgrade", "nope", "--pack", "homologation", "--yes", "--database-url", database)
    assert done.code == 1
    assert "nope" in done.err
    assert "Traceback" not in done.err


def test_revision_has_nothing_to_write(cli: Cli, home: Path, database: str) -> None:
    done = cli("db", "revision", "nothing new", "--pack", "homologation", "--database-url", database)
    assert (done.code, done.out) == (0, "Tables and database agree: nothing to do.\n")


def test_url_hides_the_password(cli: Cli, home: Path) -> None:
    done = cli("db", "url", "--database-url", "postgresql://ana:s3cret@db.example/tariff")
    assert (done.code, done.out) == (0, "postgresql://ana:***@db.example/tariff\n")


def test_url_of_a_server_that_is_not_running(cli: Cli, home: Path) -> None:
    done = cli("db", "url")
    assert (done.code, done.out) == (1, "")
    assert "`pipeline db start`" in done.err


def test_stop_has_nothing_to_stop(cli: Cli, home: Path) -> None:
    done = cli("db", "stop")
    assert (done.code, done.out) == (0, "The embedded server was not running.\n")
    assert not (home / ".pipeline").exists()


def test_the_embedded_server_from_start_to_stop(cli: Cli, manifests: Path) -> None:
    """One long walk, for every start costs a second or two."""
    try:
        started = cli("db", "start")
        assert started.code == 0
        url = cli("db", "url").out.strip()
        assert started.out == f"The embedded server runs at {url}\n"
        assert str(manifests) in url
        first = run(manifests, "apply", "--yes")  # upgrades a fresh embedded database by itself
        assert (first.returncode, first.stderr) == (0, "")
        assert f"Applied: {catalogue.ROWS} created" in first.stdout
        assert cli("plan", "--database-url", url).out.startswith("No changes.")
        answer = run(manifests, "db", "psql", "--no-psqlrc", "--tuples-only", "--command", "SELECT 6 * 7")
        assert (answer.returncode, answer.stdout.strip()) == (0, "42")
        assert run(manifests, "db", "psql", "--command", "SELECT nope").returncode == 1
        _ctrl_c_leaves_psql_open(manifests)
        assert cli("db", "downgrade", "base", "--yes").code == 0
        verified = cli("verify")
        assert (verified.code, verified.err) == (0, "")  # an empty database is a fresh one once more
    finally:
        stopped = cli("db", "stop")
    assert (stopped.code, stopped.out) == (0, "The embedded server is stopped.\n")
    assert cli("db", "url").code == 1


def _ctrl_c_leaves_psql_open(folder: Path) -> None:
    with terminal(folder, "db", "psql", "--no-psqlrc", PAGER="cat") as person:
        person.wait_for("=# ")
        person.answer("SELECT 'slept', pg_sleep(60);")
        person.wait_for("pg_sleep(60);")
        person.interrupt()
        person.wait_for("canceling statement")
        person.answer("SELECT 40 + 2;")
        person.wait_for("42")
        person.answer(r"\q")
        assert person.finish() == 0


def test_psql_on_a_server_of_ones_own(home: Path, database: str) -> None:
    psql = home / "psql"
    psql.write_text('#!/bin/sh\necho "called with $@"\nexit 3\n')
    psql.chmod(0o755)
    done = run(home, "db", "psql", "-l", "--database-url", database, PATH=f"{home}:{environment()['PATH']}")
    assert (done.returncode, done.stdout) == (3, f"called with {database} -l\n")


def test_psql_that_is_not_installed(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    done = cli("db", "psql", "--database-url", "postgresql://localhost/x")
    assert done.code == 64
    assert "psql is not installed here" in done.err


def test_health(cli: Cli, home: Path, database: str) -> None:
    done = cli("db", "health", "--database-url", database)
    assert done.code == 0
    first, blank, head, *rows = done.out.splitlines()
    assert first.startswith("healthy  PostgreSQL ")
    assert (blank, head.split()) == ("", ["size", "rows", "dead"])
    assert any(row.split()[:2] == ["homologation", "public.elements"] for row in rows)
    assert any(row.split()[:2] == ["pipeline", "pipeline.ledger"] for row in rows)


def test_health_for_machines(cli: Cli, home: Path, database: str) -> None:
    done = cli("db", "health", "--format", "json", "--database-url", database)
    found = json.loads(done.out)
    assert (done.code, found["status"]) == (0, "healthy")
    assert found["latency_ms"] > 0
    assert {"pack", "schema", "table", "size", "live", "dead"} == found["tables"][0].keys()


def test_health_of_a_database_that_does_not_answer(cli: Cli, home: Path) -> None:
    nowhere = ["--database-url", "postgresql://ana:s3cret@127.0.0.1:1/tariff"]
    said = cli("db", "health", *nowhere)
    assert (said.code, said.out) == (1, "")
    assert "The database cannot be reached" in said.err
    done = cli("db", "health", "--format", "json", *nowhere)
    assert (done.code, done.err) == (1, "")
    assert json.loads(done.out)["status"] == "unhealthy"
    assert "s3cret" not in done.out + said.err
