"""Places in manifests as links to where people read the repository."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urlsplit

from pipeline.errors import UsageError

_SCHEMES = ("http", "https")


class Mark(NamedTuple):
    """A place: the file from the repository's top, the line (0 where it is not known), and a link if there is one."""

    file: str
    line: int
    url: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


def checked_base(url: str) -> str:
    """The address that the paths of files are put behind, such as `https://host/org/repository/blob/main`.

    Raises UsageError for anything that is no plain web address: a link must never run a program, or carry a password.
    """
    try:
        parts = urlsplit(url)
        sound = parts.scheme in _SCHEMES and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        sound, parts = False, urlsplit("")
    if not sound or parts.query or parts.fragment or not url.isprintable() or set(url) & set(" \"'<>\\^`{|}"):
        raise UsageError(
            "--source-url must be a plain web address of the folder that holds the manifests' repository, "
            "such as https://host/org/repository/blob/main: with http or https, and without a name, a password, "
            "a question mark or a number sign."
        )
    return url.rstrip("/")


def mark(file: str, line: int, base: str | None) -> Mark:
    """The place with its link, if there is an address to put it behind (see `checked_base`)."""
    if base is None:
        return Mark(file, line)
    return Mark(file, line, f"{base}/{quote(file)}" + (f"#L{line}" if line else ""))
