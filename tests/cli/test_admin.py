"""pipeline admin …"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import bcrypt
import pytest

from pipeline.cli import admin as cli_admin
from pipeline.packs.homologation.data import admin
from tests.cli.conftest import Cli, Outcome, Query
from tests.cli.processes import terminal

PASSWORD = "corr3ct-h0rse-ñ"  # noqa: S105
ACCOUNTS = "SELECT username, role, is_active FROM admin_users ORDER BY 1"


@pytest.fixture
def piped(cli: Cli, use: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """The command line with something in its pipe: the password and the end of the line, unless said otherwise."""

    def call(*arguments: str, given: bytes = f"{PASSWORD}\n".encode()) -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
        return cli("admin", *arguments)

    return call


Piped = Callable[..., Outcome]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rounds of bcrypt instead of twelve."""
    salt = bcrypt.gensalt
    monkeypatch.setattr(bcrypt, "gensalt", lambda: salt(4))


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\nmore\n"])
def test_a_password_is_read_from_a_pipe(piped: Piped, query: Query, end: bytes) -> None:
    done = piped("create-user", "eva", "--role", "admin", given=PASSWORD.encode() + end)

    assert done == (0, "Made the account eva (admin).\n", "")
    ((kept,),) = query("SELECT password_hash FROM admin_users")
    assert bcrypt.checkpw(PASSWORD.encode(), kept.encode())


def test_a_password_is_asked_for_twice_and_not_shown(use: str, manifests: Path, query: Query) -> None:
    with terminal(manifests, "admin", "create-user", "eva", PIPELINE_DATABASE_URL=use) as person:
        person.wait_for("Password: ")
        person.answer(PASSWORD)
        person.wait_for("The same again: ")
        person.answer(PASSWORD + "!")
        person.wait_for("do not match")
        person.wait_for("Password: ")
        for question in ("Password: ", "The same again: "):
            person.shown = person.shown.rpartition("do not match")[2]
            person.wait_for(question)
            person.answer(PASSWORD)
        assert person.finish() == 0
    assert "Made the account eva (user)." in person.shown
    assert PASSWORD not in person.shown
    assert query(ACCOUNTS) == [("eva", "user", True)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"", "too short: it needs at least 12 characters"),
        (b"sh0rt-secret"[:11], "too short"),
        (b"l0ng-secret" * 7, "too long: it may have 72 bytes"),
        (b"latin1-secret-\xf1", "no text in UTF-8"),
    ],
)
def test_a_password_that_is_no_good_is_not_repeated(piped: Piped, query: Query, given: bytes, said: str) -> None:
    done = piped("create-user", "eva", "--debug", given=given)

    assert done.code in (1, 64)
    assert said in done.err
    assert not re.search("sh0rt|l0ng|latin1-", done.out + done.err)
    assert query(ACCOUNTS) == []


@pytest.mark.usefixtures("quick")
def test_no_error_and_no_traceback_tells_password_or_hash(
    piped: Piped, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def hashed(password: str) -> str:
        made.append(kept := _hashed(password))
        return kept

    _hashed = admin.hashed
    monkeypatch.setattr(admin, "hashed", hashed)
    query("ALTER TABLE admin_users ADD CHECK (username <> 'eva')")  # PostgreSQL's answer repeats the whole row

    done = piped("create-user", "eva", "--debug")

    assert (done.code, done.out) == (1, "")
    assert "Traceback" in done.err
    assert "error: The database refused: a value breaks a rule of the table. Nothing was changed." in done.err
    assert made
    assert made[0] not in done.err
    assert PASSWORD not in done.err


@pytest.mark.usefixtures("quick")
def test_accounts_as_text_and_as_json(piped: Piped, query: Query) -> None:
    assert piped("list-users").out == "No accounts yet. `pipeline admin create-user` makes one.\n"
    assert piped("create-user", "root", "--role", "admin").code == 0
    assert piped("create-user", "eva", "--display-name", "Eva Pérez", "--created-by", "root").code == 0
    query("UPDATE admin_users SET created_at = '2026-03-01', display_name = E'Ra\\x1b[2Jul' WHERE role = 'admin'")
    query("UPDATE admin_users SET created_at = '2026-03-02', is_active = false WHERE role = 'user'")

    assert piped("list-users").out == (
        "eva   user   switched off  since 2026-03-02, by root  Eva Pérez\n"
        "root  admin  active        since 2026-03-01  Ra\\u001b[2Jul\n"
    )
    found = json.loads(piped("list-users", "--format", "json").out)["users"]
    assert found[0] == {
        "username": "eva",
        "role": "user",
        "active": False,
        "display_name": "Eva Pérez",
        "created_at": "2026-03-02T00:00:00+00:00",
        "created_by": "root",
    }
    assert "\x1b" not in piped("list-users", "--format", "json").out


@pytest.mark.usefixtures("quick")
def test_an_account_is_switched_off(piped: Piped, query: Query) -> None:
    assert piped("create-user", "root", "--role", "admin").code == 0
    assert piped("create-user", "eva").code == 0

    assert piped("deactivate-user", "eva", "--actor", "ana") == (0, "Switched off the account eva.\n", "")
    last = piped("deactivate-user", "root")

    assert last.code == 1
    assert "error: The account 'root' is the last administrator in use" in last.err
    assert query(ACCOUNTS) == [("eva", "user", False), ("root", "admin", True)]
    assert query("SELECT \"user\" FROM audit_log WHERE action = 'delete'") == [("ana",)]


@pytest.mark.usefixtures("quick")
def test_a_name_that_is_taken(piped: Piped) -> None:
    assert piped("create-user", "eva").code == 0
    again = piped("create-user", "eva")

    assert again == (
        1,
        "",
        "error: There is an account 'eva' already. `pipeline admin list-users` shows them.\n",
    )


def test_there_is_no_option_for_a_password(piped: Piped) -> None:
    assert piped("create-user", "eva", "--password", PASSWORD).code == 64


@pytest.mark.usefixtures("quick")
def test_without_tables_it_says_what_to_do(cli: Cli, blank: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_admin, "_password", lambda: PASSWORD)

    done = cli("admin", "create-user", "eva", "--database-url", blank)

    assert done.code == 1
    assert "pipeline db upgrade" in done.err


@pytest.mark.usefixtures("quick")
def test_the_accounts_lie_where_the_pack_lies(
    cli: Cli, blank: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "pyproject.toml").write_text('[tool.pipeline.packs.homologation]\nschema = "tarifas"\n', "utf-8")
    monkeypatch.setenv("PIPELINE_DATABASE_URL", blank)
    monkeypatch.setattr(cli_admin, "_password", lambda: PASSWORD)
    assert cli("db", "upgrade").code == 0

    assert cli("admin", "create-user", "root", "--role", "admin").code == 0
    assert cli("admin", "create-user", "eva", "--created-by", "root").code == 0
    assert cli("admin", "deactivate-user", "eva").code == 0

    assert "eva   user   switched off" in cli("admin", "list-users").out
