"""Plans as comments and pages, shown and written to files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli import catalogue
from tests.cli.conftest import Cli

PLANNED = f"Plan: {catalogue.ROWS} to create. 0 unchanged, 0 unmanaged."


def test_markdown(cli: Cli, use: str) -> None:
    done = cli("plan", "--format", "markdown", "--detailed-exitcode")

    assert (done.code, done.err) == (2, "")
    assert done.out.startswith(f"## Pipeline plan\n\n{PLANNED}\n")
    assert "\n+ element ESCAPE" in done.out


def test_html(cli: Cli, use: str) -> None:
    done = cli("plan", "--format", "html")

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("<!doctype html>\n")
    assert PLANNED in done.out
    assert cli("plan", "--format", "html").out == done.out


@pytest.mark.parametrize(("form", "name"), [("html", "plan.html"), ("markdown", "plan.md"), ("html", "page")])
def test_a_page_is_written_instead_of_shown(cli: Cli, use: str, folder: Path, form: str, name: str) -> None:
    shown = cli("plan", "--format", form).out
    path = folder / name

    done = cli("plan", "--format", form, "--out", str(path))

    assert (done.code, done.out, done.err) == (0, "", f"Wrote {path}.\n")
    assert path.read_text(encoding="utf-8") == shown
    assert [found.name for found in folder.iterdir() if found.name.startswith(".")] == []


def test_a_saved_plan_has_the_same_pages(cli: Cli, use: str, folder: Path) -> None:
    saved = str(folder / "plan.json")
    assert cli("plan", "--out", saved).code == 0

    for form in ("markdown", "html"):
        assert cli("show", saved, "--format", form).out == cli("plan", "--format", form).out
    assert cli("show", saved, "--format", "html", "--out", str(folder / "plan.html")).out == ""
    assert (folder / "plan.html").read_text(encoding="utf-8") == cli("plan", "--format", "html").out
    assert json.loads(cli("show", saved, "--format", "json").out)["plans"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "html", "--out", "plan.json"), "With --format html, --out is for the page, and plan.json looks"),
        (("--format", "markdown", "--out", "p.json"), "With --format markdown, --out is for the comment, and p.json"),
        (("--out", "plan.html"), "--out plan.html looks like a file for --format html, but the format is text."),
        (("--format", "json", "--out", "plan.md"), "--out plan.md looks like a file for --format markdown, but the"),
        (("--format", "markdown", "--out", "plan.HTML"), "--out plan.HTML looks like a file for --format html, but"),
    ],
)
def test_what_does_not_go_together(cli: Cli, use: str, arguments: tuple[str, ...], said: str) -> None:
    done = cli("plan", *arguments)

    assert (done.code, done.out) == (64, "")
    assert done.err.startswith(f"error: {said}")
    assert done.err.count("\n") == 1
    assert not Path(arguments[-1]).exists()


def test_show_writes_no_plan_files(cli: Cli, use: str, folder: Path) -> None:
    saved = str(folder / "plan.json")
    assert cli("plan", "--out", saved).code == 0

    done = cli("show", saved, "--out", str(folder / "other"))

    assert (done.code, done.out) == (64, "")
    assert done.err == "error: --out writes a comment or a page: add --format markdown or --format html.\n"


def test_a_file_that_cannot_be_written(cli: Cli, use: str, folder: Path) -> None:
    done = cli("plan", "--format", "html", "--out", str(folder / "nowhere" / "plan.html"))

    assert (done.code, done.out) == (1, "")
    assert done.err.endswith("plan.html: no such file or directory.\n")
