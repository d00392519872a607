"""Limits of answers that nothing fits."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.packs.homologation.checks.validation_range import RULE
from tests.builders import check, field


@pytest.mark.parametrize(
    ("rules", "upper"),
    [
        ({"min": 2, "max": 1}, "max"),
        ({"min": 0.5, "max": 0.25}, "max"),
        ({"min": 0, "max": -1}, "max"),
        ({"min_length": 3, "max_length": 2, "min": 1, "max": 1}, "max_length"),
    ],
)
def test_limits_in_the_wrong_order(rules: dict[str, Any], upper: str) -> None:
    (found,) = check(RULE, field("E", "f", validation_rules=rules))

    assert found.origin.path == ("required_fields", 0, "validation_rules", upper)
    assert f'is {rules[upper.replace("max", "min")]}, which is more than "{upper}", {rules[upper]}' in found.message


def test_both_pairs_are_two_findings() -> None:
    assert (
        len(check(RULE, field("E", "f", validation_rules={"min": 2, "max": 1, "min_length": 2, "max_length": 1}))) == 2
    )


@pytest.mark.parametrize(
    "rules",
    [{}, {"min": 1, "max": 1}, {"min": 5}, {"max_length": 0}, {"min": 9, "max_length": 1}, {"min": "b", "max": "a"}],
)
def test_limits_that_leave_something(rules: dict[str, Any]) -> None:
    assert not check(RULE, field("E", "f", validation_rules=rules), field("E", "g"))
