"""Faulty manifests: each finding is expected by a comment on its line, `# expect: rule-id`, and no other is made.

A finding about a whole file is expected on its first line. Every folder is a small catalogue of its own.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.checks import RULES
from pipeline.commands import validate
from pipeline.packs import CATALOG

FAULTY = Path(__file__).parent / "faulty"
CASES = sorted(folder.name for folder in FAULTY.iterdir() if folder.is_dir())
EXPECT = re.compile(r"# expect: ([a-z-]+(?:, [a-z-]+)*)$")
READING = {
    "control-character",
    "date",
    "duplicate-key",
    "empty-file",
    "length",
    "missing-category",
    "missing-key",
    "missing-pack",
    "missing-version",
    "moved-path",
    "not-a-number",
    "number-range",
    "pattern",
    "range",
    "toml-syntax",
    "type",
    "unknown-group",
    "unknown-key",
    "unknown-pack",
    "value-list",
    "version",
}
"""The rules of reading files and of the JSON Schema that have a folder here."""


def expected(file: Path) -> set[tuple[int, str]]:
    """Line and rule of every finding that a file's comments announce."""
    return {
        (number, rule)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if (comment := EXPECT.search(line))
        for rule in comment[1].split(", ")
    }


@pytest.mark.parametrize("case", CASES)
def test_what_is_found_is_what_the_comments_expect(case: str) -> None:
    wanted = {file.name: expected(file) for file in sorted((FAULTY / case).glob("*.toml"))}
    found: dict[str, set[tuple[int, str]]] = {name: set() for name in wanted}
    for item in validate(FAULTY / case, CATALOG).diagnostics:
        assert item.place
        assert item.message
        found[Path(item.place.file).name].add((max(item.place.line, 1), item.rule))

    assert found == wanted


@pytest.mark.parametrize("case", CASES)
def test_a_folder_is_named_after_what_it_shows(case: str) -> None:
    rules = {rule for file in (FAULTY / case).glob("*.toml") for _, rule in expected(file)}

    assert rules == {case}


def test_every_rule_has_a_folder() -> None:
    rules = {rule.id for rule in (*RULES, *(rule for pack in CATALOG for rule in pack.rules))}

    assert rules | READING == set(CASES)
