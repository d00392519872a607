"""All that is known of an element, and what comes to it from its parents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pipeline.model.address import Key, path
from pipeline.model.resource import Resource
from pipeline.packs.homologation.checks.common import ends
from pipeline.packs.homologation.site.matrix import Cell, Matrix
from pipeline.packs.homologation.site.view import View


class Warned(NamedTuple):
    """A warning about an element, and the row that says when it is shown; None where there is none."""

    warning: Resource
    when: Resource | None


class Share(NamedTuple):
    """What an element has, or, with `source`, what it inherits from that parent."""

    source: Resource | None
    images: list[Resource]
    fields: list[Resource]
    warnings: list[Warned]

    def __bool__(self) -> bool:
        return bool(self.images or self.fields or self.warnings)


def about(view: View, category: Key, element: Resource, matrix: Matrix) -> dict[str, Any]:
    """What the page of an element shows, beside its own values. `matrix` is that of its category."""
    key = element.address.key
    shares = [_share(view, element, None), *(_share(view, parent, parent) for parent in _heirs_of(view, element))]
    return {
        "parent": _parent(view, element),
        "variants": [one for one in view.all("element", category) if one.values.get("parent") == key],
        "shares": [share for share in shares if share],
        "tiers": _tiers(matrix, key),
    }


def _heirs_of(view: View, element: Resource) -> Iterator[Resource]:
    """The parents whose data the element inherits, nearest first."""
    met = {element.address.key}
    while view.value(element, "inherit_parent_data") is True:
        parent = _parent(view, element)
        if parent is None or not parent.active or parent.address.key in met:
            return
        met.add(parent.address.key)
        yield parent
        element = parent


def _parent(view: View, element: Resource) -> Resource | None:
    key = element.values.get("parent")
    return view.edition.state["element"].get(key) if isinstance(key, tuple) else None


def _share(view: View, element: Resource, source: Resource | None) -> Share:
    key = element.address.key
    return Share(source, view.all("image", key), view.all("required_field", key), list(_warnings(view, key)))


def _warnings(view: View, element: Key) -> Iterator[Warned]:
    """The warnings about an element, with when they are shown."""
    known = view.edition.state["warning"]
    rows = {ends(row)[1]: row for row in view.all("element_warning", element)}
    own = {key for key, one in known.items() if one.values.get("element") == element}
    for key in sorted(own | set(rows), key=path):
        warning = known.get(key)
        if warning is not None and warning.active:
            yield Warned(warning, rows.get(key))


def _tiers(found: Matrix, element: Key) -> list[tuple[Resource, Cell]]:
    """The tiers that include the element, and how."""
    for line in found.lines:
        if line.element.address.key == element:
            return [(tier, cell) for tier, cell in zip(found.tiers, line.cells, strict=True) if cell is not None]
    return []
