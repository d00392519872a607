"""A server that refuses, at each table and at the commit: one paragraph, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.cli import run
from tests.faults.conftest import every_pack, every_pack_with, holding
from tests.faults.states import SCHEMAS, Known, ask, untouched, whole

WHEN = {
    "before each row": "TRIGGER meddle BEFORE INSERT OR UPDATE ON {} FOR EACH ROW",
    "after each row": "TRIGGER meddle AFTER INSERT OR UPDATE ON {} FOR EACH ROW",
    "after each statement": "TRIGGER meddle AFTER INSERT OR UPDATE ON {} FOR EACH STATEMENT",
    "at the commit": "CONSTRAINT TRIGGER meddle AFTER INSERT OR UPDATE ON {} INITIALLY DEFERRED FOR EACH ROW",
}


@contextmanager
def meddling(url: str, table: str, when: str, body: str) -> Iterator[None]:
    """A trigger on a table, for as long as the block runs."""
    ask(url, f"CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NEW; END $$")
    ask(url, f"CREATE {WHEN[when].format(table)} EXECUTE FUNCTION meddle()")
    yield
    ask(url, "DROP FUNCTION meddle() CASCADE")


def refused(url: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Apply, see that the end is one paragraph and the right exit code; the paragraph."""
    code = run(["apply", "--yes", "--database-url", url, "--lock-timeout", "5"])
    out, err = capsys.readouterr()
    assert code == 1
    assert "Applied" not in out
    assert err.startswith("error: ")
    assert err.endswith(".\n")
    assert err.count("\n") == 1
    for detail in ("Traceback", "INSERT INTO", "UPDATE ", "COPY", "$1", "asyncpg", "sqlalchemy", "pipeline itself"):
        assert detail not in err
    return err


@every_pack_with("when", tuple(WHEN), ("before each row", "at the commit"))
def test_a_trigger_that_refuses(
    known: Known, home: Path, case: str, capsys: pytest.CaptureFixture[str], when: str
) -> None:
    for table in known.written:
        with meddling(case, table, when, "RAISE EXCEPTION E'precios cerrados\\nhasta enero'"):
            err = refused(case, capsys)
        assert err == (
            'error: The database refused: the server reports an error (it says: "precios cerrados"). Nothing was '
            "changed. See the statement with --debug.\n"
        )
        assert untouched(known, case), table
    assert whole(known, case) == "before"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("disk_full", "the server's disk is full"),
        ("53400", "a limit is reached that the server's administrator has set"),
        ("53200", "the server has no memory left"),
        ("55P03", "somebody else holds a lock on the rows"),
        ("42501", "the database user may not do this; `pipeline db grants` prints what a role needs"),
        ("XX001", "the server reports an error"),
    ],
)
@pytest.mark.parametrize("when", ["after each statement", "at the commit"])
def test_what_a_server_runs_out_of(
    known: Known, home: Path, case: str, capsys: pytest.CaptureFixture[str], when: str, state: str, reason: str
) -> None:
    raised = f"SQLSTATE '{state}'" if state[0].isupper() or state[0].isdigit() else state
    with meddling(case, "pipeline.ledger", when, f"RAISE {raised}"):
        err = refused(case, capsys)
    assert err.startswith(f"error: The database refused: {reason} (it says: ")
    assert untouched(known, case)
    assert whole(known, case) == "before"


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("lock_timeout", "somebody else holds a lock on the rows"),
        ("statement_timeout", "the statement was cancelled or took too long"),
    ],
)
@pytest.mark.parametrize("table", ["elements", "pipeline.runs", "pipeline.ledger"])
def test_a_timeout_of_the_role(
    known: Known, home: Path, case: str, capsys: pytest.CaptureFixture[str], setting: str, reason: str, table: str
) -> None:
    name = urlsplit(case).path[1:]
    with holding(case, f"LOCK TABLE {table} IN SHARE MODE"):
        ask(case, f"ALTER ROLE postgres IN DATABASE {name} SET {setting} = '300ms'")
        err = refused(case, capsys)
    ask(case, f"ALTER ROLE postgres IN DATABASE {name} RESET {setting}")
    assert err.startswith(f"error: The database refused: {reason} (it says: ")
    assert untouched(known, case)
    assert whole(known, case) == "before"


def test_a_transaction_that_the_server_finds_too_long(
    known: Known, home: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with meddling(case, "pipeline.runs", "after each row", "SET transaction_timeout = '1ms'; PERFORM pg_sleep(5)"):
        assert "The connection to the database broke off. Nothing was changed" in refused(case, capsys)
    assert untouched(known, case)
    assert whole(known, case) == "before"


@every_pack
def test_a_role_that_may_only_read(known: Known, home: Path, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    ask(case, "DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    ask(case, f"GRANT USAGE ON SCHEMA {', '.join(SCHEMAS)} TO reader")
    ask(case, f"GRANT SELECT ON ALL TABLES IN SCHEMA {', '.join(SCHEMAS)} TO reader")
    err = refused(case.replace("postgres@", "reader@", 1), capsys)
    assert err.startswith(
        "error: The database refused: the database user may not do this; `pipeline db grants` prints what a role"
    )
    assert untouched(known, case)


def test_a_database_that_may_only_be_read(
    known: Known, home: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = urlsplit(case).path[1:]
    ask(case, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    err = refused(case, capsys)
    assert err.startswith("error: The database refused: the transaction may only read (it says: ")
    assert untouched(known, case)
