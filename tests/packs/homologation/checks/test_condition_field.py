"""Conditions that lack a part."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.packs.homologation.checks.condition_field import RULE
from tests.builders import check, field

OPERATORS = ["equals", "not_equals", "contains", "greater_than", "less_than"]


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ({"operator": "equals", "value": "x"}, "condition_operator"),
        ({"value": "x"}, "condition_value"),
        ({"field": "otra"}, "condition_field"),
        ({"field": "otra", "value": "x"}, "condition_field"),
        ({"field": "otra", "operator": "exists", "value": "x"}, "condition_value"),
        ({"field": "otra", "operator": "not_exists", "value": ""}, "condition_value"),
        *(({"field": "otra", "operator": operator}, "condition_operator") for operator in OPERATORS),
    ],
)
def test_a_part_that_is_missing_or_too_much(condition: dict[str, Any], place: str) -> None:
    (found,) = check(RULE, field("E", "marca", **{f"condition_{name}": value for name, value in condition.items()}))

    assert found.origin.path == ("required_fields", 0, place)
    assert found.message.startswith("required_field motos-part/E/marca")
    assert found.hint


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"field": "otra", "operator": "exists"},
        {"field": "otra", "operator": "not_exists"},
        *({"field": "otra", "operator": operator, "value": ""} for operator in OPERATORS),
    ],
)
def test_whole_conditions(condition: dict[str, Any]) -> None:
    assert not check(RULE, field("E", "marca", **{f"condition_{name}": value for name, value in condition.items()}))
