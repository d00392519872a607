"""Variants that are not whole or not told apart."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.packs.homologation.checks.variant import RULE
from tests.builders import check, element

DEL: dict[str, Any] = {"variant_type": "position", "variant_code": "DEL"}


@pytest.mark.parametrize(
    ("given", "place", "message"),
    [
        ({"variant_type": "position", "parent": "B"}, "variant_type", 'has a "variant_type" but no "variant_code"'),
        ({"variant_code": "DEL", "parent": "B"}, "variant_code", 'has a "variant_code" but no "variant_type"'),
        (DEL, "variant_type", "is a variant, but of no element"),
    ],
)
def test_what_a_variant_lacks(given: dict[str, Any], place: str, message: str) -> None:
    (found,) = check(RULE, element("A", **given))

    assert found.origin.path == ("elements", 0, place)
    assert found.message == f"element motos-part/A {message}"


def test_two_variants_with_one_code_are_shown_both() -> None:
    (found,) = check(RULE, element("A", parent="B", **DEL), element("C", parent="B", **DEL))

    assert found.origin.path == ("elements", 1, "variant_code")
    assert [origin.path for origin in found.also] == [("elements", 0, "variant_code")]
    assert found.message == (
        "element motos-part/C and element motos-part/A are both the variant position DEL of element motos-part/B"
    )


def test_one_code_of_another_parent_type_or_category_or_of_a_retired_variant() -> None:
    assert not check(
        RULE,
        element("A", parent="B", **DEL),
        element("C", parent="D", **DEL),
        element("E", parent="B", **DEL | {"variant_type": "side"}),
        element("F", parent="B", **DEL | {"variant_code": "TRAS"}),
        element("G", parent="B", active=False, **DEL),
        element("A", parent="B", within="otra", **DEL),
    )


def test_elements_that_are_no_variants() -> None:
    assert not check(RULE, element("A"), element("B", parent="A"))
