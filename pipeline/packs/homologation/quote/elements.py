"""The active elements of a category, with their places among bases and variants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model.address import Key
from pipeline.model.resource import Resource, State
from pipeline.packs.homologation.quote.stated import listed, text, within, yes


@dataclass(frozen=True)
class Element:
    """An active element. `parent` is an active one of the same category; `variants` are active, in their order.

    `inherits` says whether the parent's pictures, fields and warnings hold for it too.
    """

    code: str
    name: str
    parent: str | None = None
    variants: tuple[str, ...] = ()
    inherits: bool = False
    question: str = ""
    keywords: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    multiple: tuple[str, ...] = ()

    @property
    def is_base(self) -> bool:
        """Whether a variant must be chosen before it can be quoted. A variant can be, even with variants of its own."""
        return bool(self.variants) and self.parent is None


class Elements(dict[str, Element]):
    """The active elements by code, in the order of lists; `retired` are the codes of the others."""

    retired: frozenset[str] = frozenset()

    def lineage(self, code: str) -> tuple[str, ...]:
        """The element and those above it whose data it inherits, nearest first."""
        found = [code]
        element = self[code]
        while element.inherits and element.parent is not None and element.parent not in found:
            found.append(element.parent)
            element = self[element.parent]
        return tuple(found)

    def above(self, code: str) -> tuple[str, ...]:
        """All elements that this one is a variant of, directly or not, nearest first."""
        found: list[str] = []
        step = self[code].parent
        while step is not None and step not in found and step != code:
            found.append(step)
            step = self[step].parent
        return tuple(found)


def elements_of(state: State, category: Key) -> Elements:
    """The active elements of a category."""
    rows = {str(row.address.key[-1]): row for row in within(state, "element", category)}
    parent = {code: _parent(row, category, rows) for code, row in rows.items()}
    variants: dict[str, list[str]] = {}
    for code, above in parent.items():
        if above is not None:
            variants.setdefault(above, []).append(code)
    found = Elements(
        {
            code: Element(
                code,
                text(row, "name"),
                parent[code],
                tuple(variants.get(code, ())),
                yes(row, "inherit_parent_data"),
                text(row, "question_hint"),
                listed(row, "keywords"),
                listed(row, "aliases"),
                listed(row, "multi_select_keywords"),
            )
            for code, row in rows.items()
        }
    )
    found.retired = frozenset(
        str(key[-1]) for key, row in state["element"].items() if key[0] == category and not row.active
    )
    return found


def _parent(row: Resource, category: Key, rows: Mapping[str, Resource]) -> str | None:
    """The code of the element's parent, where that is an active one of the category."""
    key = row.values.get("parent")
    known = isinstance(key, tuple) and key[0] == category and key[-1] in rows
    return str(key[-1]) if known and isinstance(key, tuple) else None
