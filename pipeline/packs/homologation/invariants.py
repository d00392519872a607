"""What holds of every healthy database of the catalogue, beyond what its constraints can say.

Each looks at the rows as they stand in the tables. Retired rows are history and may say what they like.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.model.address import Address, Key, KeyPart
from pipeline.model.pack import Invariant, Violation
from pipeline.model.resource import Resource, State
from pipeline.packs.homologation.checks.common import ends


def _warning_sync(state: State) -> Iterable[Violation]:
    """Element warnings live twice, inline and as associations: both must tell the same story."""
    warnings, associations = state["warning"], state["element_warning"]
    for warning in _active(state, "warning"):
        element = warning.values.get("element")
        if isinstance(element, tuple):
            twin = Address("element_warning", (element, warning.address.key))
            if twin.key not in associations or not associations[twin.key].active:
                yield Violation(
                    (warning.address, twin),
                    f"{warning.address} belongs to {Address('element', element)}, but no active association says so: "
                    "restore the association, or retire the warning.",
                )
    for association in _active(state, "element_warning"):
        element, key = ends(association)
        warning_address = Address("warning", key)
        found = warnings.get(key)
        if found is None or not found.active:
            yield Violation(
                (association.address, warning_address),
                f"{association.address} shows {warning_address}, which is not active: "
                "retire the association, or bring the warning back.",
            )
        elif found.values.get("element") != element:
            yield Violation(
                (association.address, warning_address),
                f"{association.address} ties the warning to {Address('element', element)}, but the warning itself "
                f"belongs to {_owner(found)}: retire the association, or move the warning.",
            )


def _owner(warning: Resource) -> str:
    """What a warning is about, in words."""
    for name, kind in (("element", "element"), ("tier", "tier"), ("scope", "category")):
        key = warning.values.get(name)
        if isinstance(key, tuple):
            return str(Address(kind, key))
    return "nothing"


def _inclusion_category(state: State) -> Iterable[Violation]:
    """A tier takes elements and tiers of its own category only."""
    for kind, target in (("inclusion", "element"), ("tier_inclusion", "tier")):
        for row in _active(state, kind):
            tier, other = ends(row)
            if tier[0] != other[0]:
                addresses = (row.address, Address("tier", tier), Address(target, other))
                yield Violation(
                    addresses,
                    f"{addresses[1]} includes {addresses[2]}, which is of another category: retire the inclusion.",
                )


def _parent_category(state: State) -> Iterable[Violation]:
    """A variant and its base are of one category."""
    for element in _active(state, "element"):
        parent = element.values.get("parent")
        if isinstance(parent, tuple) and parent[0] != element.address.key[0]:
            base = Address("element", parent)
            yield Violation(
                (element.address, base),
                f"{element.address} is a variant of {base}, which is of another category: give it a parent of its own.",
            )


def _condition_element(state: State) -> Iterable[Violation]:
    """A required field depends on a field of the same element only."""
    for field in _active(state, "required_field"):
        target = field.values.get("condition_field")
        if isinstance(target, tuple) and target[0] != field.address.key[0]:
            other = Address("required_field", target)
            yield Violation(
                (field.address, other),
                f"{field.address} depends on {other}, which is of another element and never asked with it: "
                "make it depend on a field of its own element.",
            )


def _warning_scope(state: State) -> Iterable[Violation]:
    """What a warning is about lies in the category the warning belongs to."""
    for warning in _active(state, "warning"):
        category = warning.address.key[0]
        for name, kind in (("scope", "category"), ("tier", "tier"), ("element", "element")):
            target = warning.values.get(name)
            if isinstance(target, tuple) and _category(kind, target) != category:
                about = Address(kind, target)
                yield Violation(
                    (warning.address, about),
                    f"{warning.address} is about {about}, which is of another category: "
                    "declare the warning in the category it is about.",
                )


def _category(kind: str, key: Key) -> KeyPart:
    return key if kind == "category" else key[0]


def _active(state: State, kind: str) -> list[Resource]:
    return [resource for resource in state[kind].values() if resource.active]


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("warning-sync", "Warnings of elements and their associations agree.", _warning_sync),
    Invariant("inclusion-category", "Tiers include what is of their own category.", _inclusion_category),
    Invariant("parent-category", "Variants are of the category of their base.", _parent_category),
    Invariant("condition-element", "Fields depend on fields of their own element.", _condition_element),
    Invariant("warning-scope", "Warnings are about what lies in their category.", _warning_scope),
)
