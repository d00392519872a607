"""A category without questions is offered, and has nothing to ask"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """One finding per active category that has no active question."""
    filled = {key[0] for key, question in desired.state["question"].items() if question.active}
    for key, category in desired.state["category"].items():
        if category.active and key not in filled:
            hint = "write a question for it, or retire it with `active = false`"
            yield Finding(f"{category.address} has no question", where(category), hint)


RULE = Rule("empty-category", "warning", "Every category in use has a question in use.", check)
