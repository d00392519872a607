"""Cycles in graphs of any size, without recursion."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def cycles(graph: Mapping[Node, Sequence[Node]]) -> Iterator[list[Node]]:
    """The cycles that a walk in the order of the graph closes, each from where the walk entered it.

    `graph` holds the targets of each node that has any. One edge of every cycle found is the one that
    closes it, so taking those edges away leaves no cycle; the last node of a list leads to its first.
    """
    done: set[Node] = set()
    for start, targets in graph.items():
        # Most ways end after one step, at a node without targets: those are not worth walking.
        if start not in done and any(target in graph for target in targets):
            yield from _walk(graph, start, done)


def _walk(graph: Mapping[Node, Sequence[Node]], start: Node, done: set[Node]) -> Iterator[list[Node]]:
    trail = [start]
    depth = {start: 0}
    branches = [iter(graph[start])]
    while trail:
        for target in branches[-1]:
            if target in depth:
                yield trail[depth[target] :]
            elif target in graph and target not in done:
                depth[target] = len(trail)
                trail.append(target)
                branches.append(iter(graph[target]))
                break
        else:
            branches.pop()
            node = trail.pop()
            del depth[node]
            done.add(node)
