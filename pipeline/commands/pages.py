"""Files that people look at."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.errors import PageError


def write_page(path: Path, text: str) -> None:
    """Write a comment or a page. The file is whole or as it was before. PageError where it cannot be written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(text.encode("utf-8", "backslashreplace"))
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise PageError(f"Nothing can be written to {path}: {(error.strerror or 'unknown reason').lower()}.") from error
