"""A condition compares with a value that the other field can have, or the question is never asked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.checks.wording import did_you_mean, listing, quoted, where
from pipeline.model.address import path
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource
from pipeline.packs.homologation.checks.common import stated, words
from pipeline.packs.homologation.checks.condition_field import VALUELESS

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_COMPARING = ("greater_than", "less_than")


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per condition whose value the other field can never have."""
    fields = desired.state["required_field"]
    for field in fields.values():
        operator, value = field.values.get("condition_operator"), field.values.get("condition_value")
        key = field.values.get("condition_field")
        target = fields.get(key) if isinstance(key, tuple) else None
        if target and isinstance(operator, str) and isinstance(value, str) and operator not in VALUELESS:
            problem = _problem(target, operator, value, pack)
            if problem:
                message, hint = problem
                yield Finding(f"{field.address}: {message}", where(field, "condition_value"), hint)


def _problem(target: Resource, operator: str, value: str, pack: Pack) -> tuple[str, str] | None:
    """What is wrong with the value, and a hint; None where nothing is."""
    name, field_type = path(target.address.key)[-1], stated(target, "field_type", pack)
    if field_type == "boolean" and value not in ("true", "false"):
        return f'"{name}" is a yes-or-no field, and {quoted(value)} is neither true nor false', "write true or false"
    if field_type == "select" and operator not in _COMPARING:
        return _not_an_option(target, name, operator, value)
    if operator in _COMPARING or (field_type == "number" and operator != "contains"):
        return _no_number(name, operator, value)
    return None


def _not_an_option(target: Resource, name: str, operator: str, value: str) -> tuple[str, str] | None:
    options = words(target.values.get("options"))
    fits = any(value in option for option in options) if operator == "contains" else value in options
    if fits or not options:
        return None
    hint = did_you_mean(value, options) or f"the options are {listing([quoted(option) for option in options])}"
    what = "part of any option" if operator == "contains" else "one of the options"
    return f'{quoted(value)} is not {what} of "{name}"', hint


def _no_number(name: str, operator: str, value: str) -> tuple[str, str] | None:
    if _NUMBER.fullmatch(value):
        return None
    comma = value.replace(",", ".", 1)
    hint = f'write "{comma}", with a point' if _NUMBER.fullmatch(comma) else 'write a number, such as "12.5"'
    return f'"{name}" is compared by {operator}, and {quoted(value)} is not a number', hint


RULE = Rule("condition-value", "error", "A condition compares with a value the other field can have.", check)
