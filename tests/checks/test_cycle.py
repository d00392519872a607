"""References that lead back to themselves."""

from __future__ import annotations

import sys

from pipeline.checks.cycle import RULE
from tests.builders import check, element, field, messages, places


def test_a_cycle_is_found_once_with_its_path_and_all_its_places() -> None:
    (found,) = check(RULE, element("A", parent="B"), element("B", parent="C"), element("C", parent="A"))

    assert found.message == '"parent" of element motos-part/A leads back to itself: A -> B -> C -> A'
    assert found.origin.path == ("elements", 0, "parent")
    assert [origin.path for origin in found.also] == [("elements", 1, "parent"), ("elements", 2, "parent")]


def test_an_element_that_is_its_own_parent() -> None:
    assert messages(RULE, element("A", parent="A")) == ['"parent" of element motos-part/A leads back to itself: A -> A']


def test_what_leads_into_a_cycle_is_not_part_of_it() -> None:
    (found,) = check(RULE, element("X", parent="A"), element("A", parent="B"), element("B", parent="A"))

    assert found.message.endswith("A -> B -> A")
    assert places([found]) == [("elements", 1, "parent")]


def test_two_cycles_are_two_findings_and_categories_are_apart() -> None:
    rows = [element(code, parent=parent, within=slug) for slug in ("a", "b") for code, parent in ("AB", "BA")]

    assert len(messages(RULE, *rows)) == 2


def test_conditions_that_depend_on_each_other() -> None:
    (found,) = check(RULE, field("E", "marca", condition_field="modelo"), field("E", "modelo", condition_field="marca"))

    assert found.message == (
        '"condition_field" of required_field motos-part/E/marca leads back to itself: marca -> modelo -> marca'
    )


def test_chains_and_missing_parents_are_no_cycles() -> None:
    assert not check(RULE, element("A", parent="B"), element("B", parent="C"), element("C", parent="GONE"))


def test_a_cycle_far_longer_than_the_stack_is_found_and_told_shortly() -> None:
    length = sys.getrecursionlimit() * 10
    rows = [element(f"E{number}", parent=f"E{(number + 1) % length}") for number in range(length)]
    (found,) = check(RULE, *rows)

    assert f"E0 -> E1 -> E2 -> E3 -> ({length - 8} more) -> E{length - 4}" in found.message
    assert found.message.endswith(f"E{length - 1} -> E0")
    assert len(found.also) == 8
