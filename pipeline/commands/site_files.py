"""The files of a site onto the disk: into a folder that is new, empty, or holds a site of ours."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from pipeline.errors import PipelineError, UsageError
from pipeline.manifest.files import shown
from pipeline.manifest.store import umask

MARKER = ".pipeline-site.json"
"""The file that says that a folder is a site of ours, and what we wrote into it."""
_VERSION = 1
_SHOWN = 10
_Written: TypeAlias = Mapping[str, frozenset[str]]
"""What we wrote, or were about to write when we were stopped: fingerprints of the content by path."""


def publish(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder a site of these files, by their paths with slashes. What is no file of ours stays.

    Raises UsageError, and changes nothing, where the folder is something else, or where a file in it would change that
    we did not write, or that somebody changed since.
    """
    target = Path(os.path.realpath(folder))
    written = _written(folder, target)
    _require_ours(folder, target, files, written or {})
    beside = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        _write(beside, {**files, MARKER: _marker({name: {_print(content)} for name, content in files.items()})})
        beside.chmod(0o777 & ~umask())
        if written is None:
            beside.replace(target)
        else:
            _move(beside, target, files, written)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise PipelineError(f"The site cannot be written to {shown(folder)}: {reason}.") from error
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def _written(folder: Path, target: Path) -> _Written | None:
    """What we wrote into the folder; None where it is not there, or empty."""
    if not os.path.lexists(target):
        return None
    if not target.is_dir():
        raise UsageError(f"{shown(folder)} is a file. Say another folder with --out.")
    if not any(target.iterdir()):
        return None
    try:
        said = json.loads((target / MARKER).read_bytes())
        if said["version"] == _VERSION:
            return {name: frozenset(prints) for name, prints in said["files"].items() if _is_below(target, name)}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        pass
    raise UsageError(
        f"{shown(folder)} is not empty, and no site that this command wrote. Nothing was changed in it. "
        "Say another folder with --out, or empty this one."
    )


def _is_below(target: Path, name: str) -> bool:
    """Whether a path of the marker leads to a place inside the folder: somebody may have edited it."""
    steps = PurePosixPath(name)
    return (
        not steps.is_absolute()
        and ".." not in steps.parts
        and (target / name).parent.resolve() == (target / name).parent
    )


def _require_ours(folder: Path, target: Path, files: Mapping[str, bytes], written: _Written) -> None:
    """Raise UsageError where a file that would be replaced or removed is not as we wrote it."""
    foreign = []
    for name in sorted({*files, *written}):
        path = target / name
        if os.path.lexists(path) and not _is_as_written(path, written.get(name, frozenset())):
            foreign.append(shown(folder / name))
    if foreign:
        names = ", ".join(foreign[:_SHOWN]) + (" …" if len(foreign) > _SHOWN else "")
        raise UsageError(
            f"{names} {'is' if len(foreign) == 1 else 'are'} not as this command wrote it. Nothing was changed. "
            "Move away what you want to keep, delete the rest, and run the command again."
        )


def _is_as_written(path: Path, prints: frozenset[str]) -> bool:
    return path.is_file() and not path.is_symlink() and _print(path.read_bytes()) in prints


def _move(beside: Path, target: Path, files: Mapping[str, bytes], written: _Written) -> None:
    """Put the new files in the place of the old ones. Whenever it is stopped, the marker knows what is there."""
    either = {name: set(written.get(name, ())) for name in {*files, *written}}
    for name, content in files.items():
        either[name].add(_print(content))
    final = beside / MARKER
    both = beside / f"{MARKER}.both"
    both.write_bytes(_marker(either))
    both.replace(target / MARKER)
    for name in sorted(files):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (beside / name).replace(target / name)
    for name in sorted(set(written) - set(files)):
        (target / name).unlink(missing_ok=True)
        _remove_empty((target / name).parent, target)
    final.replace(target / MARKER)


def _remove_empty(folder: Path, target: Path) -> None:
    """Remove the folders that are left empty, up to the site's own."""
    while folder != target and folder.is_relative_to(target) and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _marker(files: Mapping[str, set[str]]) -> bytes:
    said = {"version": _VERSION, "files": {name: sorted(files[name]) for name in sorted(files)}}
    return (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode()


def _print(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
