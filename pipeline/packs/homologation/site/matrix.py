"""Tiers against elements: what each tier includes, itself or through which, and how many of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.model.address import Key, path
from pipeline.model.resource import Resource, State
from pipeline.packs.homologation.effective import effective
from pipeline.packs.homologation.quote.tariff import GroupLimit, tiers_of
from pipeline.packs.homologation.site.view import View
from pipeline.render.source import Mark


class Cell(NamedTuple):
    """An element in a tier: the tiers it comes through (none: the tier's own), limits as text, the mapping's group.

    `of_group` are the tier's limits for the elements of that group together, as text; it is `shut` where there may be
    none of them.
    """

    through: tuple[str, ...]
    limits: str
    group: str
    mark: Mark | None
    of_group: str = ""
    shut: bool = False


class Line(NamedTuple):
    """An element, and its cell in each tier; None where the tier does not include it."""

    element: Resource
    depth: int
    cells: tuple[Cell | None, ...]


class Matrix(NamedTuple):
    """The tiers, and a line for each element, variants below their bases."""

    tiers: tuple[Resource, ...]
    lines: tuple[Line, ...]


def matrix(view: View, category: Key) -> Matrix:
    """The matrix of a category's active tiers and elements."""
    tiers = tuple(view.all("tier", category))
    groups = {tier.code: tier.groups for tier in tiers_of(view.edition.state, category)}
    columns = [_column(view, tier.address.key, groups[str(tier.address.key[-1])]) for tier in tiers]
    lines = [
        Line(element, depth, tuple(column.get(element.address.key) for column in columns))
        for element, depth in family(view, category)
    ]
    return Matrix(tiers, tuple(lines))


def _column(view: View, tier: Key, groups: Sequence[GroupLimit]) -> dict[Key, Cell]:
    state = view.edition.state
    limited = {group.name: group for group in groups}
    cells = {}
    for element, limits in effective(state, tier).items():
        own = state["inclusion"].get((tier, element))
        is_own = own is not None and own.active and not limits.through
        names = _groups(state, element, limits.through or (tier,))
        of = [limited[name] for name in names if name in limited]
        cells[element] = Cell(
            tuple(path(key)[-1] for key in limits.through),
            _limits(limits.minimum, limits.maximum),
            ", ".join(names),
            view.mark(own) if own is not None and is_own else None,
            ", ".join(filter(None, (_limits(group.minimum, group.maximum) for group in of))),
            any(group.maximum == 0 for group in of),
        )
    return cells


def _groups(state: State, element: Key, tiers: tuple[Key, ...]) -> list[str]:
    rows = [state["inclusion"].get((tier, element)) for tier in tiers]
    names = {row.values.get("group_name") for row in rows if row is not None}
    return sorted(name for name in names if isinstance(name, str))


def _limits(minimum: int | None, maximum: int | None) -> str:
    """`1–2`, `exactly 1`, `at least 3`, `at most 2`, `none`; nothing without limits."""
    if maximum == 0:
        return "none"
    if minimum is not None and maximum is not None:
        return f"exactly {minimum}" if minimum == maximum else f"{minimum}–{maximum}"
    if maximum is not None:
        return f"at most {maximum}"
    return f"at least {minimum}" if minimum is not None else ""


def family(view: View, category: Key) -> list[tuple[Resource, int]]:
    """The active elements, variants after their bases, with how deep each stands."""
    elements = view.all("element", category)
    keys = {element.address.key for element in elements}
    below: dict[object, list[Resource]] = {}
    for element in elements:
        parent = element.values.get("parent")
        below.setdefault(parent if parent in keys else None, []).append(element)
    found: list[tuple[Resource, int]] = []
    waiting = [(element, 0) for element in reversed(below.get(None, []))]
    while waiting:
        element, depth = waiting.pop()
        found.append((element, depth))
        waiting += [(variant, depth + 1) for variant in reversed(below.get(element.address.key, []))]
    met = {element.address.key for element, _ in found}
    return found + [(element, 0) for element in elements if element.address.key not in met]  # parents in a circle
