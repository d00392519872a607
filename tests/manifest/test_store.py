"""Manifests onto the disk."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pipeline.errors import PipelineError, UsageError
from pipeline.manifest.store import relative, replace, write_new, write_over


def test_files_are_written_once(folder: Path) -> None:
    files = {"a/b.toml": "ñ\n", "c.toml": ""}

    assert list(write_new(folder / "new", files).values()) == [True, True]
    assert (folder / "new/a/b.toml").read_bytes() == "ñ\n".encode()
    assert list(write_new(folder / "new", files).values()) == [False, False]


def test_nothing_is_written_where_one_file_would_change(folder: Path) -> None:
    (folder / "c.toml").write_text("mine")

    with pytest.raises(UsageError, match=r"1 file is there already and would change: .*c\.toml"):
        write_new(folder, {"a.toml": "x", "c.toml": "y"})
    assert [path.name for path in folder.iterdir()] == ["c.toml"]
    assert (folder / "c.toml").read_text() == "mine"


def test_a_dangling_link_counts_as_a_file(folder: Path) -> None:
    (folder / "c.toml").symlink_to(folder / "elsewhere")

    with pytest.raises(UsageError):
        write_new(folder, {"c.toml": "y"})


def test_a_replaced_file_keeps_its_rights_and_the_link_that_leads_to_it(folder: Path) -> None:
    (folder / "real.toml").write_text("old")
    (folder / "real.toml").chmod(0o640)
    (folder / "link.toml").symlink_to("real.toml")

    replace(folder / "link.toml", b"new")

    assert (folder / "link.toml").is_symlink()
    assert (folder / "real.toml").read_text() == "new"
    assert stat.S_IMODE((folder / "real.toml").stat().st_mode) == 0o640
    assert len(list(folder.iterdir())) == 2


def test_a_file_that_cannot_be_written_leaves_nothing_behind(folder: Path) -> None:
    (folder / "taken").mkdir()

    with pytest.raises(PipelineError, match="taken cannot be written: is a directory"):
        replace(folder / "taken", b"new")
    assert [path.name for path in folder.iterdir()] == ["taken"]


def test_no_file_is_written_over_that_somebody_changed_meanwhile(folder: Path) -> None:
    one, other = folder / "one.toml", folder / "other.toml"
    one.write_text("1")
    other.write_text("changed")

    with pytest.raises(PipelineError, match=r"other\.toml was changed or moved"):
        write_over({str(one): (b"1", b"2"), str(other): (b"1", b"2")})
    with pytest.raises(PipelineError, match=r"gone\.toml was changed or moved"):
        write_over({str(one): (b"1", b"2"), str(folder / "gone.toml"): (b"1", b"2")})
    assert one.read_text() == "1"

    write_over({str(one): (b"1", b"2")})
    assert one.read_text() == "2"


def test_the_way_from_folder_to_folder(folder: Path) -> None:
    assert relative(folder / "schemas" / "p", folder / "manifests" / "p") == "../../schemas/p"
