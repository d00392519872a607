"""A variant in use under a base that is not can never be reached."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per active element whose parent is declared inactive."""
    elements = desired.state["element"]
    for element in elements.values():
        key = element.values.get("parent")
        parent = elements.get(key) if isinstance(key, tuple) else None
        if element.active and parent and not parent.active:
            yield Finding(
                f"{element.address} is active, but its parent {parent.address} is not",
                where(element, "parent"),
                "retire the variant too with active = false, or bring the parent back",
                (where(parent, "active"),),
            )


RULE = Rule("active-under-inactive", "warning", "No active element has an inactive parent.", check)
