"""The rules of the quiz, on manifests read from files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline import commands
from pipeline.model.diagnostic import Diagnostic
from pipeline.packs.quiz import PACK
from pipeline.packs.quiz.checks import RULES
from tests.packs.trial import Manifests
from tests.workbench import write

HEAD: dict[str, Any] = {"pack": "quiz", "version": 1}


def question(code: str = "a", **more: Any) -> dict[str, Any]:
    """A question with nothing wrong in it."""
    found = {"code": code, "question_text": f"¿{code}?", "options": ["sí", "no"], "correct_answer": "sí"} | more
    return {name: value for name, value in found.items() if value is not None}


def findings(folder: Path, *questions: dict[str, Any], **category: Any) -> list[Diagnostic]:
    """What is found in a category with these questions."""
    manifests: Manifests = {
        "categories.toml": HEAD | {"categories": [{"slug": "x", "name": "X"} | category]},
        "questions.toml": HEAD | {"category": "x", "questions": list(questions)},
    }
    write(folder, manifests)
    return list(commands.validate(folder, (PACK,)).diagnostics)


def test_nothing_is_found_where_nothing_is_wrong(folder: Path) -> None:
    assert findings(folder, question("a"), question("b", question_type="true_false")) == []


def test_the_bundled_manifests_are_without_findings() -> None:
    assert commands.validate(Path(__file__).parents[3] / "manifests" / "quiz", (PACK,)).diagnostics == ()


@pytest.mark.parametrize(
    ("wrong", "rule", "message", "hint"),
    [
        (
            {"correct_answer": "si"},
            "correct-answer",
            'question x/a: the correct answer "si" is not among the options',
            'did you mean "sí"?',
        ),
        (
            {"correct_answer": "quizás"},
            "correct-answer",
            'question x/a: the correct answer "quizás" is not among the options',
            "write it just as it stands in options",
        ),
        (
            {"options": ["sí", "SI", "no"]},
            "answer-options",
            'question x/a: the options "sí" and "SI" read alike',
            "keep one of them",
        ),
        (
            {"question_type": "true_false", "options": ["sí", "no", "quizás"]},
            "answer-options",
            "question x/a is true or false and has 3 options",
            "give it two, or make it multiple_choice",
        ),
    ],
)
def test_a_wrong_question(folder: Path, wrong: dict[str, Any], rule: str, message: str, hint: str) -> None:
    (found,) = findings(folder, question(**wrong))

    assert (found.rule, found.message, found.hint) == (rule, message, hint)
    assert found.severity == "error"


@pytest.mark.parametrize(
    ("options", "rule"),
    [(None, "missing-key"), ([], "length"), (["sí"], "length"), (["sí", "sí"], "duplicate-item"), ("sí", "type")],
)
def test_what_the_json_schema_finds_is_found_once(folder: Path, options: Any, rule: str) -> None:
    (found,) = findings(folder, question(options=options, question_type="true_false"))

    assert found.rule == rule


def test_the_same_question_twice(folder: Path) -> None:
    twice = question("b", question_text="¿A?")
    (found,) = findings(folder, question("a"), twice, question("c", question_text="¿á?", active=False))

    assert (found.rule, found.message) == ("repeated-question", "question x/b asks the same as question x/a")
    assert found.severity == "warning"


def test_a_category_without_questions(folder: Path) -> None:
    (found,) = findings(folder, question(active=False))

    assert (found.rule, found.message) == ("empty-category", "category x has no question")


def test_a_retired_category_may_be_empty(folder: Path) -> None:
    assert findings(folder, active=False) == []


def test_the_rules_by_name() -> None:
    assert [rule.id for rule in RULES] == ["answer-options", "correct-answer", "empty-category", "repeated-question"]
