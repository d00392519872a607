"""Dates and times as TOML writes them, without quotes: read as text, and allowed where a column holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from pipeline.manifest.document import Document
from pipeline.manifest.scan import offsets
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.moments import DAY, DIGITS, INSTANT
from pipeline.model.resource import Origin
from pipeline.model.values import text as canonical

FORMS = {
    DAY: ("a date", "write year, month and day: 2024-05-01"),
    INSTANT: ("a date or a moment", "write a date, or date, time and offset: 2024-05-01T10:00:00Z"),
}
"""What a text must be that has to fit one of the patterns, and how it is written."""
_WITH_TIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]")
_WITHOUT_OFFSET = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)")
_FRACTION = re.compile(rf"[0-9]:[0-9]{{2}}\.[0-9]{{{DIGITS}}}[0-9]*[1-9]")
_TOLD = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.([0-9]+))?)?")


def spelled(data: Any, origin: Origin) -> tuple[Any, dict[Origin, date | time]]:
    """A copy of the data with text in the place of dates and times, and where these stood."""
    found: dict[Origin, date | time] = {}

    def copied(value: Any, at: Origin) -> Any:
        if isinstance(value, dict):
            return {name: copied(item, at.at(canonical(name))) for name, item in value.items()}
        if isinstance(value, list):
            return [copied(item, at.at(index)) for index, item in enumerate(value)]
        if isinstance(value, date | time):
            found[at] = value
            return value.isoformat()
        return value

    return copied(data, origin), found


def too_exact(text: str, dates: Mapping[Origin, date | time]) -> Iterator[Diagnostic]:
    """The times of which the parser has cut off digits that are not zero."""
    if not _FRACTION.search(text):
        return
    times = [origin for origin, value in dates.items() if isinstance(value, datetime)]
    for origin, offset in offsets(text, False, times).items():
        told = _TOLD.search(text, offset)
        if told and len((told[1] or "").rstrip("0")) > DIGITS:
            message = f"this time has more than {DIGITS} digits of a second, and no more can be kept"
            yield Diagnostic("date", "error", message, origin, "round it yourself, so that the time is meant")


def misplaced(document: Document, schema: Mapping[str, Any]) -> list[Diagnostic]:
    """The dates and times of a document that stand where its schema has no column of their type."""
    found = []
    for origin in document.dates:
        if _wanted(schema, origin).get("pattern") not in FORMS:
            message, value = "a date or time cannot stand here by itself", _value(document.data, origin)
            hint = f'write it as text in quotes: "{value}"'
            found.append(Diagnostic("date", "error", message, origin, hint))
    return found


def advice(value: object, form: str) -> str:
    """How a value would be written that does not fit one of the patterns."""
    if isinstance(value, str):
        local = _WITHOUT_OFFSET.fullmatch(value)
        if form == INSTANT and local:
            return f"say the offset, such as {local[1]}T{local[2]}Z"
        if form == DAY and _WITH_TIME.match(value):
            return f"a date has no time: write {value[:10]}"
    return FORMS[form][1]


def _wanted(schema: Mapping[str, Any], origin: Origin) -> Mapping[str, Any]:
    """The part of the schema that a place has to fit; nothing where it says nothing, or several things."""
    part: Any = schema
    for step in origin.path:
        if isinstance(step, int):
            part = part.get("items")
        else:
            part = part.get("properties", {}).get(step, part.get("additionalProperties"))
        if isinstance(part, dict) and "$ref" in part:
            part = schema["definitions"][part["$ref"].rsplit("/", 1)[-1]]
        if not isinstance(part, dict):
            return {}
    found: Mapping[str, Any] = part
    return found


def _value(data: Any, origin: Origin) -> Any:
    for step in origin.path:
        data = data[step]
    return data
