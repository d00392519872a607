"""What a manifest's data may be made of: not too deep, and numbers that a database can hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import Any, NamedTuple

from pipeline.model.diagnostic import Diagnostic
from pipeline.model.resource import Origin
from pipeline.model.values import text as canonical

DEEPEST = 64
_MOST_DIGITS = 30
_DATES = (date, datetime, time)
_OTHERWISE = "write the number as a person would, or put it in quotes if it is a text"


class Survey(NamedTuple):
    """All texts and keys of a document, in no particular order, what is wrong with its other values, and whether dates
    or times are among them."""

    texts: list[str]
    problems: list[Diagnostic]
    dated: bool = False


def survey(file: str, data: dict[str, Any]) -> Survey:
    """Look through the data level by level; paths are made only when there is something to report."""
    keys: set[str] = set()
    texts: list[str] = []
    suspicious = dated = False
    level: list[Any] = [data]
    for _ in range(DEEPEST):
        tables = [one for one in level if type(one) is dict]
        lists = [one for one in level if type(one) is list]
        keys.update(chain.from_iterable(tables))
        level = []
        for value in chain(chain.from_iterable(map(dict.values, tables)), chain.from_iterable(lists)):
            kind = type(value)
            if kind is str:
                texts.append(value)
            elif kind is dict or kind is list:
                level.append(value)
            elif kind in _DATES:
                dated = True
            elif kind is not bool and not suspicious:
                suspicious = _problem(value) is not None
        if not level:
            return Survey([*keys, *texts], list(_problems(Origin(file), data)) if suspicious else [], dated)
    return Survey([*keys, *texts], [too_deep(_deepest(Origin(file), data))])


def too_deep(origin: Origin) -> Diagnostic:
    """The finding that tables or lists are nested without end."""
    message = f"tables and lists are nested more than {DEEPEST} deep here"
    return Diagnostic("too-deep", "error", message, origin, "a manifest needs few levels: look for brackets too many")


def _problem(value: Any) -> tuple[str, str, str] | None:
    """Rule, message and hint for a value, other than text, that no manifest may hold."""
    if isinstance(value, int):
        if -(2**63) <= value < 2**63:
            return None
        return "number-range", "this whole number is too large: it may have 18 digits", _OTHERWISE
    if isinstance(value, Decimal):
        return _decimal_problem(value)
    return None


def _decimal_problem(value: Decimal) -> tuple[str, str, str] | None:
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return "not-a-number", "infinity and nan are no numbers that a manifest may hold", "write a number"
    if len(digits) > _MOST_DIGITS:
        message = f"this number has {len(digits)} digits; it may have {_MOST_DIGITS}"
        return "number-range", message, _OTHERWISE
    if abs(exponent) > _MOST_DIGITS or abs(value.adjusted()) > _MOST_DIGITS:
        message = f"this number has more than {_MOST_DIGITS} digits before or after its point"
        return "number-range", message, _OTHERWISE
    return None


def _problems(origin: Origin, value: Any) -> Iterator[Diagnostic]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _problems(origin.at(canonical(key)), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _problems(origin.at(index), item)
    elif not isinstance(value, str) and (problem := _problem(value)):
        rule, message, hint = problem
        yield Diagnostic(rule, "error", message, origin, hint)


def _deepest(origin: Origin, data: dict[str, Any]) -> Origin:
    """The first path that leads as deep as is allowed."""
    level: list[tuple[Origin, Any]] = [(origin, data)]
    for _ in range(DEEPEST):
        level = [
            (where.at(canonical(step) if isinstance(step, str) else step), item)
            for where, one in level
            for step, item in (one.items() if isinstance(one, dict) else enumerate(one))
            if isinstance(item, dict | list)
        ]
    return level[0][0]
