"""The two drawings of a category: which tier includes which, and which element is a variant of which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.model.address import Key, path
from pipeline.model.resource import Resource
from pipeline.packs.homologation.checks.common import ends
from pipeline.packs.homologation.site.graph import Drawing, drawing
from pipeline.packs.homologation.site.matrix import family
from pipeline.packs.homologation.site.view import View


class Graph(NamedTuple):
    """A drawing, the resources in its boxes by key, and who leads to whom, for the text beside it."""

    drawing: Drawing
    resources: dict[Key, Resource]
    lines: tuple[tuple[Resource, tuple[Resource, ...]], ...]

    def __bool__(self) -> bool:
        return bool(self.lines)


def tier_graph(view: View, category: Key) -> Graph:
    """Which tier includes which as a whole."""
    tiers = view.all("tier", category)
    rows = sorted((row for row in view.edition.state["tier_inclusion"].values() if row.active), key=_path)
    return _graph(tiers, [ends(row) for row in rows])


def variant_graph(view: View, category: Key) -> Graph:
    """Which element has which variants; elements that have none and are none are left out."""
    elements = [element for element, _ in family(view, category)]
    pairs = [(parent, one.address.key) for one in elements if isinstance(parent := one.values.get("parent"), tuple)]
    keys = {element.address.key for element in elements}
    joined = {key for pair in pairs if set(pair) <= keys for key in pair}
    return _graph([one for one in elements if one.address.key in joined], pairs)


def _path(row: Resource) -> tuple[str, ...]:
    return path(row.address.key)


def _graph(resources: Sequence[Resource], edges: Sequence[tuple[Key, Key]]) -> Graph:
    by_key = {resource.address.key: resource for resource in resources}
    drawn = drawing(list(by_key), edges)
    after: dict[Key, list[Resource]] = {}
    for edge in drawn.edges:
        after.setdefault(edge.start, []).append(by_key[edge.end])  # type: ignore[arg-type,index]  # nodes are keys here
    lines = tuple((by_key[key], tuple(after[key])) for key in by_key if key in after)
    return Graph(drawn, by_key, lines)
