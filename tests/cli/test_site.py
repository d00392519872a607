"""pipeline site"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.cli import catalogue
from tests.cli.conftest import Cli, Query


def text(path: Path) -> str:
    """A page's text, with blanks as one."""
    return re.sub(r"\s+", " ", path.read_text("utf-8"))


def test_without_a_database(cli: Cli, manifests: Path) -> None:
    done = cli("site", "--out", "site")
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(r"site/index\.html: \d+ files, \d+ kB\n", done.out)
    assert not (manifests / ".pipeline").exists()
    element = text(manifests / "site" / "motos-part" / "ESCAPE.html")
    assert "<i>manifests/motos-part/elements.toml:5</i>" in element
    before = {path: path.read_bytes() for path in (manifests / "site").rglob("*") if path.is_file()}
    assert cli("site", "--out", "site").out == done.out
    assert {path: path.read_bytes() for path in (manifests / "site").rglob("*") if path.is_file()} == before


def test_places_are_told_from_the_top_of_the_repository(
    cli: Cli, manifests: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q", "."], check=True)  # noqa: S607
    monkeypatch.chdir(manifests / "manifests")
    done = cli(
        "site", "--manifests", ".", "--out", "../site", "--source-url", "https://git.example/org/repo/blob/main/"
    )
    assert done.code == 0
    page = text(manifests / "site" / "motos-part" / "ESCAPE.html")
    place = "manifests/motos-part/elements.toml"
    assert f'<a class="src" href="https://git.example/org/repo/blob/main/{place}#L5">{place}:5</a>' in page


def test_pictures_beside_the_manifests_come_along(cli: Cli, manifests: Path) -> None:
    images = "".join(
        f'\n  [[elements.images]]\n  title = "{name}"\n  url = "/images/{name}"\n'
        for name in ("escape.jpg", "missing.jpg", "../manifests/motos-part/tiers.toml", "../secret.png", "code.svg")
    )
    catalogue.replace(manifests, 'keywords = ["escape"]\n', f'keywords = ["escape"]\n{images}')
    (manifests / "images").mkdir()
    (manifests / "images" / "escape.jpg").write_bytes(b"jpg")
    (manifests / "images" / "code.svg").write_bytes(b"<svg/>")
    (manifests / "secret.png").write_bytes(b"png")
    assert cli("site", "--out", "site").code == 0
    page = text(manifests / "site" / "motos-part" / "ESCAPE.html")
    assert page.count("<img ") == 1
    assert (manifests / "site" / "images" / "escape.jpg").read_bytes() == b"jpg"
    assert [path.name for path in (manifests / "site" / "images").rglob("*")] == ["escape.jpg"]


def test_who_set_a_value_last(cli: Cli, use: str, manifests: Path, query: Query) -> None:
    assert cli("apply", "--yes", "--actor", "ana").code == 0
    catalogue.replace(manifests, "price = 410.00", "price = 420.00")
    assert cli("apply", "--yes", "--actor", "luis").code == 0
    query("UPDATE elements SET name = 'Otro' RETURNING 1")
    catalogue.replace(manifests, 'client_type = "particular"', 'client_type = "particular"\ndescription = "Nueva"')
    assert cli("site", "--out", "site", "--database").code == 0
    page = text(manifests / "site" / "motos-part" / "index.html")
    assert re.search(r"420\.00 €</bdi> <i>:8</i><small class=\"by\"><bdi>luis · run 2 · \d{4}-\d\d-\d\d</bdi>", page)
    assert re.search(r"particular</bdi> <i>:7</i><small class=\"by\"><bdi>created by ana · run 1", page)
    assert re.search(r"Nueva</span> <i>:8</i><small class=\"by\"> <b>not applied yet</b>", page)
    assert cli("site", "--out", "other").code == 0
    assert "created by" not in text(manifests / "other" / "motos-part" / "index.html")
    assert cli("site", "--out", "third", "--database-url", use).code == 0
    assert "created by ana" in text(manifests / "third" / "motos-part" / "index.html")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "main", "https://u:p@host/x"])
def test_a_link_that_is_none_is_refused_before_anything_is_written(cli: Cli, manifests: Path, url: str) -> None:
    done = cli("site", "--out", "site", "--source-url", url)
    assert done.code == 64
    assert "--source-url must be a plain web address" in done.err
    assert not (manifests / "site").exists()


def test_a_folder_of_something_else_is_refused(cli: Cli, manifests: Path) -> None:
    done = cli("site", "--out", "manifests")
    assert done.code == 64
    assert done.err.startswith("error: manifests is not empty, and no site that this command wrote.")
    assert sorted(path.name for path in (manifests / "manifests").rglob("*.toml")) == [
        *("category.toml", "elements.toml", "tiers.toml")
    ]


def test_manifests_with_errors_make_no_site(cli: Cli, manifests: Path) -> None:
    catalogue.replace(manifests, 'code = "T1"', 'code = "T1"\ncolour = "red"')
    done = cli("site", "--out", "site")
    assert done.code == 1
    assert "colour" in done.err
    assert not (manifests / "site").exists()


def test_packs_without_pages(cli: Cli, manifests: Path) -> None:
    (manifests / "manifests" / "quiz.toml").write_text(
        'pack = "quiz"\nversion = 1\n\n[[categories]]\nslug = "a"\nname = "A"\n', "utf-8"
    )
    done = cli("site", "--out", "site", "--pack", "quiz")
    assert (done.code, done.err) == (
        64,
        "error: The pack quiz has no site: it takes a pack that says how its resources are shown.\n",
    )
    assert not (manifests / "site").exists()
    assert cli("site", "--out", "site", "--pack", "nope").code == 64
    assert cli("site", "--out", "site").code == 0
