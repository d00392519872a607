"""Which requests the change of a row can touch at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from pipeline.model.address import Address, Key, root
from pipeline.model.probe import Request as Probe
from pipeline.model.resource import Resource, State
from pipeline.packs.homologation.checks.common import ends, parents
from pipeline.packs.homologation.quote.request import Request
from pipeline.packs.homologation.quote.stated import content, text, whole, yes

_Elements: TypeAlias = "set[Key]"

_SPOKEN = ("name", "keywords", "aliases", "multi_select_keywords")

_READ: Mapping[str, Callable[[Resource], object]] = {
    "category": lambda row: True,
    "tier": lambda row: (row.values.get("price"), whole(row, "sort_order") or 0, *_limits(row)),
    "document": lambda row: True,
    "image": lambda row: text(row, "image_type"),
    "warning": lambda row: (row.values.get("scope"), row.values.get("tier"), _trigger(row)),
    "element": lambda row: (
        row.values.get("parent"),
        yes(row, "inherit_parent_data"),
        *(row.values.get(name) for name in _SPOKEN),
    ),
    "element_warning": lambda row: (text(row, "show_condition"), whole(row, "threshold_quantity")),
    "inclusion": lambda row: (
        whole(row, "min_quantity"),
        whole(row, "max_quantity"),
        text(row, "group_name"),
    ),
    "tier_inclusion": lambda row: whole(row, "max_quantity"),
}
"""What an answer reads of a row, by kind; a kind that is not here belongs to no answer."""


def touched(before: State, after: State) -> Callable[[Iterable[Address]], Callable[[Probe], bool]]:
    """Gives of rows a test that is false only for requests whose answer none of them can change between the states.

    A row of which an answer reads nothing that differs touches none. An element touches the requests with it, with
    those above it and below it; what belongs to an element those with it and those below it, which may inherit it. All
    of a category is touched by the category, its documents, tiers and their inclusions of tiers, and by warnings about
    it or its tiers. Words in a request may come to mean another element, so that any change in its category touches it.
    """
    families = _Families(before, after)
    return lambda addresses: _touched(addresses, families, before, after)


def _touched(addresses: Iterable[Address], families: _Families, before: State, after: State) -> Callable[[Probe], bool]:
    whole_of: set[Key] = set()
    elements: _Elements = set()
    for address in addresses:
        read = _READ.get(address.kind)
        rows = [row for state in (before, after) if (row := state[address.kind].get(address.key))]
        if read is None or _same(read, rows):
            continue
        if address.kind in ("element", "image", "element_warning", "inclusion"):
            elements |= families.of_element(address)
        elif address.kind in ("tier", "tier_inclusion") and families.tiers_cross:
            whole_of |= before["category"].keys() | after["category"].keys()
        elif address.kind != "warning":
            whole_of.add(_category(address))
        else:
            elements |= families.of_warning(address.key)
            if any(row.values.get(name) for row in rows for name in ("scope", "tier")):
                whole_of.add(_category(address))
    return _test(whole_of, elements, before, after)


def _category(address: Address) -> Key:
    """The key of the category that a row lies in."""
    return (root(address.key),)


def _test(whole_of: set[Key], elements: _Elements, before: State, after: State) -> Callable[[Probe], bool]:
    categories = {str(key[0]) for key in whole_of}
    codes: dict[str, set[str]] = defaultdict(set)
    for home, code in elements:
        codes[str(_key(home)[0])].add(str(code))

    def test(request: Probe) -> bool:
        category, asked = request[0], request[1]  # type: ignore[index]  # each form begins so
        if category in categories:
            return True
        if isinstance(request, Request):
            if request.text or not all(_is_code(request.category, item.word, before, after) for item in request.items):
                return category in codes
            asked = [item.word for item in request.items]
        return not codes[category].isdisjoint(asked) if category in codes else False

    return test


def _is_code(category: str, word: str, before: State, after: State) -> bool:
    key = ((category,), word)
    return all(key in state["element"] and state["element"][key].active for state in (before, after))


class _Families:
    """Elements above and below others, and what hangs on them, in either of two states."""

    def __init__(self, before: State, after: State) -> None:
        self._states = (before, after)
        self._above = [parents(state["element"]) for state in self._states]
        self._below: dict[Key, set[Key]] = defaultdict(set)
        for above in self._above:
            for key, parent in above.items():
                self._below[parent].add(key)
        self._warned: dict[Key, set[Key]] | None = None
        self.tiers_cross = any(
            one[0] != other[0] for state in self._states for one, other in map(ends, state["tier_inclusion"].values())
        )

    def of_element(self, address: Address) -> _Elements:
        """The elements whose requests an element touches, or what belongs to one.

        Whether an element is active decides whether those above it are bases.
        """
        if address.kind == "element":
            above = {above[address.key] for above in self._above if address.key in above}
            return self.below(address.key) | above
        if address.kind == "inclusion":
            return {_key(address.key[1])}
        return self.below(_key(address.key[0]))

    def of_warning(self, warning: Key) -> _Elements:
        """The elements that a warning is associated with, and those below them."""
        return {element for above in self.warned(warning) for element in self.below(above)}

    def below(self, key: Key) -> _Elements:
        """The element, and all that may inherit from it."""
        found, waiting = {key}, [key]
        while waiting:
            fresh = self._below.get(waiting.pop(), set()) - found
            found |= fresh
            waiting += fresh
        return found

    def warned(self, warning: Key) -> _Elements:
        """The elements that are associated with a warning."""
        if self._warned is None:
            self._warned = defaultdict(set)
            for state in self._states:
                for element, key in map(ends, state["element_warning"].values()):
                    self._warned[key].add(element)
        return self._warned.get(warning, set())


def _same(read: Callable[[Resource], object], rows: list[Resource]) -> bool:
    """Whether an answer reads the same of the row in both states; a retired row is none."""
    there = [read(row) for row in rows if row.active]
    return not there or (len(there) == 2 and there[0] == there[1])


def _limits(tier: Resource) -> tuple[object, ...]:
    rules = content(tier, "classification_rules")
    ruled = tuple(rules.get(name) for name in ("must_include", "max_elements", "groups"))
    return whole(tier, "min_elements"), whole(tier, "max_elements"), ruled


def _trigger(warning: Resource) -> tuple[object, object]:
    trigger = content(warning, "trigger_conditions")
    return trigger.get("element_keywords"), trigger.get("always_show")


def _key(part: object) -> Key:
    return part if isinstance(part, tuple) else ()
