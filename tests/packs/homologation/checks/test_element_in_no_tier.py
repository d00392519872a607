"""Elements that no tier takes."""

from __future__ import annotations

import sys

from pipeline.packs.homologation.checks.element_in_no_tier import RULE
from tests.builders import check, element, include, messages, tier


def test_an_element_that_no_tier_names() -> None:
    (found,) = check(RULE, tier("T1"), element("A"), element("B"), include("T1", "A"))

    assert found.origin.path == ("elements", 1)
    assert found.message == "element motos-part/B is in no tier, so nobody can be quoted for it"


def test_a_base_is_taken_with_its_variants_and_a_variant_with_its_base() -> None:
    assert not check(
        RULE,
        element("LUCES"),
        element("INTERMITENTES", parent="LUCES"),
        element("DEL", parent="INTERMITENTES"),
        element("TOLDO"),
        element("TOLDO_GALIBO", parent="TOLDO"),
        element("TOLDO_ALTO", parent="TOLDO_GALIBO"),
        include("T1", "DEL"),
        include("T1", "TOLDO"),
    )


def test_a_variant_is_not_taken_with_its_sibling() -> None:
    rows = [element("B"), element("V", parent="B"), element("W", parent="B"), include("T1", "V")]

    assert messages(RULE, *rows) == ["element motos-part/W is in no tier, so nobody can be quoted for it"]


def test_rows_that_are_retired_or_of_a_retired_tier_take_nothing() -> None:
    rows = [tier("T1"), tier("T2", active=False), element("A"), element("B"), element("C"), include("T1", "C")]

    assert len(check(RULE, *rows, include("T1", "A", active=False), include("T2", "B"))) == 2


def test_a_category_without_a_mapping_is_one_finding() -> None:
    found = check(
        RULE,
        element("A"),
        element("B"),
        element("X", within="otra"),
        element("Y", within="otra"),
        include("T1", "X", within="otra"),
    )

    assert [item.message for item in found] == [
        "none of the 2 elements of category motos-part is in a tier",
        "element otra/Y is in no tier, so nobody can be quoted for it",
    ]


def test_retired_elements_need_no_tier() -> None:
    assert not check(RULE, element("A", active=False))


def test_circles_and_long_chains_of_parents_end() -> None:
    length = sys.getrecursionlimit() * 5
    chain = [element(f"E{number}", parent=f"E{number + 1}") for number in range(length)]
    circle = [element("A", parent="B"), element("B", parent="A")]
    found = check(RULE, *chain, *circle, include("T1", f"E{length - 1}"))

    assert [item.message[:21] for item in found] == ["element motos-part/A ", "element motos-part/B "]
