"""Manifests onto the disk: a file is written whole or not at all, and no file is written over unasked."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import PipelineError, UsageError
from pipeline.manifest.files import shown

_SHOWN = 10


def write_new(folder: Path, files: Mapping[str, str]) -> dict[str, bool]:
    """Write files below a folder, by their paths. Says of each whether it was written or stood there already.

    Raises UsageError, and writes nothing, if any of them is there with other content. Nothing is ever deleted.
    """
    contents = {folder / name: text.encode() for name, text in files.items()}
    missing, taken = [], []
    for path, content in contents.items():
        if not os.path.lexists(path):
            missing.append(path)
        elif not path.is_file() or path.read_bytes() != content:
            taken.append(path)
    if taken:
        names = ", ".join(shown(path) for path in taken[:_SHOWN]) + (" …" if len(taken) > _SHOWN else "")
        raise UsageError(
            f"{'1 file is' if len(taken) == 1 else f'{len(taken)} files are'} there already and would change: {names}. "
            "Nothing was written. Export into a new folder, compare, and move over what you want."
        )
    for path in missing:
        replace(path, contents[path])
    return {shown(path): path in missing for path in contents}


def write_over(files: Mapping[str, tuple[bytes, bytes]]) -> None:
    """Put new content in the place of old, by the names of files as people know them.

    Raises PipelineError, and writes nothing, if any of them holds something else by now.
    """
    for name, (old, _) in files.items():
        try:
            same = Path(name).read_bytes() == old
        except OSError:
            same = False
        if not same:
            raise PipelineError(
                f"{name} was changed or moved while the database was read. No file was written; run the command again."
            )
    for name, (_, new) in files.items():
        replace(Path(name), new)


def replace(path: Path, content: bytes) -> None:
    """Put the content into the file, made if need be: first into a new file beside it, which then takes its place."""
    target = Path(os.path.realpath(path))
    beside = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            beside = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        else:
            beside.chmod(0o666 & ~umask())
        beside.replace(target)
    except OSError as error:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise PipelineError(
            f"{shown(path)} cannot be written: {(error.strerror or 'unknown reason').lower()}. "
            "Files that were reported before it are complete; this one is as it was."
        ) from error


def relative(target: Path, folder: Path) -> str:
    """The way from a folder to a target, with slashes; the whole path where none leads there."""
    try:
        return Path(os.path.relpath(target, folder)).as_posix()
    except ValueError:  # another drive
        return target.absolute().as_posix()


def umask() -> int:
    """The mode bits that new files of this process do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
