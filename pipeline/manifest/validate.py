"""Documents against the pack's JSON Schema: a fast verdict for all, an explanation for those it rejects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jsonschema_rs

from pipeline.manifest.dates import misplaced
from pipeline.manifest.document import Document
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.resource import Origin


def validate(documents: Sequence[Document], schema: Mapping[str, Any]) -> list[Diagnostic]:
    """What in the documents the schema (draft 7, numbers exact) does not allow, without places.

    jsonschema is hundreds of times slower and is not even imported until there is something to explain.
    """
    found: list[Diagnostic] = []
    explain: Callable[[Document], list[Diagnostic]] | None = None
    accepts = verdict(schema)
    for document in documents:
        bare = misplaced(document, schema)
        found += bare
        if accepts(document.data):
            continue
        if explain is None:
            from pipeline.manifest.explain import explainer

            explain = explainer(schema, verdict)
        said = {one.origin for one in bare}
        found += [one for one in explain(document) or [_unexplained(document)] if one.origin not in said]
    return found


def verdict(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    """A function that says whether the schema allows a value. Whatever JSON cannot hold is not allowed."""
    validator = jsonschema_rs.Draft7Validator(dict(schema))

    def accepts(value: Any) -> bool:
        try:
            return validator.is_valid(value)
        except ValueError:
            return False

    return accepts


def _unexplained(document: Document) -> Diagnostic:
    message = "this file holds a value that its schema does not allow"
    hint = "compare it with a manifest that works; the tool cannot say more"
    return Diagnostic("schema", "error", message, Origin(document.file), hint)
