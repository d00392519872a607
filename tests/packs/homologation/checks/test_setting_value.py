"""Settings whose value is not of their type."""

from __future__ import annotations

import pytest

from pipeline.packs.homologation.checks.setting_value import RULE
from tests.builders import check, setting


@pytest.mark.parametrize(
    ("value_type", "value", "hint"),
    [
        ("integer", "30 días", "digits only"),
        ("integer", "1.5", "digits only"),
        ("integer", "", "digits only"),
        ("integer", "٣", "digits only"),
        ("boolean", "sí", '"true" or "false"'),
        ("boolean", "True", '"true" or "false"'),
        ("json", "{", "as JSON: "),
        ("json", "NaN", "as JSON: "),
        ("json", "[" * 5000, "as JSON: "),
    ],
)
def test_values_of_another_type(value_type: str, value: str, hint: str) -> None:
    (found,) = check(RULE, setting("plazo", value=value, value_type=value_type))

    assert found.origin.path == ("settings", 0, "value")
    assert found.message.startswith(f'setting plazo is of type {value_type}, and "{value[:40]}')
    assert len(found.message) < 120
    assert hint in found.hint


@pytest.mark.parametrize(
    ("value_type", "value"),
    [
        ("integer", "-30"),
        ("integer", "9" * 40),
        ("boolean", "false"),
        ("json", '{"a": [1, null]}'),
        ("json", "5"),
        ("string", "{"),
        (None, "30 días"),
    ],
)
def test_values_that_fit(value_type: str | None, value: str) -> None:
    assert not check(RULE, setting("plazo", value=value, **({"value_type": value_type} if value_type else {})))
