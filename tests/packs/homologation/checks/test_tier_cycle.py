"""Tiers that include themselves."""

from __future__ import annotations

from pipeline.packs.homologation.checks.tier_cycle import RULE
from tests.builders import check, include_tier, messages


def test_a_cycle_is_found_once_at_its_first_inclusion() -> None:
    (found,) = check(RULE, include_tier("T1", "T2"), include_tier("T2", "T3"), include_tier("T3", "T1"))

    assert found.message == "tier motos-part/T1 includes itself: T1 -> T2 -> T3 -> T1"
    assert found.origin.path == ("tier_inclusions", 0)
    assert [origin.path for origin in found.also] == [("tier_inclusions", 1), ("tier_inclusions", 2)]


def test_a_tier_that_includes_itself() -> None:
    assert messages(RULE, include_tier("T1", "T1")) == ["tier motos-part/T1 includes itself: T1 -> T1"]


def test_two_cycles_through_one_tier_are_two_findings() -> None:
    rows = [include_tier(*pair) for pair in (("T1", "T2"), ("T1", "T3"), ("T2", "T1"), ("T3", "T1"))]

    assert messages(RULE, *rows) == [
        "tier motos-part/T1 includes itself: T1 -> T2 -> T1",
        "tier motos-part/T1 includes itself: T1 -> T3 -> T1",
    ]


def test_a_tier_that_is_included_along_two_ways_is_no_cycle() -> None:
    rows = [include_tier(*pair) for pair in (("T1", "T2"), ("T1", "T3"), ("T2", "T4"), ("T3", "T4"))]

    assert not check(RULE, *rows, include_tier("T2", "T1", within="otra"))
