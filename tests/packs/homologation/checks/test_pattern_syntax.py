"""Patterns that do not compile."""

from __future__ import annotations

import pytest

from pipeline.packs.homologation.checks.pattern_syntax import RULE
from tests.builders import check, constraint, field


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(abc", "missing ), unterminated subpattern at its character 1"),
        ("abc[", "unterminated character set at its character 4"),
        ("*", "nothing to repeat at its character 1"),
        (r"\q", r"bad escape \q at its character 1"),
        ("a{99999999999999999999}", "it repeats or nests too much"),
        ("(" * 5000 + ")" * 5000, "it repeats or nests too much"),
    ],
)
def test_broken_patterns(pattern: str, problem: str) -> None:
    of_field, of_constraint = check(
        RULE,
        field("E", "f", validation_rules={"pattern": pattern}),
        constraint("c", detection_pattern=pattern),
    )

    assert of_field.origin.path == ("required_fields", 0, "validation_rules", "pattern")
    assert of_field.message == f"required_field motos-part/E/f: the pattern does not compile, {problem}"
    assert of_constraint.origin.path == ("constraints", 0, "detection_pattern")
    assert of_constraint.message == f"constraint */c: the pattern does not compile, {problem}"


@pytest.mark.parametrize("pattern", ["", r"^\d{4}[A-Z]{3}$", "[[a]", "ñ+", "(?i)precio"])
def test_patterns_that_compile(pattern: str) -> None:
    rules = {"pattern": pattern, "min": 1}

    assert not check(RULE, field("E", "f", validation_rules=rules), constraint("c", detection_pattern=pattern))


def test_rules_without_a_pattern() -> None:
    assert not check(RULE, field("E", "f", validation_rules={"pattern": 5}), field("E", "g"), constraint("c"))
