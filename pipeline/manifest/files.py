"""The manifest files below a folder: found, named for people, and read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from pipeline.manifest.words import shortened
from pipeline.model.diagnostic import Diagnostic, Place
from pipeline.model.resource import Origin

SUFFIXES = (".toml", ".json")
LARGEST = 32 * 1024 * 1024
_SPECIAL = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class File(NamedTuple):
    """A manifest to read: its path, and its name as shown to people."""

    path: Path
    name: str


class _Search:
    """What was found on the way through the folders.

    A file or folder that several links lead to is taken once: under its own name where that lies below the
    root and is not hidden, else under the first of its links. So links can make neither loops nor duplicates.
    """

    def __init__(self, root: Path) -> None:
        self.root = os.path.realpath(root)
        self.seen: set[str] = set()
        self.files: list[File] = []
        self.links: list[Path] = []
        self.diagnostics: list[Diagnostic] = []

    def refuse(self, path: Path, rule: str, message: str, hint: str) -> None:
        name = shown(path)
        self.diagnostics.append(Diagnostic(rule, "error", message, Origin(name), hint, place=Place(name)))

    def folder(self, folder: Path) -> None:
        """Everything in a folder and the folders in it; links wait until all else has been seen."""
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            real = os.path.realpath(here)
            if real in self.seen:
                continue
            self.seen.add(real)
            try:
                with os.scandir(here) as entries:
                    below = [here / entry.name for entry in entries if not entry.name.startswith(".")]
            except OSError as error:
                self.refuse(here, "unreadable", f"the folder cannot be read: {_reason(error)}", "")
                continue
            for path in sorted(below):
                if path.is_symlink():
                    self.links.append(path)
                elif path.suffix.lower() in SUFFIXES:
                    self.file(path)
                elif path.is_dir():
                    waiting.append(path)

    def file(self, path: Path) -> None:
        """Something with the name of a manifest. What is no regular file is never opened."""
        try:
            mode = path.stat().st_mode
        except OSError as error:
            self.refuse(path, "unreadable", f"the file cannot be read: {_reason(error)}", "")
            return
        if stat.S_ISREG(mode):
            real = os.path.realpath(path)
            if real not in self.seen:
                self.seen.add(real)
                self.files.append(File(path, shown(path)))
        elif stat.S_ISDIR(mode):
            self.refuse(
                path,
                "not-a-file",
                "this is a folder with the name of a manifest; it was not looked into",
                f'rename it so that its name does not end in "{path.suffix}"',
            )
        else:
            what = _SPECIAL.get(stat.S_IFMT(mode), "something special")
            self.refuse(path, "not-a-file", f"this is {what}, not a file", "remove it from the manifests' folder")

    def link(self, link: Path) -> None:
        """A symbolic link, which has to stay below the root."""
        if link.suffix and link.suffix.lower() not in SUFFIXES and not link.is_dir():
            return
        real = os.path.realpath(link)
        if not Path(real).is_relative_to(self.root):
            hint = "put a copy of what it leads to in its place, or remove the link"
            self.refuse(link, "link-outside", "this link leads out of the manifests' folder", hint)
        elif not os.path.exists(real) or os.path.islink(real):
            hint = "correct the link or remove it"
            self.refuse(link, "unreadable", "this link leads nowhere", hint)
        elif link.suffix.lower() in SUFFIXES:
            self.file(link)
        elif link.is_dir():
            self.folder(link)


def find(root: Path) -> tuple[list[File], list[Diagnostic]]:
    """The manifests below the folder, by path, and what stands in the way of others. Hidden names are skipped."""
    search = _Search(root)
    if root.is_dir():
        search.folder(root)
    else:
        search.root = os.path.dirname(search.root)
        search.file(root)
    while search.links:
        links, search.links = sorted(search.links), []
        for link in links:
            search.link(link)
    return sorted(search.files, key=lambda file: file.path.parts), search.diagnostics


def read(file: File) -> bytes | Diagnostic:
    """The file's bytes, if there are not too many."""
    try:
        with file.path.open("rb") as stream:
            source = stream.read(LARGEST + 1)
            size = os.fstat(stream.fileno()).st_size
    except OSError as error:
        message, hint = f"the file cannot be read: {_reason(error)}", ""
        return Diagnostic("unreadable", "error", message, Origin(file.name), hint, place=Place(file.name))
    if len(source) <= LARGEST:
        return source
    message = f"the file has {max(size, len(source)) / 1024**2:.0f} MB; a manifest may have {LARGEST // 1024**2} MB"
    hint = "split it: the manifests of one category may be spread over files as you like"
    return Diagnostic("file-too-large", "error", message, Origin(file.name), hint, place=Place(file.name))


def shown(path: Path) -> str:
    """The path as people know it: from the current directory where it lies inside, with slashes, printable."""
    absolute, here = Path(os.path.abspath(path)), Path.cwd()
    name = (absolute.relative_to(here) if absolute.is_relative_to(here) else absolute).as_posix()
    return shortened(os.fsencode(name).decode("utf-8", "surrogateescape"), longest=len(name) + 1)


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown reason").lower()
