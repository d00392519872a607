"""The walk that finds cycles."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checks.graph import cycles

GRAPHS = st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), unique=True, max_size=5), max_size=8)


def reaches(graph: dict[int, list[int]], start: int, goal: int) -> bool:
    """Whether the goal lies at the end of some way from the start."""
    seen: set[int] = set()
    left = list(graph.get(start, ()))
    while left:
        node = left.pop()
        if node == goal:
            return True
        if node not in seen:
            seen.add(node)
            left.extend(graph.get(node, ()))
    return False


@settings(deadline=None)
@given(GRAPHS)
def test_what_is_found_are_cycles_and_without_their_closing_edges_none_is_left(graph: dict[int, list[int]]) -> None:
    found = list(cycles(graph))
    rest = {node: list(targets) for node, targets in graph.items()}
    for cycle in found:
        for node, target in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            assert target in graph[node]
        rest[cycle[-1]].remove(cycle[0])

    assert bool(found) == any(reaches(graph, node, node) for node in graph)
    assert not any(reaches(rest, node, node) for node in rest)


def test_two_cycles_through_one_node_are_both_found() -> None:
    assert list(cycles({"A": ["B", "C"], "B": ["A"], "C": ["A"]})) == [["A", "B"], ["A", "C"]]
