"""Diagnostics as people read them, and as GitHub shows them beside a pull request's lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.model.diagnostic import Diagnostic, Place
from pipeline.render.escape import one_line, width
from pipeline.render.text import Paint, plain

QUOTE_LIMIT = 110
_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_STYLES = {"error": "deactivate", "warning": "update", "info": "head"}


def text(found: Sequence[Diagnostic], files: int, paint: Paint = plain) -> str:
    """Every finding with its quoted line, then the count of all."""
    blocks = ["\n".join(_finding(item, paint)) for item in found]
    return "\n\n".join([*blocks, _count(found, files)]) + "\n"


def github(found: Sequence[Diagnostic]) -> str:
    """Workflow commands: GitHub shows each beside its line."""
    return "".join(f"{_command(item)}\n" for item in found)


def _count(found: Sequence[Diagnostic], files: int) -> str:
    count = Counter(item.severity for item in found)
    read = f"{files} manifest{'' if files == 1 else 's'} checked"
    if not found:
        return f"{read}: no findings."
    named = [f"{count[name]} {name}{'' if count[name] == 1 else 's'}" for name in ("error", "warning") if count[name]]
    if count["info"]:
        named.append(f"{count['info']} for your information")
    return f"{read}: {', '.join(named)}."


def _finding(item: Diagnostic, paint: Paint) -> Iterator[str]:
    place = item.place or Place(item.origin.file)
    style = _STYLES[item.severity]
    severity = paint(style, f"{item.severity}:")  # type: ignore[arg-type]  # the values are styles
    yield f"{_where(place)}: {severity} {one_line(item.message)} [{item.rule}]"
    yield from _quote(place)
    for other in item.also_places:
        yield f"  see also {_where(other)}"
        yield from _quote(other)
    if item.hint:
        yield f"  hint: {one_line(item.hint)}"


def _where(place: Place) -> str:
    file = one_line(place.file)
    return f"{file}:{place.line}:{place.column}" if place.line else file


def _quote(place: Place) -> Iterator[str]:
    """The line and a caret under the place in it; of a long line the part around the place."""
    if not place.line or not place.quote.strip():
        return
    start = max(place.column - 1 - QUOTE_LIMIT // 2, 0)
    before = one_line(place.quote[start : place.column - 1])
    shown = before + one_line(place.quote[place.column - 1 : start + QUOTE_LIMIT])
    margin = f"  {place.line:>5} | "
    yield margin + ("…" if start else "") + shown
    yield " " * (len(margin) - 2) + "| " + " " * (width(before) + bool(start)) + "^"


def _command(item: Diagnostic) -> str:
    place = item.place or Place(item.origin.file)
    parts = [f"file={_property(place.file)}"]
    if place.line:
        parts += [f"line={place.line}", f"col={place.column}"]
    parts.append(f"title={_property(item.rule)}")
    message = item.message + (f"\nhint: {item.hint}" if item.hint else "")
    for other in item.also_places:
        message += f"\nsee also {_where(other)}"
    return f"::{_COMMANDS[item.severity]} {','.join(parts)}::{_data(message)}"


def _data(text: str) -> str:
    """As GitHub wants the message: percent, carriage return and line feed escaped."""
    safe = "\n".join(one_line(line) for line in text.split("\n"))
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
