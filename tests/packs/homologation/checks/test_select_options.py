"""Options of select fields."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.packs.homologation.checks.select_options import RULE
from tests.builders import check, field


@pytest.mark.parametrize(
    ("given", "place", "message"),
    [
        ({"field_type": "select"}, "field_type", "is a select without options"),
        ({"field_type": "select", "options": []}, "options", "is a select without options"),
        ({"field_type": "text", "options": ["A"]}, "options", "has options but is a text field, which shows none"),
        ({"options": ["A"]}, "options", "has options but is a text field, which shows none"),
        (
            {"field_type": "select", "options": ["A", "B", "A"]},
            "options",
            'E/f: "A" stands more than once among the options',
        ),
        (
            {"field_type": "select", "options": ["A", "B", "B", "A"]},
            "options",
            'E/f: "A" and "B" stand more than once among the options',
        ),
    ],
)
def test_wrong_options(given: dict[str, Any], place: str, message: str) -> None:
    (found,) = check(RULE, field("E", "f", **given))

    assert found.origin.path == ("required_fields", 0, place)
    assert found.message.endswith(message)


@pytest.mark.parametrize(
    "given",
    [{}, {"field_type": "select", "options": ["A", "a"]}, {"field_type": "number"}, {"options": []}],
)
def test_right_options(given: dict[str, Any]) -> None:
    assert not check(RULE, field("E", "f", **given))
