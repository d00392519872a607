"""pipeline schema and pipeline verify"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Query

FILE = Path("schemas/homologation/manifest.schema.json")


def test_schema_is_written_once(cli: Cli, home: Path) -> None:
    done = cli("schema")
    assert done.code == 0
    assert f"{FILE}: written\n" in done.out
    assert json.loads(FILE.read_text("utf-8"))["$schema"]
    assert f"{FILE}: up to date\n" in cli("schema").out


def test_check_passes_only_what_is_as_written(cli: Cli, home: Path) -> None:
    missing = cli("schema", "--check")
    assert (missing.code, missing.out) == (1, "")
    assert not FILE.exists()
    cli("schema")
    assert cli("schema", "--check").code == 0
    FILE.write_bytes(FILE.read_bytes() + b"\xff")
    differs = cli("schema", "--check")
    assert differs.code == 1
    assert differs.err.endswith("is not what the tables and kinds say. Write it with `pipeline schema`.\n")
    assert f"{FILE}: written\n" in cli("schema").out
    assert cli("schema", "--check").code == 0


def test_a_folder_that_cannot_be_written(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("taken").write_text("a file")
    monkeypatch.setenv("PIPELINE_SCHEMAS", "taken")
    done = cli("schema")
    assert done.code == 64
    assert done.err.startswith("error: taken/homologation/manifest.schema.json cannot be written: ")


def test_verify_counts(cli: Cli, use: str) -> None:
    cli("apply", "--yes")
    done = cli("verify")
    assert (done.code, done.err) == (0, "")
    assert any(
        line.split() == ["element", "1", "row", "1", "active"] for line in done.out.replace("rows", "row").splitlines()
    )


def test_verify_finds_what_somebody_broke(cli: Cli, use: str, query: Query) -> None:
    cli("apply", "--yes")
    query(
        "INSERT INTO warnings (owner_category_id, code, message, element_id)"
        " SELECT category_id, 'lonely', 'No association.', id FROM elements RETURNING 1"
    )
    done = cli("verify")
    assert (done.code, done.err) == (1, "")
    assert "lonely" in done.out
