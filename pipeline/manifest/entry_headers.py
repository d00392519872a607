"""Where the `[[entries]]` of a TOML document stand: nearly all places that a plan asks for, found in one pass."""

from __future__ import annotations

import re

_ENTRY_HEADER = re.compile(r"\n[ \t]*+(\[[ \t]*+\[)(?:([A-Za-z0-9_.-]++)\]\])?")  # `^` would be tried everywhere


def entries(text: str) -> dict[tuple[str | int, ...], int]:
    """The offsets of all `[[entries]]` of a TOML document, by their paths: most places asked for are these.

    Only where no text goes over several lines, for that might hold such a line, and where all such lines are plain
    headers. No list can hold one: `[[name]]` is no value, save for numbers and the like, which nobody asks for.
    """
    if '"""' in text or "'''" in text:
        return {}
    offsets: dict[tuple[str | int, ...], int] = {}
    latest: dict[str, tuple[str | int, ...]] = {}
    counts: dict[tuple[str | int, ...], int] = {}
    for header in _ENTRY_HEADER.finditer(f"\n{text}"):
        name = header[2]
        if name is None or header[1] != "[[":
            return {}
        above, _, last = name.rpartition(".")
        section = (*latest.get(above, tuple(above.split(".")) if above else ()), last)
        index = counts.get(section, 0)
        counts[section] = index + 1
        latest[name] = path = (*section, index)
        offsets[path] = header.start(1) - 1
    return offsets
