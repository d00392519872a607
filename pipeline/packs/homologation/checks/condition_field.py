"""A condition is whole: a field to look at, an operator, and a value where the operator compares with one."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource

VALUELESS = ("exists", "not_exists")
"""Operators that only ask whether the other field was answered."""


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per required field whose condition lacks a part or has one too many."""
    for field in desired.state["required_field"].values():
        finding = _finding(field)
        if finding:
            yield finding


def _finding(field: Resource) -> Finding | None:
    target, operator, value = (field.values.get(f"condition_{part}") for part in ("field", "operator", "value"))
    if target is None:
        for part in ("condition_operator", "condition_value"):
            if field.values.get(part) is not None:
                message = f'{field.address} has a "{part}" but no "condition_field" to compare'
                return Finding(message, where(field, part), 'add "condition_field", the field it depends on')
        return None
    if operator is None:
        message = f'{field.address} has a "condition_field" but no "condition_operator"'
        return Finding(message, where(field, "condition_field"), 'add for example condition_operator = "equals"')
    if operator in VALUELESS and value is not None:
        message = f'{field.address}: the operator {operator} takes no "condition_value"'
        return Finding(message, where(field, "condition_value"), "remove the value, or compare with equals")
    if operator not in VALUELESS and value is None:
        message = f'{field.address}: the operator {operator} needs a "condition_value"'
        return Finding(message, where(field, "condition_operator"), 'add "condition_value", or use exists')
    return None


RULE = Rule("condition-field", "error", "A condition has a field, an operator and, where needed, a value.", check)
