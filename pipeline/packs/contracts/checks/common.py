"""What several rules of the register read in the same way."""

from __future__ import annotations

from collections import defaultdict

from pipeline.model.address import Key
from pipeline.model.resource import State


def parents(state: State) -> dict[Key, tuple[Key, ...]]:
    """The documents that each document is linked to."""
    found: dict[Key, list[Key]] = defaultdict(list)
    for child, parent in state["link"]:
        if isinstance(child, tuple) and isinstance(parent, tuple) and state["link"][child, parent].active:
            found[child].append(parent)
    return {child: tuple(sorted(above, key=str)) for child, above in found.items()}


def above(graph: dict[Key, tuple[Key, ...]], document: Key) -> set[Key]:
    """All documents that a document hangs on, however far up."""
    found: set[Key] = set()
    waiting = [document]
    while waiting:
        for parent in graph.get(waiting.pop(), ()):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found
