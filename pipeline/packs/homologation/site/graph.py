"""Drawings of what includes what: boxes in columns, laid out here, so that no line crosses a box."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

Node: TypeAlias = Hashable
_Spot: TypeAlias = Hashable
"""A node, or a place that a longer line passes in a column between its ends."""

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 168, 44, 64, 14, 8
_SWEEPS = 4


class Box(NamedTuple):
    """A node's box: its upper left corner."""

    node: Node
    x: int
    y: int


class Edge(NamedTuple):
    """A line between two nodes, as the path of an SVG."""

    start: Node
    end: Node
    path: str


class Drawing(NamedTuple):
    """All boxes and lines, and the size of the whole."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]


def drawing(nodes: Sequence[Node], edges: Iterable[tuple[Node, Node]]) -> Drawing:
    """The nodes from left to right, each right of all that lead to it, as far as they do not lead in a circle.

    Where there is a choice, nodes keep the order in which they are given.
    """
    known = set(nodes)
    lines = [edge for edge in dict.fromkeys(edges) if edge[0] in known and edge[1] in known and edge[0] != edge[1]]
    columns = _columns(nodes, _forward(nodes, lines))
    ways = {edge: _way(edge, columns) for edge in lines}
    layers = _ordered(nodes, columns, list(ways.values()))
    tallest = max(map(len, layers), default=0)
    step = HEIGHT + GAP_Y
    place: dict[_Spot, tuple[int, int]] = {}
    for column, layer in enumerate(layers):
        top = MARGIN + (tallest - len(layer)) * step // 2
        for row, spot in enumerate(layer):
            place[spot] = MARGIN + column * (WIDTH + GAP_X), top + row * step
    return Drawing(
        max(len(layers) * (WIDTH + GAP_X) - GAP_X, 0) + 2 * MARGIN,
        max(tallest * step - GAP_Y, 0) + 2 * MARGIN,
        tuple(Box(node, *place[node]) for node in nodes),
        tuple(Edge(*edge, _path([place[spot] for spot in ways[edge]])) for edge in lines),
    )


def _forward(nodes: Sequence[Node], edges: Sequence[tuple[Node, Node]]) -> dict[Node, list[Node]]:
    """What each node leads to, without the lines that close a circle."""
    after: dict[Node, list[Node]] = {node: [] for node in nodes}
    for start, end in edges:
        after[start].append(end)
    kept: dict[Node, list[Node]] = {node: [] for node in nodes}
    done: set[Node] = set()
    for first in nodes:
        trail, waiting = set[Node](), [(first, iter(after[first]))] if first not in done else []
        trail |= {node for node, _ in waiting}
        while waiting:
            node, rest = waiting[-1]
            for end in rest:
                if end in trail:
                    continue
                kept[node].append(end)
                if end not in done:
                    trail.add(end)
                    waiting.append((end, iter(after[end])))
                    break
            else:
                waiting.pop()
                trail.discard(node)
                done.add(node)
    return kept


def _columns(nodes: Sequence[Node], after: Mapping[Node, Sequence[Node]]) -> dict[Node, int]:
    """The column of each node: one more than the last of those that lead to it."""
    column = dict.fromkeys(nodes, 0)
    missing = dict.fromkeys(nodes, 0)
    for ends in after.values():
        for end in ends:
            missing[end] += 1
    waiting = [node for node in nodes if not missing[node]]
    for node in waiting:
        for end in after[node]:
            column[end] = max(column[end], column[node] + 1)
            missing[end] -= 1
            if not missing[end]:
                waiting.append(end)
    return column


def _way(edge: tuple[Node, Node], columns: Mapping[Node, int]) -> list[_Spot]:
    """Both ends of a line, and a spot in every column between them."""
    start, end = edge
    first, last = columns[start], columns[end]
    step = 1 if last > first else -1
    return [start, *((edge, column) for column in range(first + step, last, step)), end]


def _ordered(nodes: Sequence[Node], columns: Mapping[Node, int], ways: Sequence[Sequence[_Spot]]) -> list[list[_Spot]]:
    """The spots of each column from top to bottom, near to what they are joined with."""
    layers: list[list[_Spot]] = [[] for _ in range(max(columns.values(), default=-1) + 1)]
    for node in nodes:
        layers[columns[node]].append(node)
    joined: dict[_Spot, list[_Spot]] = {node: [] for node in nodes}
    for way in ways:
        for spot in way[1:-1]:
            layers[spot[1]].append(spot)  # type: ignore[index]  # no node inside a way
            joined[spot] = []
        for one, other in pairwise(way):
            joined[one].append(other)
            joined[other].append(one)
    place = {spot: float(row) for layer in layers for row, spot in enumerate(layer)}
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            mean = {spot: _mean([place[other] for other in joined[spot]], place[spot]) for spot in layer}
            layer.sort(key=mean.__getitem__)
            place |= {spot: row + (_tallest(layers) - len(layer)) / 2 for row, spot in enumerate(layer)}
    return layers


def _tallest(layers: Sequence[Sequence[_Spot]]) -> int:
    return max(map(len, layers), default=0)


def _mean(places: Sequence[float], alone: float) -> float:
    return sum(places) / len(places) if places else alone


def _path(places: Sequence[tuple[int, int]]) -> str:
    """A line through the spots: level beside the boxes, bent only in the gaps between columns."""
    forth = places[-1][0] >= places[0][0]
    middle = HEIGHT // 2
    x, y = places[0][0] + (WIDTH if forth else 0), places[0][1] + middle
    said = [f"M{x} {y}"]
    for number, (left, top) in enumerate(places[1:], 1):
        enter, level = left + (0 if forth else WIDTH), top + middle
        if number == len(places) - 1:
            enter += -6 if forth else 6  # room for the arrow's head
        half = (x + enter) // 2
        said.append(f"C{half} {y} {half} {level} {enter} {level}")
        if number < len(places) - 1:
            x, y = left + (WIDTH if forth else 0), level
            said.append(f"H{x}")
    return "".join(said)
