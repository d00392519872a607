"""The same question twice in a category bores people, and its answers may come to differ"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import fold, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """One finding per active question that reads like an earlier one of its category."""
    asked: dict[object, Resource] = {}
    for key, question in desired.state["question"].items():
        text = question.values.get("question_text")
        if question.active and isinstance(text, str):
            first = asked.setdefault((key[0], fold(text)), question)
            if first is not question:
                message = f"{question.address} asks the same as {first.address}"
                places = (where(first, "question_text"),)
                yield Finding(message, where(question, "question_text"), "keep one of them", places)


RULE = Rule("repeated-question", "warning", "No category asks the same twice.", check)
