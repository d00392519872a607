"""A question offers answers that people can tell apart, and true or false just those two"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import fold, quoted, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.quiz.checks.common import options


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """At most one finding per question."""
    for question in desired.state["question"].values():
        offered = options(question)
        twins = _twins(offered)
        if twins:
            one, other = map(quoted, twins)
            message = f"{question.address}: the options {one} and {other} read alike"
            yield Finding(message, where(question, "options"), "keep one of them")
        elif offered and question.values.get("question_type") == "true_false" and len(offered) != 2:
            message = f"{question.address} is true or false and has {len(offered)} options"
            yield Finding(message, where(question, "options"), "give it two, or make it multiple_choice")


def _twins(offered: Iterable[str]) -> tuple[str, str] | None:
    """The first two options that are equal but for case, accents and spacing."""
    known: dict[str, str] = {}
    for option in offered:
        if (twin := known.setdefault(fold(option), option)) != option:
            return twin, option
    return None


RULE = Rule("answer-options", "error", "Questions offer answers that can be told apart.", check)
