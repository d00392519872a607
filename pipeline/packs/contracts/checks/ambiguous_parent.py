"""What a document calls its parent should mean one document."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import listing, quoted, where
from pipeline.model.address import Address, Key
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.contracts.derive import ambiguous


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """One finding per reference that fits several documents. One that fits none is waited for."""
    for (document, parent), link in desired.state["link"].items():
        if parent is None and link.active and isinstance(document, tuple):
            for reference, fits in ambiguous(link).items():
                yield Finding(
                    f"{_named(document)}: {quoted(reference)} fits {listing([quoted(one) for one in fits])}",
                    where(link),
                    "name the parent by its path",
                )


def _named(document: Key) -> Address:
    return Address("document", document)


RULE = Rule("ambiguous-parent", "warning", "What a document calls its parent means one document.", check)
