"""What differs inside two JSON documents, by path."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NamedTuple

from pipeline.model.values import Json
from pipeline.model.values import json as canonical


class Inside(NamedTuple):
    """A place in a document, as `a.b[0]`, and the JSON there before and afterwards; empty where there is none."""

    where: str
    before: str
    after: str


def differences(before: Json, after: Json) -> list[Inside]:
    """Every place in which the documents differ, in their order."""
    from deepdiff import DeepDiff  # slow to import, and few plans need it

    one, other = (_marked(json.loads(str(value), parse_float=Decimal)) for value in (before, after))
    tree = DeepDiff(one, other, view="tree", verbose_level=2, ignore_private_variables=False)
    found = []
    for report, items in tree.items():
        for item in items:
            steps = item.path(output_format="list")
            where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
            old = "" if report.endswith("_added") else _unmarked(item.t1)
            new = "" if report.endswith("_removed") else _unmarked(item.t2)
            found.append(([(isinstance(step, str), step) for step in steps], old, new, where.removeprefix(".")))
    return [Inside(where or "(all)", old, new) for _, old, new, where in sorted(found)]


def _marked(value: Any) -> Any:
    """JSON with booleans that no number equals, as True equals 1. No JSON in PostgreSQL holds the character NUL."""
    if isinstance(value, bool):
        return "\0true" if value else "\0false"
    if isinstance(value, dict):
        return {name: _marked(inner) for name, inner in value.items()}
    return [_marked(inner) for inner in value] if isinstance(value, list) else value


def _unmarked(value: Any) -> str:
    text = str(canonical(value))
    for word in ("true", "false"):
        text = text.replace(f'"\\u0000{word}"', word)
    return text
