"""Warnings that wait for a quantity nobody gave."""

from __future__ import annotations

import pytest

from pipeline.packs.homologation.checks.warning_threshold import RULE
from tests.builders import check, link


@pytest.mark.parametrize("condition", ["on_exceed_max", "on_below_min"])
def test_a_counting_warning_without_a_threshold(condition: str) -> None:
    (found,) = check(RULE, link("ESCAPE", "ruido", show_condition=condition))

    assert found.origin.path == ("element_warnings", 0, "show_condition")
    assert condition in found.message


def test_other_warnings() -> None:
    assert not check(
        RULE,
        link("A", "a", show_condition="on_exceed_max", threshold_quantity=0),
        link("A", "b", show_condition="always"),
        link("A", "c"),
        link("A", "d", show_condition="on_below_min", active=False),
    )
