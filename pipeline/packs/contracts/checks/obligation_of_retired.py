"""What a retired document obliged to holds no more."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import short, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """Obligations in force in documents that are not."""
    documents = desired.state["document"]
    for key, obligation in desired.state["obligation"].items():
        document = documents.get(key[0]) if isinstance(key[0], tuple) else None
        if obligation.active and document is not None and not document.active:
            yield Finding(
                f"{short(str(obligation.address), 120)} is in force, but {document.address} is retired",
                where(obligation),
                'say "active = false", or bring the document back',
            )


RULE = Rule("obligation-of-retired", "warning", "Obligations in force are in documents in force.", check)
