"""The way from nothing to an applied catalogue and back, on every PostgreSQL that is installed here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.config import PACKAGE
from tests import postgres
from tests.cli import catalogue
from tests.cli.processes import run
from tests.conftest import QUICK, _temporary


@pytest.fixture(params=postgres.VERSIONS)
def blank_of_version(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The URL of an empty database on a server of each version."""
    found = postgres.find(request.param)
    if found is None:
        pytest.skip(f"PostgreSQL {request.param} is not installed here")
    with postgres.serve(found, folder, QUICK) as server:
        yield from _temporary(server.url(), "template0")


def test_the_whole_way(blank_of_version: str, folder: Path) -> None:
    shutil.copytree(PACKAGE.parent / "manifests" / "homologation", folder / "manifests" / "homologation")

    def pipeline(*arguments: str) -> str:
        done = run(folder, *arguments, PIPELINE_DATABASE_URL=blank_of_version)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return done.stdout

    assert pipeline("db", "upgrade").count("(was nothing)") == 2
    planned = pipeline("plan")
    assert planned in pipeline("apply", "--yes")
    assert pipeline("plan").startswith("No changes.")
    catalogue.replace(folder, 'icon = "motorcycle"', 'icon = "motorbike"')
    assert "1 updated" in pipeline("apply", "--yes")
    assert pipeline("plan").startswith("No changes.")
    assert "elements" in pipeline("verify")
    there = [line for line in pipeline("db", "current").splitlines() if ": nothing" not in line]
    assert pipeline("db", "downgrade", "base", "--yes").count(": nothing (was") == len(there) >= 2
    assert pipeline("db", "upgrade").count("(was nothing)") == 2
