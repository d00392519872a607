"""What several rules look up in a question."""

from __future__ import annotations

from pipeline.model.resource import Resource
from pipeline.model.values import Json, parse


def options(question: Resource) -> list[str]:
    """The answers to choose from; nothing where the entry does not say them as texts."""
    declared = question.values.get("options")
    found = parse(declared) if isinstance(declared, Json) else None
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []
