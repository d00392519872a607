"""The rows that moved since a plan was made, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.plan.change import FieldChange
from pipeline.plan.stale import Happening, Moved
from pipeline.render.address import shown
from pipeline.render.escape import one_line
from pipeline.render.text import field_lines

MOST = 50
_SAID: dict[Happening, str] = {
    "appeared": "was not there",
    "vanished": "is gone",
    "retired": "was in use and is retired",
    "revived": "was retired and is in use",
    "changed": "",
    "used": "came into use:",
}


def text(moved: Sequence[Moved]) -> str:
    """Each row with its values as they were and as they are; of very many the first."""
    lines = [line for row in moved[:MOST] for line in _row(row)]
    if len(moved) > MOST:
        lines.append(f"  … and {len(moved) - MOST} rows more")
    return "\n".join(lines)


def _row(moved: Moved) -> Iterator[str]:
    said = f"{_SAID[moved.happening]} {moved.note}".strip()
    yield f"  {shown(moved.address)}" + (f"    {one_line(said)}" if said else "")
    yield from field_lines([FieldChange(name, was, is_, "manifest") for name, was, is_ in moved.fields])
