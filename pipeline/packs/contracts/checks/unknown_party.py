"""Who is obliged, and to whom, are parties of the document."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import did_you_mean, listing, quoted, short, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.values import Json, parse


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """Parties of obligations that their document, if it names any, does not name."""
    documents = desired.state["document"]
    for key, obligation in desired.state["obligation"].items():
        document = documents.get(key[0]) if isinstance(key[0], tuple) else None
        raw = document.values.get("parties") if document else None
        found = parse(raw) if isinstance(raw, Json) else None
        parties = [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
        for name in ("responsible_party", "counterparty"):
            said = obligation.values.get(name)
            if obligation.active and parties and isinstance(said, str) and said not in parties:
                yield Finding(
                    f"{short(str(obligation.address), 120)}: {quoted(said)} is no party of the document",
                    where(obligation, name),
                    did_you_mean(said, parties) or f"its parties: {listing([quoted(one) for one in parties])}",
                )


RULE = Rule("unknown-party", "warning", "Obligations bind parties of their document.", check)
