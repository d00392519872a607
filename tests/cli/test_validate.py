"""pipeline validate"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli import catalogue
from tests.cli.conftest import Cli
from tests.cli.processes import run

MISTAKE = "price = 410.001"
PLACE = "manifests/motos-part/tiers.toml"


@pytest.fixture
def faulty(manifests: Path) -> Path:
    """Manifests with a price of three decimals in line 8 of one file."""
    catalogue.replace(manifests, "price = 410.00", MISTAKE)
    return manifests


def test_valid_manifests(cli: Cli, manifests: Path) -> None:
    done = cli("validate")
    assert (done.code, done.err) == (0, "")
    assert done.out == "3 manifests checked: no findings.\n"


def test_errors_are_shown_with_place_and_line(cli: Cli, faulty: Path) -> None:
    done = cli("validate")
    assert (done.code, done.err) == (1, "")
    assert f"{PLACE}:8:" in done.out
    assert MISTAKE in done.out
    assert "Traceback" not in done.out


def test_warnings_alone_are_no_failure(cli: Cli, manifests: Path) -> None:
    catalogue.replace(manifests, 'groups = ["todos"]', "groups = []")
    done = cli("validate")
    assert done.code == 0
    assert "element-in-no-tier" in done.out


def test_json_is_for_machines(cli: Cli, faulty: Path) -> None:
    done = cli("validate", "--format", "json")
    assert done.code == 1
    (found,) = json.loads(done.out)["diagnostics"]
    assert (found["file"], found["line"], found["severity"]) == (PLACE, 8, "error")


def test_json_of_nothing_is_an_empty_list(cli: Cli, manifests: Path) -> None:
    done = cli("validate", "--format", "json")
    assert (done.code, json.loads(done.out)) == (0, {"diagnostics": []})


def test_github_annotates_the_line(cli: Cli, faulty: Path) -> None:
    done = cli("validate", "--format", "github")
    assert done.code == 1
    assert done.out.startswith(f"::error file={PLACE},line=8,")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (PLACE, 1),
        ("manifests/motos-part", 1),
        ("manifests", 1),
        ("manifests/motos-part/elements.toml", 0),
    ],
)
def test_paths_choose_what_is_reported(cli: Cli, faulty: Path, path: str, code: int) -> None:
    done = cli("validate", path)
    assert done.code == code
    assert (MISTAKE in done.out) == bool(code)


def test_paths_do_not_hide_the_rest_from_references(cli: Cli, manifests: Path) -> None:
    done = cli("validate", "manifests/motos-part/elements.toml")
    assert done.code == 0, done.out


def test_an_absolute_path_and_two_paths(cli: Cli, faulty: Path) -> None:
    assert cli("validate", str(faulty / PLACE)).code == 1
    assert cli("validate", "manifests/motos-part/elements.toml", PLACE).code == 1


def test_a_folder_elsewhere_is_checked_on_its_own(cli: Cli, manifests: Path) -> None:
    elsewhere = manifests / "elsewhere"
    catalogue.write(elsewhere)
    catalogue.replace(elsewhere, "price = 410.00", MISTAKE)
    assert cli("validate").code == 0
    assert cli("validate", "elsewhere/manifests").code == 1
    assert cli("validate", "--manifests", "elsewhere/manifests").code == 1


def test_a_path_that_is_not_there(cli: Cli, manifests: Path) -> None:
    done = cli("validate", "manifests/nope.toml")
    assert (done.code, done.out) == (64, "")
    assert done.err.startswith("error: manifests/nope.toml is no file or folder below manifests.")


def test_no_folder_of_manifests(cli: Cli, home: Path) -> None:
    done = cli("validate")
    assert done.code == 1
    assert done.err == (
        "error: The manifests' folder manifests does not exist. "
        "Run the command where it lies, or name the right folder.\n"
    )


def test_a_process_says_the_same(faulty: Path) -> None:
    done = run(faulty, "validate", PLACE)
    assert (done.returncode, done.stderr) == (1, "")
    assert MISTAKE in done.stdout
    assert "\x1b" not in done.stdout
