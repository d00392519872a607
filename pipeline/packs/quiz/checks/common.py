"""What several rules look up in a question."""

from __future__ import annotations

import orjson

from pipeline.model.resource import Resource
from pipeline.model.values import Json


def options(question: Resource) -> list[str]:
    """The answers to choose from; nothing where the entry does not say them as texts."""
    declared = question.values.get("options")
    content = orjson.loads(declared.encode()) if isinstance(declared, Json) else None  # orjson takes no subclass of str
    return [item for item in content if isinstance(item, str)] if isinstance(content, list) else []
