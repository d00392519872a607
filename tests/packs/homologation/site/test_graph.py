"""Drawings: every box and line there, none over another, the same for the same."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.packs.homologation.site.graph import GAP_X, HEIGHT, WIDTH, Drawing, drawing

nodes = st.lists(st.integers(0, 12), unique=True, max_size=9)
pairs = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20)
_STEP = re.compile(r"[MCH][^MCH]*")


def levels(path: str) -> list[tuple[int, int, int]]:
    """The level parts of a line: from x, to x, at y."""
    found, x, y = [], 0, 0
    for step in _STEP.findall(path):
        numbers = [int(number) for number in re.findall(r"-?\d+", step)]
        if step[0] == "H":
            found.append((min(x, numbers[0]), max(x, numbers[0]), y))
            x = numbers[0]
        else:
            x, y = numbers[-2:]
    return found


def places(found: Drawing) -> dict[object, tuple[int, int]]:
    return {box.node: (box.x, box.y) for box in found.boxes}


@given(nodes, pairs)
def test_all_is_drawn_and_nothing_over_a_box(known: list[int], edges: list[tuple[int, int]]) -> None:
    found = drawing(known, edges)
    at = places(found)
    assert set(at) == set(known)
    assert {(edge.start, edge.end) for edge in found.edges} == {
        edge for edge in edges if set(edge) <= set(known) and edge[0] != edge[1]
    }
    boxes = list(at.values())
    for number, (x, y) in enumerate(boxes):
        assert 0 <= x <= found.width - WIDTH
        assert 0 <= y <= found.height - HEIGHT
        assert not any(abs(x - left) < WIDTH and abs(y - top) < HEIGHT for left, top in boxes[:number])
        for edge in found.edges:
            for start, end, level in levels(edge.path):
                assert not (start < x + WIDTH and end > x and y <= level <= y + HEIGHT), edge


@given(nodes, pairs)
def test_lines_run_from_box_to_box_and_bend_only_between_columns(
    known: list[int], edges: list[tuple[int, int]]
) -> None:
    found = drawing(known, edges)
    at = places(found)
    for edge in found.edges:
        numbers = [int(number) for number in re.findall(r"-?\d+", edge.path)]
        (x, y), (to_x, to_y) = at[edge.start], at[edge.end]
        assert numbers[1] == y + HEIGHT // 2
        assert numbers[-1] == to_y + HEIGHT // 2
        assert numbers[0] in (x, x + WIDTH)
        assert abs(numbers[-2] - to_x) == 6 or abs(numbers[-2] - to_x - WIDTH) == 6
        for before, after in re.findall(r"(\d+) \d+C\d+ \d+ \d+ \d+ (\d+)", edge.path):
            assert abs(int(before) - int(after)) <= GAP_X


@given(nodes, pairs)
def test_without_circles_all_lines_run_to_the_right(known: list[int], edges: list[tuple[int, int]]) -> None:
    found = drawing(known, [edge for edge in edges if edge[0] < edge[1]])
    at = places(found)
    for edge in found.edges:
        assert at[edge.start][0] < at[edge.end][0]


def test_nothing_is_a_drawing_too() -> None:
    assert drawing([], []).boxes == ()


def test_equal_graphs_are_drawn_alike() -> None:
    edges = [("T1", "T2"), ("T1", "T3"), ("T2", "T3")]
    assert drawing(["T1", "T2", "T3"], edges) == drawing(["T1", "T2", "T3"], [*edges, *edges])
