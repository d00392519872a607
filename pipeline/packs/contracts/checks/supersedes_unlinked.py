"""An obligation is replaced by a document that hangs on the one it stands in."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import short, where
from pipeline.model.address import Address
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.contracts.checks.common import above, parents


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """Obligations that replace one of a document that theirs does not hang on."""
    graph = parents(desired.state)
    for key, obligation in desired.state["obligation"].items():
        target = obligation.values.get("supersedes")
        if not isinstance(target, tuple) or not isinstance(key[0], tuple) or not isinstance(target[0], tuple):
            continue
        known = target[0] in desired.state["document"]
        if obligation.active and known and target[0] != key[0] and target[0] not in above(graph, key[0]):
            yield Finding(
                f"{short(str(obligation.address), 120)} replaces an obligation of {Address('document', target[0])}, "
                "which its document is not linked to",
                where(obligation, "supersedes"),
                f'add to the document [[documents.links]] with parent = "{target[0][1]}"',
            )


RULE = Rule("supersedes-unlinked", "warning", "Documents replace obligations of those they hang on.", check)
