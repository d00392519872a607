"""The section of examples: what domain experts expect of the pack's answers. It makes no rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.manifest.document import Document
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.pack import Pack
from pipeline.model.probe import Example, Examples
from pipeline.model.resource import Origin


def section(examples: Examples) -> dict[str, Any]:
    """The section in the JSON Schema of a manifest, by its name."""
    return {
        examples.section: {
            "type": "array",
            "title": examples.section.capitalize(),
            "description": "What is asked and what is expected: tests, of which no rows are made. `pipeline test` and "
            "every plan run them.",
            "items": {"$ref": f"#/definitions/{examples.section}"},
        }
    }


def definition(examples: Examples) -> dict[str, Mapping[str, Any]]:
    """The JSON Schema of one entry, by the name that the section knows it by."""
    return {examples.section: examples.schema}


def read(pack: Pack, document: Document, rejected: frozenset[Origin]) -> tuple[list[Example], list[Diagnostic]]:
    """The entries of one document. What the schema refused is left out; the scope is that of the document."""
    if pack.examples is None:
        return [], []
    name = pack.examples().section
    entries = document.data.get(name)
    scope = document.data.get(pack.scope, "")
    found: list[Example] = []
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        origin = Origin(document.file, (name, index))
        if pack.scope and not scope:
            return [], [_missing_scope(pack, name, origin)]
        if origin not in rejected and isinstance(entry, dict) and isinstance(scope, str):
            found.append(Example(entry["name"], scope, entry, origin))
    return found, []


def _missing_scope(pack: Pack, section: str, origin: Origin) -> Diagnostic:
    message = f"{section} belong to a {pack.scope}, and this file does not say which"
    hint = f'write {pack.scope} = "…" at the top of the file, before the first section'
    return Diagnostic(f"missing-{pack.scope}", "error", message, origin, hint)
