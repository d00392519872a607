"""The pages for people: what they show is what happens. `tests/pages.py` says how they are run.

`pytest tests/test_docs.py --update-docs` writes what the commands print into the pages, `--update-pictures` takes the
pictures anew; `make docs` does both. Read and look before you commit it.
"""

from __future__ import annotations

import asyncio
import gc
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import typer

from pipeline import errors
from pipeline.cli import run
from pipeline.cli.app import app
from pipeline.cli.signals import EXIT_INTERRUPTED, EXIT_TERMINATED
from pipeline.config import PACKAGE
from pipeline.plan.change import HAZARDS
from tests import pictures
from tests.conftest import _execute, _named, _temporary
from tests.pages import Reader, commit, fits, steps

ROOT = PACKAGE.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
GUIDES = {language: sorted((ROOT / "docs" / language).glob("*.md")) for language in ("es", "en")}
READ = (*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *ROOT.glob("pipeline/packs/*/README.md"))
WORKFLOW = ROOT / ".github/workflows/manifests.yml"
APPLIED = "applied"
STAND_INS = {
    r"\b20\d\d-\d\d-\d\d \d\d:\d\d(:\d\d)?( UTC)": r"2026-11-20 09:30\2",
    r"\bcommit [0-9a-f]{10}\b": "commit 4be1f0c9a2",
    r"\(database user \w+\)": "(database user tariff_apply)",
    r"'test_\d+'": "'tariff'",
    r"\d+ files, \d+ kB": "85 files, 862 kB",
}


def _named_by_path(page: Path) -> str:
    return "-".join(page.relative_to(ROOT).with_suffix("").parts)


@pytest.fixture(scope="session")
def project() -> Iterator[Path]:
    """A repository with the bundled manifests."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="pipeline-test-") as name:
        folder = Path(name).resolve()
        _outside(patch)
        shutil.copytree(ROOT / "manifests" / "homologation", folder / "manifests" / "homologation")
        with chdir(folder):
            subprocess.run(["git", "init", "--quiet"], check=True)  # noqa: S607
            commit("The catalogue")
        yield folder


@pytest.fixture(scope="session")
def applied(server: str, template: str, project: Path) -> str:
    """The name of a database that the manifests were applied to."""
    asyncio.run(_execute(server, f"CREATE DATABASE {APPLIED} TEMPLATE {template} STRATEGY file_copy"))
    with chdir(project), pytest.MonkeyPatch.context() as patch:
        _outside(patch)
        assert run(["apply", "--yes", "--reason", "The catalogue", "--database-url", _named(server, APPLIED)]) == 0
    return APPLIED


@pytest.fixture
def reader(server: str, applied: str, project: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """Somebody with a checkout of the project and a database that its manifests were applied to."""
    _outside(monkeypatch)
    shutil.copytree(project, folder / "project")
    monkeypatch.chdir(folder / "project")
    with contextmanager(_temporary)(server, applied) as url:
        monkeypatch.setenv("PIPELINE_DATABASE_URL", url)
        yield Reader(lambda statement: asyncio.run(_execute(url, statement)), _normal, project / "manifests", _is_there)
    gc.enable()  # a command line leaves it off, for it expects the process to end


@pytest.mark.parametrize("page", PAGES, ids=_named_by_path)
def test_a_page_shows_what_happens(page: Path, reader: Reader, request: pytest.FixtureRequest) -> None:
    text = page.read_text("utf-8")
    if request.config.getoption("--update-pictures") and page in GUIDES["es"]:  # both languages show the same ones
        reader.look = pictures.take
    really = reader.read(text)
    if request.config.getoption("--update-docs"):
        page.write_text(really, "utf-8")
    else:
        assert really == text


def test_every_hazard_is_explained() -> None:
    explained = re.findall(r"^## `([\w-]+)`", (ROOT / "docs/hazards.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(explained) == sorted(HAZARDS)


def test_every_exit_code_is_in_the_readme() -> None:
    table = re.findall(r"^\| (\d+) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    ours = {value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    assert {int(code) for code in table} == ours | {EXIT_INTERRUPTED, EXIT_TERMINATED}


@pytest.mark.parametrize("page", [*READ, WORKFLOW], ids=_named_by_path)
def test_commands_that_are_only_read_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    lines = [line for step in steps(text) if step.language != "console" for line in step.text.splitlines()]
    for line in text.splitlines() if page == WORKFLOW else lines:
        for typed in re.findall(r"(?:^|[ (])pipeline ([a-z][^|>#;)`\n]*)", line):
            _parse(shlex.split(typed))


@pytest.mark.parametrize("page", READ, ids=_named_by_path)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        if not re.match(r"https?:", target):
            linked = page.parent / path if path else page
            assert linked.exists(), target
            assert not anchor or anchor in _anchors(linked.read_text("utf-8")), target


@pytest.mark.parametrize("page", GUIDES["es"], ids=lambda page: page.stem)
def test_a_page_says_the_same_in_both_languages(page: Path) -> None:
    """The same edits, commands, outputs and pictures in the same order; only the words between them differ."""
    twin = _twin(page)
    assert twin.parent.name == "en"
    assert _twin(twin) == page
    told, retold = (list(steps(each.read_text("utf-8"))) for each in (page, twin))
    assert [step[:3] for step in told] == [step[:3] for step in retold]


def test_every_page_is_there_in_both_languages() -> None:
    assert {_twin(page) for page in GUIDES["es"]} == {*GUIDES["en"]}
    assert len(GUIDES["es"]) == len(GUIDES["en"])


@pytest.mark.parametrize("language", GUIDES)
def test_the_index_names_every_page(language: str) -> None:
    index = (ROOT / "docs" / language / "index.md").read_text("utf-8")
    linked = re.findall(r"\]\((?:\.\./)?([\w-]+\.md)\)", index)
    missed = {page.name for page in [*GUIDES[language], *(ROOT / "docs").glob("*.md")]} - {*linked, "index.md"}
    assert not missed


@pytest.mark.parametrize("page", PAGES, ids=_named_by_path)
def test_every_picture_is_taken_where_it_stands(page: Path) -> None:
    """A page shows no picture that the script does not take at that place, and says what is on it."""
    text = page.read_text("utf-8")
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", text)
    taken = re.findall(r"<!-- picture: ([\w-]+) -->\n *!\[([^\]]*)\]\(([^)]*)\)", text)
    assert shown == [(words, target) for _, words, target in taken]
    assert text.count("<!-- picture:") == len(taken)
    for name, words, target in taken:
        assert (page.parent / target).resolve() == pictures.FOLDER / f"{name}.png"
        assert len(words) > 30, "people who cannot see it read what is on it"


def test_every_picture_is_shown_and_small() -> None:
    taken = {name for page in PAGES for name in re.findall(r"<!-- picture: ([\w-]+) -->", page.read_text("utf-8"))}
    there = {path.stem: path.stat().st_size for path in pictures.FOLDER.iterdir()}
    assert taken == {*there} == {*pictures.SHOTS}
    assert max(there.values()) <= pictures.MOST


@pytest.mark.parametrize(
    ("printed", "expected", "good"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\n", False),
        ("a\nb\nc\n", "a\n…\nc\n", True),
        ("a\n\nb\nc\n", "a\n…\n", True),
        ("a\nc\n", "a\n…\nc\n", False),
        ("a.c\n", "a?c\n", False),
        ("", "", True),
    ],
)
def test_lines_left_out(printed: str, expected: str, good: bool) -> None:
    assert fits(printed, expected) == good


PAGE = """\
<!-- edit: manifests/homologation/motos-part/tiers.toml: price = 175.00 -> price = 180.00 -->
```toml
price = 180.00
```

1. A list:

   ```console
   $ pipeline plan --detailed-exitcode; echo $?
   homologation · motos-part
   …
         price    175.00 -> 180.00

   Plan: 1 to update. 772 unchanged, 0 unmanaged.
   …
   2
   ```
"""


def test_a_page_that_is_right_stays_as_it_is(reader: Reader) -> None:
    assert reader.read(PAGE) == PAGE


@pytest.mark.parametrize("wrong", [("-> 180.00", "-> 190.00"), ("   2\n", "   0\n"), ("1 to", "2 to")])
def test_a_page_that_is_wrong_is_mended(reader: Reader, wrong: tuple[str, str]) -> None:
    page = PAGE.replace(*wrong)
    mended = reader.read(page)
    assert mended != page
    assert "~ tier T5" in mended
    assert mended.endswith("\n   2\n   ```\n")


@pytest.mark.parametrize(
    "page",
    [
        "<!-- edit: manifests/homologation/settings.toml: no such line -> another -->\n",
        "<!-- edti: manifests/homologation/settings.toml: one -> another -->\n",
        "<!-- cut: manifests/homologation/settings.toml: no such line -->\n",
        "<!-- sql: SELECT 1 FROM nowhere -->\n",
        "<!-- pipeline: apply --yes --allow nothing -->\n",
        PAGE.replace("price = 180.00\n```", "price = 181.00\n```"),
        "```console\n$ rm -r manifests\n```\n",
        "```console\nhomologation\n```\n",
        "```console\n$ pipeline plan --nope\n```\n",
    ],
)
def test_a_page_that_cannot_be_followed(reader: Reader, page: str) -> None:
    with pytest.raises((AssertionError, asyncpg.PostgresError)):
        reader.read(page)


def _outside(patch: pytest.MonkeyPatch) -> None:
    """No settings of our own; somebody called ana started the CI job."""
    for name in [*os.environ]:
        if name.startswith(("PIPELINE_", "GIT_")):
            patch.delenv(name)
    patch.setenv("GITHUB_ACTOR", "ana")


def _twin(page: Path) -> Path:
    """The page in the other language: the one that it links to."""
    others = {"es": "en", "en": "es"}
    found: str
    (found,) = re.findall(rf"\]\((\.\./{others[page.parent.name]}/[\w-]+\.md)\)", page.read_text("utf-8"))
    return (page.parent / found).resolve()


def _is_there(name: str) -> None:
    """What a picture shows, where none is taken."""
    assert Path(pictures.SHOTS[name].file).exists(), f"{pictures.SHOTS[name].file} is not there for the picture {name}"


def _normal(printed: str) -> str:
    for pattern, stand_in in STAND_INS.items():
        printed = re.sub(pattern, stand_in, printed)
    return printed


def _parse(arguments: list[str]) -> None:
    """Understand a command line as far as that can be without running it."""
    command: Any = typer.main.get_command(app)
    context = command.make_context("pipeline", arguments)
    while hasattr(command, "resolve_command"):
        rest = [*context._protected_args, *context.args]
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)


def _anchors(page: str) -> set[str]:
    """The headings as links name them."""
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
