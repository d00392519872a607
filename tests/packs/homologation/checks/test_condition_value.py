"""Conditions that can never hold."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.model.diagnostic import Finding
from pipeline.packs.homologation.checks.condition_value import RULE
from tests.builders import check, field

SELECT = {"field_type": "select", "options": ["Otra moto", "Nueva"]}
NUMBER: dict[str, Any] = {"field_type": "number"}
BOOLEAN: dict[str, Any] = {"field_type": "boolean"}
TEXT: dict[str, Any] = {"field_type": "text"}


def compare(target: dict[str, Any], operator: str, value: str) -> list[Finding]:
    """What is found when a field depends on one like `target`."""
    condition: dict[str, Any] = {"condition_field": "origen", "condition_operator": operator, "condition_value": value}
    return check(RULE, field("E", "origen", **target), field("E", "marca", **condition))


@pytest.mark.parametrize(
    ("target", "operator", "value"),
    [
        (SELECT, "equals", "Otra Moto"),
        (SELECT, "not_equals", ""),
        (SELECT, "contains", "Usada"),
        (SELECT, "greater_than", "Nueva"),
        (BOOLEAN, "equals", "sí"),
        (BOOLEAN, "not_equals", "True"),
        (BOOLEAN, "greater_than", "true"),
        (NUMBER, "greater_than", "mucho"),
        (NUMBER, "less_than", "1_000"),
        (NUMBER, "less_than", "nan"),
        (NUMBER, "equals", "5 mm"),
        (NUMBER, "equals", ""),
        (TEXT, "less_than", "abc"),
        ({}, "less_than", "abc"),
    ],
)
def test_values_that_the_other_field_never_has(target: dict[str, Any], operator: str, value: str) -> None:
    (found,) = compare(target, operator, value)

    assert found.origin.path == ("required_fields", 1, "condition_value")
    assert found.message.startswith("required_field motos-part/E/marca: ")
    assert found.hint


@pytest.mark.parametrize(
    ("target", "operator", "value"),
    [
        (SELECT, "equals", "Otra moto"),
        (SELECT, "not_equals", "Nueva"),
        (SELECT, "contains", "moto"),
        (SELECT, "exists", "whatever"),
        (BOOLEAN, "equals", "true"),
        (BOOLEAN, "not_equals", "false"),
        (NUMBER, "greater_than", "-12.50"),
        (NUMBER, "equals", "0"),
        (NUMBER, "contains", "5 mm"),
        (TEXT, "equals", "anything"),
        ({}, "contains", "anything"),
        ({"field_type": "select"}, "equals", "anything"),
        ({"field_type": "select", "options": []}, "equals", "anything"),
    ],
)
def test_values_that_it_can_have(target: dict[str, Any], operator: str, value: str) -> None:
    assert not compare(target, operator, value)


def test_the_message_names_field_and_value_and_the_hint_the_nearest_option() -> None:
    (found,) = compare(SELECT, "equals", "nueva")

    assert found.message == 'required_field motos-part/E/marca: "nueva" is not one of the options of "origen"'
    assert found.hint == 'did you mean "Nueva"?'


def test_without_a_near_option_the_hint_lists_them() -> None:
    assert compare(SELECT, "equals", "??")[0].hint == 'the options are "Otra moto" and "Nueva"'


def test_a_comma_is_said_to_be_a_point() -> None:
    assert compare(NUMBER, "equals", "12,5")[0].hint == 'write "12.5", with a point'


def test_a_field_that_does_not_exist_is_for_another_rule() -> None:
    assert not check(
        RULE, field("E", "marca", condition_field="origen", condition_operator="equals", condition_value="x")
    )
