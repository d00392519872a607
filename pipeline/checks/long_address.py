"""An address has to fit where the ledger looks for it."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import short, where
from pipeline.model import values
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack

LONGEST = 2500
"""Bytes of a key as the ledger stores it: PostgreSQL's indexes hold 2,704 of a row."""

_WIDEST = 6
"""The most bytes that a character takes there; the text of a key as Python shows it is quickly made."""


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """One finding per resource with too long a key."""
    for resources in desired.state.values():
        for key, resource in resources.items():
            if len(repr(key)) * _WIDEST > LONGEST and (size := len(values.canonical_text(key).encode())) > LONGEST:
                yield Finding(
                    f"{short(str(resource.address), 120)} is named by {size} bytes; it may be by {LONGEST}",
                    where(resource),
                    "shorten the texts that identify it",
                )


RULE = Rule("long-address", "error", "What identifies a row fits into an index.", check)
