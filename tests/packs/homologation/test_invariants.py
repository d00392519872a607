"""What holds of every healthy database of the catalogue."""

from __future__ import annotations

import pytest

from pipeline.model.resource import Resource
from pipeline.packs.homologation.invariants import INVARIANTS
from tests.builders import (
    MOTOS,
    catalogue,
    element,
    field,
    include,
    include_tier,
    link,
    state,
    tier,
    warning,
)

OTHER = "otra-prof"


def broken(name: str, *rows: Resource) -> list[tuple[list[str], str]]:
    """The addresses and messages of an invariant's violations."""
    (invariant,) = (invariant for invariant in INVARIANTS if invariant.name == name)
    return [([str(address) for address in found.addresses], found.message) for found in invariant.check(state(*rows))]


def test_a_healthy_database_breaks_none() -> None:
    assert [list(invariant.check(state(*catalogue()))) for invariant in INVARIANTS] == [[]] * 5


@pytest.mark.parametrize("rows", [[], [link("A", "w", active=False)], [link("A", "other", active=False)]])
def test_a_warning_of_an_element_without_its_association(rows: list[Resource]) -> None:
    ((addresses, message),) = broken("warning-sync", warning("w", of="A"), *rows)

    assert addresses == ["warning motos-part/w", "element_warning motos-part/A/w"]
    assert message.startswith("warning motos-part/w belongs to element motos-part/A, but no active association")


@pytest.mark.parametrize("rows", [[], [warning("w", of="A", active=False)]])
def test_an_association_without_its_warning(rows: list[Resource]) -> None:
    ((addresses, message),) = broken("warning-sync", link("A", "w"), *rows)

    assert addresses == ["element_warning motos-part/A/w", "warning motos-part/w"]
    assert "which is not active" in message


@pytest.mark.parametrize(
    ("owner", "named"),
    [
        (warning("w", of="B"), "element motos-part/B"),
        (warning("w", of_tier="T1"), "tier motos-part/T1"),
        (warning("w"), "category motos-part"),
        (warning("w", scope=None), "nothing"),
    ],
)
def test_an_association_with_another_element_than_the_warning_has(owner: Resource, named: str) -> None:
    found = broken("warning-sync", owner, link("B", "w"), link("A", "w"))
    last_addresses, last_message = found[-1]

    assert last_addresses == ["element_warning motos-part/A/w", "warning motos-part/w"]
    assert f"belongs to {named}: " in last_message
    assert len(found) == (1 if owner.values["element"] else 2)


def test_retired_rows_are_history() -> None:
    far = element("A", within=OTHER).address.key

    assert not broken("warning-sync", warning("w", of="A", active=False), link("A", "w", active=False))
    assert not broken("inclusion-category", _inclusion(active=False))
    assert not broken("parent-category", element("B", active=False)._replace(values={"parent": far}))
    assert not broken(
        "condition-element", field("A", "f", active=False)._replace(values={"condition_field": (far, "f")})
    )
    assert not broken("warning-scope", warning("w", of="A", active=False, element=far))


def _inclusion(active: bool = True) -> Resource:
    row = include("T1", "A", active=active)
    return row._replace(
        address=row.address._replace(key=(tier("T1").address.key, element("A", within=OTHER).address.key))
    )


def test_an_inclusion_across_categories() -> None:
    ((addresses, message),) = broken("inclusion-category", include("T1", "A"), _inclusion())

    assert addresses[1:] == ["tier motos-part/T1", "element otra-prof/A"]
    assert message.startswith("tier motos-part/T1 includes element otra-prof/A, which is of another category")


def test_a_tier_included_across_categories() -> None:
    row = include_tier("T1", "T2")
    keys = (tier("T1").address.key, tier("T2", within=OTHER).address.key)
    ((addresses, _),) = broken("inclusion-category", row, row._replace(address=row.address._replace(key=keys)))

    assert addresses[1:] == ["tier motos-part/T1", "tier otra-prof/T2"]


def test_a_parent_of_another_category() -> None:
    stray = element("V")._replace(values={"parent": ((OTHER,), "B")})
    ((addresses, message),) = broken("parent-category", element("W", parent="B"), element("B"), stray)

    assert addresses == ["element motos-part/V", "element otra-prof/B"]
    assert "give it a parent of its own" in message


def test_a_condition_on_a_field_of_another_element() -> None:
    stray = field("A", "f")._replace(values={"condition_field": (((MOTOS,), "B"), "g")})
    ((addresses, _),) = broken("condition-element", field("A", "h", condition_field="f"), stray)

    assert addresses == ["required_field motos-part/A/f", "required_field motos-part/B/g"]


@pytest.mark.parametrize(
    ("stray", "about"),
    [
        (warning("w", scope=(OTHER,)), "category otra-prof"),
        (warning("w", of_tier="T1", tier=((OTHER,), "T1")), "tier otra-prof/T1"),
        (warning("w", of="A", element=((OTHER,), "A")), "element otra-prof/A"),
    ],
)
def test_a_warning_about_another_category(stray: Resource, about: str) -> None:
    right = [warning("x"), warning("y", of_tier="T1"), warning("z", of="A")]
    ((addresses, message),) = broken("warning-scope", *right, stray)

    assert addresses == ["warning motos-part/w", about]
    assert f"is about {about}, which is of another category" in message
