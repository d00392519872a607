"""The git repository that holds the manifests: where it is, and which commit an apply comes from."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

TIMEOUT_SECONDS = 10.0


def head(folder: Path, timeout: float = TIMEOUT_SECONDS) -> tuple[str | None, bool | None]:
    """The commit that the folder's repository is at, and whether the folder holds nothing else.

    None for what cannot be told: there is no repository, no commit or no git, or git does not answer in time.
    """
    commit = _git(folder, timeout, "rev-parse", "--verify", "HEAD^{commit}")
    if not commit:
        return None, None
    changed = _git(folder, timeout, "status", "--porcelain", "--", ".")
    return commit.strip()[:64], None if changed is None else not changed


def top(folder: Path, timeout: float = TIMEOUT_SECONDS) -> Path | None:
    """The uppermost folder of the repository; None where that cannot be told."""
    found = _git(folder, timeout, "rev-parse", "--show-toplevel")
    return Path(found.removesuffix("\n")) if found else None


def _git(folder: Path, timeout: float, *arguments: str) -> str | None:
    """What git prints, None where it fails. It writes to a file: a child it leaves behind could hold a pipe open."""
    command = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-C", str(folder), *arguments]
    try:
        with tempfile.TemporaryFile() as answer:
            done = subprocess.run(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                timeout=timeout,
                check=False,
            )
            answer.seek(0)
            return answer.read().decode("utf-8", "replace") if done.returncode == 0 else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
