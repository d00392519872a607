"""Plans and diagnostics as JSON, for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.model import values
from pipeline.model.diagnostic import Diagnostic, Place
from pipeline.plan.change import Plan
from pipeline.render.escape import visible


def plans(found: Sequence[Plan]) -> str:
    """The plans of all packs, one document."""
    return _text({"plans": [plan.document() for plan in found]})


def diagnostics(found: Sequence[Diagnostic]) -> str:
    """All findings, one document."""
    return _text({"diagnostics": [_diagnostic(item) for item in found]})


def _diagnostic(item: Diagnostic) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "severity": item.severity,
        **_place(item.place or Place(item.origin.file)),
        "message": item.message,
        "hint": item.hint or None,
        "also": [_place(place) for place in item.also_places],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line or None, "column": place.column or None}


def _text(content: object) -> str:
    return visible(values.canonical_text(content, indent=True)) + "\n"  # also safe to be looked at in a terminal
