"""The right answer is one of those that can be chosen"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import did_you_mean, quoted, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.quiz.checks.common import options


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """At most one finding per question."""
    for question in desired.state["question"].values():
        answer, offered = question.values.get("correct_answer"), options(question)
        if isinstance(answer, str) and offered and answer not in offered:
            message = f"{question.address}: the correct answer {quoted(answer)} is not among the options"
            hint = did_you_mean(answer, offered) or "write it just as it stands in options"
            yield Finding(message, where(question, "correct_answer"), hint)


RULE = Rule("correct-answer", "error", "The correct answer of a question is one of its options.", check)
