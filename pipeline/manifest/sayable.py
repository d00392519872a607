"""What a manifest's entries can say: values of rows against the pack's JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pipeline.manifest.document import Document
from pipeline.manifest.shape import survey
from pipeline.manifest.text import normalised
from pipeline.manifest.validate import validate, verdict
from pipeline.model.moments import Moment


class Form:
    """The form of one kind of entry. `order` are its keys as the schema lists them, `required` those it must have."""

    def __init__(self, schema: Mapping[str, Any], definition: str) -> None:
        self._definitions = {"definitions": schema["definitions"]}
        form = schema["definitions"][definition]
        self.order: dict[str, int] = {name: position for position, name in enumerate(form["properties"])}
        self.required = frozenset(form.get("required", ()))
        self._properties: Mapping[str, Any] = form["properties"]
        self._accepts = verdict(self._definitions | form)
        self._checks: dict[str, Callable[[Any], bool]] = {}

    def faults(self, content: Mapping[str, Any]) -> dict[str, str]:
        """Why values cannot be written, in plain words by their name; empty where all can."""
        content = {name: _as_read(one) for name, one in content.items()}
        if self._accepts(content) and _unwritable(content) is None:
            return {}
        found = dict.fromkeys(self.required - content.keys(), "the row has no value there")
        return found | {name: fault for name, one in content.items() if (fault := self.fault(name, one))}

    def fault(self, name: str, value: Any) -> str | None:
        """Why an entry cannot have the value under the name; None where it can."""
        alone = {name: _as_read(value)}
        fault = _unwritable(alone)
        if fault is None and not self._check(name)(alone):
            found = validate([Document("", Path(""), "", alone, b"")], self._alone(name))
            fault = found[0].message
        return fault

    def _check(self, name: str) -> Callable[[Any], bool]:
        if name not in self._checks:
            self._checks[name] = verdict(self._alone(name))
        return self._checks[name]

    def _alone(self, name: str) -> dict[str, Any]:
        return {"type": "object", "properties": {name: self._properties[name]}, **self._definitions}


def _as_read(value: Any) -> Any:
    """The value as it would be read: a date is a text."""
    return str(value) if isinstance(value, Moment) else value


def _unwritable(content: dict[str, Any]) -> str | None:
    """Why no manifest may hold the content, whatever its schema says."""
    if _holds_null(content):
        return "it holds null, which TOML cannot say"
    seen = survey("", content)
    clean = normalised("", "", content, seen.texts)
    problems = seen.problems or (clean if isinstance(clean, list) else [])
    return problems[0].message if problems else None


def _holds_null(content: Any) -> bool:
    if isinstance(content, dict):
        return any(map(_holds_null, content.values()))
    return any(map(_holds_null, content)) if isinstance(content, list) else content is None
