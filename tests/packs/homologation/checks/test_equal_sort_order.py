"""Siblings at one position."""

from __future__ import annotations

from pipeline.packs.homologation.checks.equal_sort_order import RULE
from tests.builders import check, element, field, image, messages, service, tier


def test_siblings_at_one_position_are_one_finding() -> None:
    (found,) = check(RULE, tier("T1", sort_order=10), tier("T2", sort_order=10), tier("T3", sort_order=10))

    assert found.origin.path == ("tiers", 1, "sort_order")
    assert [origin.path for origin in found.also] == [("tiers", 2, "sort_order"), ("tiers", 0, "sort_order")]
    assert found.message == (
        "tier motos-part/T1, tier motos-part/T2 and tier motos-part/T3 have the same sort_order, 10: "
        "their order is left to chance"
    )


def test_variants_of_one_base_and_nested_entries_are_siblings() -> None:
    rows = [element("V", parent="B", sort_order=0), element("W", parent="B", sort_order=0)]
    rows += [field("V", "a", sort_order=1), field("V", "b", sort_order=1)]
    rows += [image("V", "a", sort_order=1), image("V", "b", sort_order=1)]

    assert len(messages(RULE, *rows)) == 3


def test_what_stands_apart_is_compared_apart() -> None:
    assert not check(
        RULE,
        tier("T1", sort_order=1),
        tier("T2"),
        tier("T3"),
        tier("T4", sort_order=1, active=False),
        tier("T1", within="otra", sort_order=1),
        service("s", sort_order=1),
        service("s", within=None, sort_order=1),
        element("B", sort_order=1),
        element("V", parent="B", sort_order=1),
        element("W", parent="C", sort_order=1),
        field("V", "a", sort_order=1),
        field("W", "a", sort_order=1),
    )


def test_a_very_large_group_is_told_shortly() -> None:
    (found,) = check(RULE, *(tier(f"T{number}", sort_order=0) for number in range(500)))

    assert "and 493 more have the same" in found.message
    assert len(found.also) == 8
