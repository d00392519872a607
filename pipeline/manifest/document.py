"""A manifest file that was read and can be understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Document:
    """One manifest: its file as shown to people, the pack it names, its content, and the bytes it was read from.

    `data` holds only text in NFC, booleans, integers of 64 bits, finite decimals, None (from JSON), lists and
    tables, at most 64 deep.
    """

    file: str
    pack: str
    data: dict[str, Any]
    source: bytes
