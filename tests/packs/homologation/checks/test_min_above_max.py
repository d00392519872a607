"""Minimums above their maximums."""

from __future__ import annotations

from pipeline.model.resource import Origin
from pipeline.packs.homologation.checks.min_above_max import RULE
from tests.builders import FILE, check, include, tier

GROUP = [Origin(FILE, ("groups", "base", index)) for index in range(3)]


def test_a_tier() -> None:
    (found,) = check(RULE, tier("T1", min_elements=3, max_elements=2))

    assert found.origin.path == ("tiers", 0, "max_elements")
    assert found.message == 'tier motos-part/T1: "min_elements" is 3, which is more than "max_elements", 2'


def test_limits_of_a_group_are_one_finding_at_the_table_of_the_tier() -> None:
    rows = [include("T6", f"E{at}", origin=place, min_quantity=2, max_quantity=1) for at, place in enumerate(GROUP)]

    assert [found.origin for found in check(RULE, *rows)] == [Origin(FILE, ("tiers", "T6"))]


def test_limits_of_one_listed_element_are_found_there() -> None:
    listed = Origin(FILE, ("tiers", "T6", "elements", 1))
    (found,) = check(RULE, include("T6", "ESCAPE", origin=listed, min_quantity=2, max_quantity=1))

    assert found.origin == listed
    assert found.message == 'tier motos-part/T6: "min_quantity" is 2, which is more than "max_quantity", 1'


def test_two_tiers_with_the_same_group_are_two_findings() -> None:
    rows = [include(code, "E", origin=GROUP[0], min_quantity=2, max_quantity=1) for code in ("T5", "T6")]

    assert len(check(RULE, *rows)) == 2


def test_equal_or_single_limits_are_fine() -> None:
    assert not check(
        RULE,
        tier("T1", min_elements=2, max_elements=2),
        tier("T2", min_elements=2),
        tier("T3", max_elements=2),
        include("T1", "E", min_quantity=0, max_quantity=0),
        include("T2", "E", min_quantity="2", max_quantity="1"),
    )
