"""A pattern must compile, or no answer can be checked with it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from functools import cache

from pipeline.checks.wording import where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.homologation.checks.common import rules_of

_HINT = "write patterns in 'single quotes', where \\ stays as it is, and escape signs that are meant as such"


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per pattern of a required field or a response constraint that does not compile."""
    problem = cache(_problem)
    for field in desired.state["required_field"].values():
        pattern = rules_of(field).get("pattern")
        if isinstance(pattern, str) and problem(pattern):
            message = f"{field.address}: the pattern does not compile, {problem(pattern)}"
            yield Finding(message, where(field, "validation_rules", "pattern"), _HINT)
    for constraint in desired.state["constraint"].values():
        pattern = constraint.values.get("detection_pattern")
        if isinstance(pattern, str) and problem(pattern):
            message = f"{constraint.address}: the pattern does not compile, {problem(pattern)}"
            yield Finding(message, where(constraint, "detection_pattern"), _HINT)


def _problem(pattern: str) -> str:
    """Why the pattern does not compile and where, or nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a doubtful pattern compiles; Python's advice is for programmers
            re.compile(pattern)
    except re.error as error:
        return error.msg if error.pos is None else f"{error.msg} at its character {error.pos + 1}"
    except (OverflowError, RecursionError):
        return "it repeats or nests too much"
    return ""


RULE = Rule("pattern-syntax", "error", "Every pattern compiles.", check)
