"""A manifest file that was read and can be understood."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pipeline.errors import ManifestError
from pipeline.model.resource import Origin


@dataclass(frozen=True)
class Document:
    """One manifest: its file as shown to people, the pack it names, its content, and the bytes it was read from.

    `data` holds only text in NFC, booleans, integers of 64 bits, finite decimals, None (from JSON), lists and
    tables, at most 64 deep. `dates` are the places of those texts in it that TOML knows as dates or times.
    """

    file: str
    path: Path
    pack: str
    data: dict[str, Any]
    source: bytes | None
    stamp: bytes = b""
    dates: tuple[Origin, ...] = ()

    def emptied(self) -> Document:
        """The document without its content, once that is known otherwise; the text is read again where needed."""
        return replace(self, data={}, source=None, stamp=_stamp(self.source or b""))

    def content(self) -> bytes:
        """The bytes as they were read. Raises ManifestError where the file is another one now."""
        if self.source is not None:
            return self.source
        try:
            source = self.path.read_bytes()
        except OSError:
            source = b""
        if _stamp(source) != self.stamp:
            raise ManifestError(f"{self.file} was changed or moved while it was read. Run the command again.")
        return source

    def text(self) -> str | None:
        """The file's text as it was read; None where the file is another one now."""
        try:
            return self.content().decode("utf-8-sig", "replace")
        except ManifestError:
            return None


def _stamp(source: bytes) -> bytes:
    return blake2b(source, digest_size=16).digest()
