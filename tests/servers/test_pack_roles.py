"""Roles with the printed grants and nothing else, for packs from outside, in schemas and with numbers as ids."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.cli import own_packs
from tests.cli.processes import run
from tests.conftest import _execute
from tests.servers.conftest import ConnectAs, Query
from tests.servers.test_roles import refusal


@pytest.fixture(params=["north", "legacy", None], ids=["own tables", "old tables", "old tables in the default schema"])
def pack(request: pytest.FixtureRequest, folder: Path, tariff: str) -> str:
    """A table of a pack in the folder whose schema and tables are ready."""
    if request.param == "north":
        own_packs.write_twins(folder, "north")
        commands = [["schema", "--pack", "north"], ["db", "revision", "--pack", "north", "first"], ["db", "upgrade"]]
    else:
        place = request.param or "public"
        asyncio.run(_execute(tariff, own_packs.OLD_TABLES.replace("PLACE", place)))
        own_packs.write_old(folder, request.param)
        commands = [["schema", "--pack", "old"]]
    for command in commands:
        done = run(folder, *command, PIPELINE_DATABASE_URL=tariff)
        assert (done.returncode, done.stderr) == (0, "")
    return "north.brands" if request.param == "north" else f"{request.param or 'public'}.old_things"


def test_a_role_that_may_plan_reads_the_tables_of_a_pack(pack: str, folder: Path, connect_as: ConnectAs) -> None:
    reader = connect_as("plan")
    for command in (["plan"], ["verify"], ["status"], ["history"]):
        done = run(folder, *command, PIPELINE_DATABASE_URL=reader)
        assert (done.returncode, done.stderr) == (0, ""), command
    denied = run(folder, "apply", "--yes", PIPELINE_DATABASE_URL=reader)
    assert denied.returncode == 1
    assert "the database user may not do this; `pipeline db grants` prints what a role needs" in denied.stderr


def test_a_role_that_may_apply_does_all_an_apply_does(
    pack: str, folder: Path, connect_as: ConnectAs, owner: Query
) -> None:
    writer = connect_as("apply")

    def said(*arguments: str) -> str:
        done = run(folder, *arguments, PIPELINE_DATABASE_URL=writer)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    assert "2 created" in said("apply", "--yes")
    assert "No changes." in said("plan")
    assert "2 deactivated" in said("rollback", "1", "--yes", "--allow", "mass-deactivation")
    assert "reactivated" in said("apply", "--yes", "--allow", "mass-update")
    assert owner(f"SELECT max(id) FROM {pack}") == [(2,)]  # noqa: S608
    schema = pack.partition(".")[0]
    for statement in (
        f"DELETE FROM {pack}",  # noqa: S608
        f"TRUNCATE {pack}",
        f"CREATE TABLE {schema}.mine (x int)",
        f"ALTER TABLE {pack} ADD COLUMN x int",
    ):
        assert refusal(writer, statement).startswith(("permission denied", "must be owner")), statement
