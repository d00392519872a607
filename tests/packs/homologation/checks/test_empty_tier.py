"""Tiers that take nothing."""

from __future__ import annotations

from pipeline.packs.homologation.checks.empty_tier import RULE
from tests.builders import check, element, include, include_tier, messages, tier


def test_a_tier_without_rows() -> None:
    (found,) = check(RULE, tier("T1"))

    assert found.origin.path == ("tiers", 0)
    assert found.message == "tier motos-part/T1 includes no element and no other tier"
    assert found.hint == "fill [tiers.T1] in the mapping of its category"


def test_rows_that_are_retired_or_name_what_is_retired_do_not_count() -> None:
    rows = [tier("T1"), tier("T2"), tier("T3"), tier("T4", active=False), element("A", active=False), element("B")]
    rows += [include("T1", "A"), include("T2", "B", active=False), include_tier("T3", "T4")]

    assert [message[:18] for message in messages(RULE, *rows)] == [f"tier motos-part/T{n}" for n in (1, 2, 3)]


def test_elements_and_tiers_fill_a_tier() -> None:
    assert not check(RULE, tier("T1"), tier("T2"), element("A"), include_tier("T1", "T2"), include("T2", "A"))


def test_a_row_that_names_something_unknown_is_for_another_rule() -> None:
    assert not check(RULE, tier("T1"), include("T1", "GONE"))
