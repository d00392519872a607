"""A site on the disk: whole, in its place, and nothing of anybody else's touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.commands.site_files import MARKER, publish
from pipeline.errors import PipelineError, UsageError

FIRST = {"index.html": b"one", "a/x.html": b"x", "a/b/y.html": b"y"}
SECOND = {"index.html": b"two", "a/x.html": b"x", "z.html": b"z"}


def held(folder: Path) -> dict[str, bytes]:
    """All files of a folder but the marker."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != MARKER]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("before", [lambda path: None, lambda path: path.mkdir()], ids=["new", "empty"])
def test_a_new_or_empty_folder(tmp_path: Path, before: Callable[[Path], None]) -> None:
    before(tmp_path / "site")
    publish(tmp_path / "site", FIRST)
    assert held(tmp_path / "site") == FIRST
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert (tmp_path / "site").stat().st_mode & 0o055, "a web server may read it"


def test_folders_above_are_made(tmp_path: Path) -> None:
    publish(tmp_path / "deep" / "er" / "site", FIRST)
    assert held(tmp_path / "deep" / "er" / "site") == FIRST


def test_an_older_site_is_replaced_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish(site, FIRST)
    (site / "a" / "note.txt").write_bytes(b"mine")
    (site / "CNAME").write_bytes(b"mine")
    publish(site, SECOND)
    assert held(site) == SECOND | {"a/note.txt": b"mine", "CNAME": b"mine"}
    assert not (site / "a" / "b").exists()
    publish(site, FIRST)
    publish(site, FIRST)
    assert held(site) == FIRST | {"a/note.txt": b"mine", "CNAME": b"mine"}


def test_same_files_same_bytes(tmp_path: Path) -> None:
    publish(tmp_path / "one", FIRST)
    publish(tmp_path / "two", dict(reversed(FIRST.items())))
    publish(tmp_path / "three", SECOND)
    publish(tmp_path / "three", FIRST)
    markers = {(tmp_path / name / MARKER).read_bytes() for name in ("one", "two", "three")}
    assert len(markers) == 1


def test_a_folder_that_is_no_site_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_bytes(b"years of work")
    with pytest.raises(UsageError, match="is not empty, and no site that this command wrote"):
        publish(tmp_path, FIRST)
    assert held(tmp_path) == {"thesis.txt": b"years of work"}


@pytest.mark.parametrize("marker", [b"", b"{", b"[]", b'{"version": 1}', b'{"version": 2, "files": {}}', b"\xff"])
def test_a_marker_that_is_none_is_refused(tmp_path: Path, marker: bytes) -> None:
    (tmp_path / MARKER).write_bytes(marker)
    with pytest.raises(UsageError, match="is not empty"):
        publish(tmp_path, FIRST)


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").write_bytes(b"")
    with pytest.raises(UsageError, match="is a file"):
        publish(tmp_path / "site", FIRST)


def test_what_somebody_changed_or_put_there_is_not_written_over(tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish(site, FIRST)
    (site / "z.html").write_bytes(b"mine")
    (site / "a" / "b" / "y.html").write_bytes(b"changed")
    before = held(site)
    with pytest.raises(UsageError, match=r"y\.html, .*z\.html are not as this command wrote it"):
        publish(site, SECOND)
    assert held(site) == before


def test_a_marker_that_leads_outside_removes_nothing_there(tmp_path: Path) -> None:
    site, outside = tmp_path / "site", tmp_path / "outside"
    publish(site, FIRST)
    outside.mkdir()
    (outside / "index.html").write_bytes(b"one")
    (site / "link").symlink_to(outside)
    marker = json.loads((site / MARKER).read_text())
    prints = marker["files"]["index.html"]
    marker["files"] |= dict.fromkeys(("../outside/index.html", f"{outside}/index.html", "link/index.html"), prints)
    (site / MARKER).write_text(json.dumps(marker))
    publish(site, SECOND)
    assert (outside / "index.html").read_bytes() == b"one"
    assert (site / "link").is_symlink()


def test_one_that_was_stopped_midway_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The marker knows the old files and the new ones for as long as both are there."""
    site = tmp_path / "site"
    publish(site, FIRST)
    replace, done = Path.replace, list[Path]()

    def stop_late(self: Path, target: Path) -> Path:
        done.append(self)
        if len(done) == 4:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", stop_late)
        with pytest.raises(PipelineError, match=r"cannot be written to .*: no space left on device"):
            publish(site, SECOND)
    assert held(site) not in (FIRST, SECOND)
    publish(site, SECOND)
    assert held(site) == SECOND
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
