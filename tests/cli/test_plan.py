"""pipeline plan"""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli import catalogue
from tests.cli.conftest import Cli, Query

PLANNED = f"Plan: {catalogue.ROWS} to create. 0 unchanged, 0 unmanaged.\n"


def test_shows_what_apply_would_do_and_does_nothing(cli: Cli, use: str, query: Query) -> None:
    done = cli("plan")
    assert (done.code, done.err) == (0, "")
    assert "\n  + element ESCAPE" in done.out
    assert "manifests/motos-part/elements.toml:5\n" in done.out
    assert done.out.endswith(PLANNED)
    assert query("SELECT count(*) FROM elements") == [(0,)]


def test_detailed_exit_code(cli: Cli, use: str) -> None:
    assert cli("plan", "--detailed-exitcode").code == 2
    assert cli("apply", "--yes").code == 0
    done = cli("plan", "--detailed-exitcode")
    assert (done.code, done.out) == (0, f"No changes. {catalogue.ROWS} unchanged, 0 unmanaged.\n")


def test_json(cli: Cli, use: str) -> None:
    done = cli("plan", "--format", "json", "--detailed-exitcode")
    assert done.code == 2
    (plan,) = json.loads(done.out)["plans"]
    assert plan["pack"] == "homologation"
    assert plan["summary"]["create"] == catalogue.ROWS
    assert cli("plan", "--format", "json").out == done.out


def test_one_category(cli: Cli, use: str) -> None:
    assert cli("plan", "--category", "motos-part", "--detailed-exitcode").code == 2
    done = cli("plan", "--category", "motos")
    assert (done.code, done.out) == (64, "")
    assert done.err == "error: The manifests have no category 'motos'. Known: motos-part.\n"


def test_one_pack(cli: Cli, use: str) -> None:
    assert cli("plan", "--pack", "homologation", "--detailed-exitcode").code == 2
    done = cli("plan", "--pack", "nope")
    assert (done.code, done.out) == (64, "")
    assert done.err.startswith("error: There is no pack 'nope'. Known: homologation")


def test_manifests_with_errors_are_not_planned(cli: Cli, use: str, manifests: Path) -> None:
    catalogue.replace(manifests, 'code = "T1"', 'code = "T1"\ncolour = "red"')
    done = cli("plan")
    assert (done.code, done.out) == (1, "")
    assert "unknown-key" in done.err
    assert done.err.endswith(
        "error: The manifests have errors: nothing was planned. See each with `pipeline validate`.\n"
    )


def test_a_database_without_tables_names_the_command(cli: Cli, manifests: Path, blank: str) -> None:
    for command in (["plan"], ["apply", "--yes"], ["verify"]):
        done = cli(*command, "--database-url", blank)
        assert (done.code, done.out) == (1, ""), command
        assert ("pipeline" if command == ["verify"] else "homologation") + " is not there yet" in done.err
        assert done.err.endswith("Bring them up to date with `pipeline db upgrade`.\n")
        assert done.err.count("\n") == 1


def test_a_database_that_is_behind_names_the_command(cli: Cli, use: str) -> None:
    assert cli("db", "downgrade", "-1", "--pack", "homologation", "--yes").code == 0
    for command in (["plan"], ["apply", "--yes"]):
        done = cli(*command)
        assert done.code == 1
        assert "homologation is at homologation_" in done.err
        assert "`pipeline db upgrade`" in done.err
    assert cli("db", "upgrade").code == 0
    assert cli("plan").out.endswith(PLANNED)
