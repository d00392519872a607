"""Which commit the manifests are at, whatever git does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipeline.repository import head

NOTHING = (None, None)


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.org")
    command = ["git", *who, "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603


@pytest.fixture
def manifests(folder: Path) -> Path:
    """A folder of manifests in a repository with one commit."""
    home = folder / "catalogue with spaces" / "manifests"
    home.mkdir(parents=True)
    (home / "a.toml").write_text("", "utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "first")
    return home


def test_the_commit_and_whether_there_is_more(manifests: Path) -> None:
    commit = git(manifests, "rev-parse", "HEAD")
    assert head(manifests) == (commit, True)
    (manifests / "a.toml").write_text("x = 1", "utf-8")
    assert head(manifests) == (commit, False)
    git(manifests, "commit", "--all", "--quiet", "--message", "second")
    (manifests / "new.toml").write_text("", "utf-8")
    assert head(manifests) == (git(manifests, "rev-parse", "HEAD"), False)


def test_what_lies_beside_the_manifests_is_not_theirs(manifests: Path) -> None:
    (manifests.parent / "plan.json").write_text("{}", "utf-8")
    assert head(manifests) == (git(manifests, "rev-parse", "HEAD"), True)


def test_no_repository_no_commit_no_folder(folder: Path) -> None:
    assert head(folder) == NOTHING
    assert head(folder / "missing") == NOTHING
    git(folder, "init", "--quiet")
    assert head(folder) == NOTHING


def test_no_git(manifests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert head(manifests) == NOTHING


@pytest.mark.parametrize("does", ["exec sleep 20", "sleep 20 & wait", "exit 3"], ids=["hangs", "hangs below", "fails"])
def test_a_git_that_is_broken(folder: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    program = folder / "git"
    program.write_text(f"#!/bin/sh\n{does}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    assert head(folder, timeout=0.2) == NOTHING
