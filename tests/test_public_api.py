"""What people who import the package are promised, used as they would use it."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import pipeline
from pipeline import CATALOG, PipelineError, commands, load_settings
from pipeline.errors import ManifestError
from tests.cli import catalogue


async def test_from_manifests_to_rows(folder: Path, database: str) -> None:
    catalogue.write(folder)
    settings = load_settings(manifests=folder / "manifests", database_url=database)
    validation = commands.validate(settings.manifests, CATALOG)
    assert validation.ok
    async with commands.database(settings, CATALOG) as engine:
        (prepared,) = await commands.plan(engine, validation)
        assert prepared.plan.summary["create"] == catalogue.ROWS
        assert await commands.apply(engine, prepared, lock_timeout=settings.lock_timeout) == 1
        (again,) = await commands.plan(engine, validation)
        assert again.plan.is_empty
        health, *_ = await commands.verify(engine, CATALOG)
    assert health.rows["element"] == (1, 1)
    assert not any(health.violations.values())


async def test_findings_are_data_until_a_plan_is_asked_for(folder: Path, database: str) -> None:
    catalogue.write(folder)
    catalogue.replace(folder, 'code = "T1"', 'code = "T1"\ncolour = "red"')
    settings = load_settings(manifests=folder / "manifests", database_url=database)
    validation = commands.validate(settings.manifests, CATALOG)
    assert not validation.ok
    assert [found.rule for found in validation.diagnostics] == ["unknown-key"]
    async with commands.database(settings, CATALOG) as engine:
        with pytest.raises(ManifestError) as caught:
            await commands.plan(engine, validation)
    assert isinstance(caught.value, PipelineError)


def test_every_promised_name_is_what_it_says() -> None:
    """A folder of the same name would take a name's place as soon as it is imported."""
    homes = pipeline._HOMES
    wrong = [name for name, home in homes.items() if getattr(pipeline, name) is not getattr(import_module(home), name)]
    assert not wrong


def test_the_documented_import_works() -> None:
    (line,) = [line for line in (pipeline.__doc__ or "").splitlines() if "from pipeline import" in line]
    code = f"{line.strip()}\nprint(*(type(value).__name__ for name, value in vars().items() if name[0] != '_'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split().count("module") == line.count("commands")


def test_other_names_are_no_attributes() -> None:
    with pytest.raises(AttributeError, match="'pipeline' has no attribute 'nope'"):
        pipeline.__getattr__("nope")


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = "import sys, pipeline; print(*sorted(name for name in sys.modules if name.startswith('pipeline')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split() == ["pipeline"]
