"""Roles with the printed grants and nothing else, connected by TCP with their passwords."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest

from pipeline.database.lock import locked
from pipeline.database.session import make_engine
from pipeline.errors import LockTimeoutError
from tests.cli import catalogue
from tests.cli.processes import run
from tests.servers.conftest import ConnectAs, Query


def refusal(url: str, statement: str) -> str:
    """What the server says when the role of the URL runs a statement; nothing where it may."""

    async def attempt() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    try:
        asyncio.run(attempt())
    except asyncpg.InsufficientPrivilegeError as error:
        return str(error)
    return ""


def test_a_role_that_may_plan_reads_and_does_no_more(manifests: Path, connect_as: ConnectAs, owner: Query) -> None:
    reader = connect_as("plan")
    for command in (["plan"], ["verify"], ["db", "current"]):
        done = run(manifests, *command, PIPELINE_DATABASE_URL=reader)
        assert (done.returncode, done.stderr) == (0, "")
        if command == ["verify"]:
            assert re.search(r"^    elements +0 rows$", done.stdout, re.MULTILINE)
            assert re.search(r"^    users +not for this user to read$", done.stdout, re.MULTILINE)

    denied = run(manifests, "apply", "--yes", PIPELINE_DATABASE_URL=reader)

    assert denied.returncode == 1
    assert "the database user may not do this; `pipeline db grants` prints what a role needs" in denied.stderr
    assert owner("SELECT count(*) FROM vehicle_categories") == [(0,)]
    assert owner("SELECT count(*) FROM pipeline.runs") == [(0,)]


def test_a_role_that_may_apply_does_all_an_apply_does(manifests: Path, connect_as: ConnectAs, owner: Query) -> None:
    writer = connect_as("apply")

    def apply(*allowed: str) -> str:
        done = run(manifests, "apply", "--yes", *allowed, PIPELINE_DATABASE_URL=writer)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    more = '[[elements]]\ncode = "ESPEJO"\nname = "Espejo"\n\n'
    catalogue.replace(manifests, "[groups]", f"{more}[groups]")
    catalogue.replace(manifests, '["ESCAPE"]', '["ESCAPE", "ESPEJO"]')
    assert f"Applied: {catalogue.ROWS + 2} created" in apply()
    catalogue.replace(manifests, "o línea completa", "o línea entera")
    assert "1 updated" in apply()
    catalogue.replace(manifests, more, "")
    catalogue.replace(manifests, '["ESCAPE", "ESPEJO"]', '["ESCAPE"]')
    assert "2 deactivated" in apply("--allow", "unquotable")
    assert "No changes" in run(manifests, "plan", PIPELINE_DATABASE_URL=writer).stdout
    assert owner("SELECT DISTINCT left(database_user, 5) FROM pipeline.runs") == [("apply",)]
    audited = owner('SELECT left("user", 5), action, count(*) FROM audit_log GROUP BY 1, 2 ORDER BY 2')
    assert audited == [("apply", "create", catalogue.ROWS + 2), ("apply", "delete", 2), ("apply", "update", 1)]


def test_a_role_that_may_apply_renames_and_takes_back(manifests: Path, connect_as: ConnectAs, owner: Query) -> None:
    writer = connect_as("apply")

    def said(*arguments: str) -> str:
        done = run(manifests, *arguments, PIPELINE_DATABASE_URL=writer)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    owner("INSERT INTO policies (key, value, category) VALUES ('iva', '21', 'x')")
    said("apply", "--yes")
    policy = '[[policies]]\nkey = "iva"\nvalue = "21"\ncategory = "x"\n\n'
    entry = '[[moved]]\nkind = "element"\nfrom = "ESCAPE"\nto = "SILENCIADOR"\n\n'
    catalogue.replace(manifests, "[groups]", f"{policy}{entry}[groups]")
    catalogue.replace(manifests, 'code = "ESCAPE"', 'code = "SILENCIADOR"')
    catalogue.replace(manifests, '["ESCAPE"]', '["SILENCIADOR"]')
    assert "1 moved" in said("apply", "--yes")
    assert "1 moved" in said("rollback", "2", "--yes")
    assert owner("SELECT code FROM elements") == [("ESCAPE",)]
    assert owner("SELECT kind FROM pipeline.ledger WHERE kind = 'policy'") == []
    assert owner("SELECT kind FROM pipeline.moves") == []


def test_open_cases_are_seen_under_the_same_grants(manifests: Path, connect_as: ConnectAs, owner: Query) -> None:
    assert run(manifests, "apply", "--yes", PIPELINE_DATABASE_URL=connect_as("apply")).returncode == 0
    owner("INSERT INTO cases (conversation_id, element_codes) VALUES ('17', '[\"ESCAPE\"]')")
    catalogue.replace(manifests, '[[elements]]\ncode = "ESCAPE"', '[[elements]]\nactive = false\ncode = "ESCAPE"')

    planned = run(manifests, "plan", PIPELINE_DATABASE_URL=connect_as("plan"))
    held_back = run(manifests, "apply", "--yes", PIPELINE_DATABASE_URL=connect_as("apply"))

    assert (planned.returncode, planned.stderr) == (0, "")
    assert "  ! in-use: 1 row still in use would be deactivated\n" in planned.stdout
    assert "element motos-part/ESCAPE 1 open case: 17\n" in planned.stdout
    assert held_back.returncode == 3


def test_many_rows_go_by_copy_under_the_same_grants(manifests: Path, connect_as: ConnectAs) -> None:
    elements = "".join(f'[[elements]]\ncode = "E{number}"\nname = "Escape {number}"\n' for number in range(1200))
    catalogue.replace(manifests, "[groups]", f"{elements}\n[groups]")

    done = run(manifests, "apply", "--yes", PIPELINE_DATABASE_URL=connect_as("apply"))

    assert (done.returncode, done.stderr) == (0, "")
    assert "1204 created" in done.stdout


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM elements",
        "DELETE FROM pipeline.changes",
        "TRUNCATE elements",
        "TRUNCATE pipeline.runs",
        "CREATE TABLE mine (x int)",
        "CREATE TABLE pipeline.mine (x int)",
        "ALTER TABLE elements ADD COLUMN x int",
        "DROP TABLE elements",
        "SELECT * FROM cases",
        "INSERT INTO cases (conversation_id) VALUES ('1')",
        "SELECT * FROM audit_log",
        "UPDATE audit_log SET action = 'create'",
        "DELETE FROM audit_log",
        "INSERT INTO audit_log (entity_type, created_at) VALUES ('tier', '2020-01-01')",
        "UPDATE elements SET id = gen_random_uuid()",
        "UPDATE pipeline.runs SET actor = 'somebody else'",
        "INSERT INTO pipeline.runs (database_user) VALUES ('somebody else')",
        "UPDATE pipeline.changes SET action = 'nothing'",
        "UPDATE alembic_version_pipeline SET version_num = 'x'",
    ],
)
def test_a_role_that_may_apply_can_do_nothing_else(connect_as: ConnectAs, statement: str) -> None:
    said = refusal(connect_as("apply"), statement)

    assert said.startswith(("permission denied", "must be owner"))


def test_a_role_that_may_apply_cannot_migrate(manifests: Path, connect_as: ConnectAs) -> None:
    done = run(manifests, "db", "downgrade", "base", "--yes", PIPELINE_DATABASE_URL=connect_as("apply"))

    assert done.returncode == 1
    assert "the database user may not do this" in done.stderr


async def test_the_lock_of_another_role_is_waited_for(manifests: Path, connect_as: ConnectAs) -> None:
    """What PostgreSQL keeps from other roles is left out: where the other comes from, and since when it works."""
    holder = make_engine(await asyncio.to_thread(connect_as, "apply"))
    other = make_engine(await asyncio.to_thread(connect_as, "apply"))
    told: list[str] = []
    async with locked(holder, "homologation", 5, told.append):
        with pytest.raises(LockTimeoutError) as failed:
            async with locked(other, "homologation", 0, told.append):
                pass
    await holder.dispose()
    await other.dispose()

    assert re.search(
        r"within 0 seconds: pipeline \d+ on \S+, user apply rôle \d+\. Nothing was changed", str(failed.value)
    )
    assert len(told) == 1
