"""pipeline apply, where there is nobody to ask"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import apply as apply_command
from tests.cli import catalogue
from tests.cli.conftest import Cli, Query
from tests.cli.processes import PATIENCE, PIPELINE, environment

COUNT = "SELECT count(*) FROM tariff_tiers"
PRICE = "SELECT price::text FROM tariff_tiers"


def test_applies_then_has_nothing_to_do(cli: Cli, use: str, query: Query) -> None:
    done = cli("apply", "--yes")
    assert (done.code, done.err) == (0, "")
    assert "\n  + tier T1" in done.out
    assert done.out.endswith(f"Applied: {catalogue.ROWS} created (run 1).\n")
    assert query(PRICE) == [("410.00",)]
    again = cli("apply", "--yes")
    assert (again.code, again.out) == (0, f"No changes. {catalogue.ROWS} unchanged, 0 unmanaged.\n")
    assert query("SELECT count(*) FROM pipeline.runs") == [(1,)]


def test_refuses_where_there_is_nobody_to_ask(cli: Cli, use: str, query: Query) -> None:
    done = cli("apply")
    assert done.code == 64
    assert "to create" in done.out
    assert done.err == "error: There is nobody to ask here. Say --yes to apply the plan without a question.\n"
    assert query(COUNT) == [(0,)]


def test_has_no_question_where_there_is_nothing_to_do(cli: Cli, use: str) -> None:
    assert cli("apply", "-y").code == 0
    assert cli("apply").code == 0


def test_one_category(cli: Cli, use: str, manifests: Path, query: Query) -> None:
    other = manifests / "manifests" / "other.toml"
    other.write_text(catalogue.CATEGORY.replace("motos-part", "quads-part"), "utf-8")
    assert cli("apply", "--yes", "--category", "quads-part").code == 0
    assert query("SELECT slug FROM vehicle_categories") == [("quads-part",)]


def test_a_database_that_moved_is_stale(
    cli: Cli, use: str, manifests: Path, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("apply", "--yes").code == 0
    catalogue.replace(manifests, "price = 410.00", "price = 420.00")

    def show(*_: Any) -> None:
        query("UPDATE tariff_tiers SET price = 1 WHERE code = 'T1' RETURNING 1")

    monkeypatch.setattr(apply_command, "show", show)
    done = cli("apply", "--yes")
    assert done.code == 4
    assert "1 row moved: tier motos-part/T1." in done.err
    assert done.err.endswith(
        "Nothing was applied; make a new plan.\n  tier motos-part/T1\n      price    410.00 -> 1.00\n"
    )
    assert query(PRICE) == [("1.00",)]


def test_what_the_database_refuses_is_one_paragraph(cli: Cli, use: str, query: Query) -> None:
    query("ALTER TABLE tariff_tiers ADD CONSTRAINT no_project CHECK (name NOT LIKE '%Proyecto%')")
    done = cli("apply", "--yes")
    assert done.code == 1
    assert done.err.startswith("error: The database refused: a value breaks a rule of the table")
    assert done.err.count("\n") == 1
    for detail in ("Traceback", "INSERT", "COPY", "asyncpg", "sqlalchemy"):
        assert detail not in done.err
    assert query("SELECT count(*) FROM vehicle_categories") == [(0,)]


def test_waits_for_another_apply_and_gives_up(cli: Cli, use: str, query: Query, held: Callable[[str], Any]) -> None:
    from pipeline.database.lock import number

    with_lock = held(f"SELECT pg_advisory_xact_lock({number('homologation')})")
    with with_lock:
        done = cli("apply", "--yes", "--lock-timeout", "0")
    assert done.code == 1
    assert "Waiting for another apply of homologation" in done.err
    assert "has not ended within 0 seconds" in done.err
    assert query(COUNT) == [(0,)]


def test_ctrl_c_changes_nothing(use: str, manifests: Path, query: Query, held: Callable[[str], Any]) -> None:
    with held("LOCK TABLE tier_element_inclusions IN SHARE MODE"):  # all rows but these can be written
        process = subprocess.Popen(  # noqa: S603
            [PIPELINE, "apply", "--yes"],
            cwd=manifests,
            env=environment(PIPELINE_DATABASE_URL=use),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        _wait_until_blocked(query)
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert said == "error: Interrupted. Nothing was changed, save what is already reported as applied.\n"
    assert query(COUNT) == [(0,)]
    assert query("SELECT count(*) FROM pipeline.ledger") == [(0,)]


def _wait_until_blocked(query: Query) -> None:
    end = time.monotonic() + PATIENCE
    blocked = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while not query(blocked):
        assert time.monotonic() < end, "the apply never got to write"
        time.sleep(0.05)
