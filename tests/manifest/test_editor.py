"""What a person sees who edits manifests: Taplo, the language server behind most editors, follows `#:schema`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TAPLO = Path(sys.executable).parent / "taplo"
PRICE = "price = 410.00"
TIERS = "manifests/homologation/motos-part/tiers.toml"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Taplo over all manifests of a checkout, as an editor would run it."""
    files = sorted(str(file) for file in folder.glob("manifests/**/*.toml"))
    assert len(files) > 30
    return subprocess.run(  # noqa: S603 - our own files, no shell
        [TAPLO, "lint", "--colors", "never", "--no-auto-config", *files],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the manifests and of their schema."""
    for name in ("manifests", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_manifests_are_right_in_an_editor() -> None:
    done = lint(ROOT)

    assert done.returncode == 0, done.stderr


def test_every_manifest_names_the_schema_that_is_there() -> None:
    for file in ROOT.glob("manifests/**/*.toml"):
        directive = file.read_text("utf-8").splitlines()[0]
        assert directive.startswith("#:schema ")
        assert (file.parent / directive.removeprefix("#:schema ")).resolve().is_relative_to(ROOT / "schemas")
        assert (file.parent / directive.removeprefix("#:schema ")).is_file()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('price = "410"', "is not of type"),
        ("price = -1", "minimum"),
        ("prise = 410.00", "Additional properties are not allowed"),
    ],
)
def test_an_editor_underlines_a_mistake(checkout: Path, wrong: str, said: str) -> None:
    file = checkout / TIERS
    text = file.read_text("utf-8")
    assert PRICE in text
    file.write_text(text.replace(PRICE, wrong), "utf-8")

    done = lint(checkout)

    assert done.returncode == 1
    assert said in done.stderr
    assert wrong in done.stderr
