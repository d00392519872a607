"""Values before and afterwards, in pieces that say what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from pipeline.model.values import Json, Value
from pipeline.plan.change import Cause, Change
from pipeline.render import inside_json, text
from pipeline.render.escape import one_line

Look: TypeAlias = Literal["same", "gone", "new", "nothing"]
CONTEXT = 160
"""How much of what two long texts have in common is shown on each side of what differs."""
SHORT = 24
"""Up to here it is easier to read the whole of two values than what differs in them."""
LONGEST = 2_000
"""How much of a value is shown."""


class Part(NamedTuple):
    """A piece of a value."""

    look: Look
    text: str


class Row(NamedTuple):
    """A field: its value before, and afterwards, and why it changes where that is not the manifest."""

    name: str
    before: tuple[Part, ...]
    after: tuple[Part, ...]
    note: str = ""


def changed(change: Change, causes: Mapping[Cause, str]) -> Iterator[Row]:
    """The fields that change; of JSON each place in which it does."""
    for field in change.fields:
        note = "" if field.cause == "manifest" else causes[field.cause]
        if isinstance(field.before, Json) and isinstance(field.after, Json):
            for where, before, after in inside_json.differences(field.before, field.after):
                path = "" if where == "(all)" else where if where.startswith("[") else f".{where}"
                yield Row(one_line(f"{field.name}{path}"), *_pair(before, after), note)
        else:
            yield Row(one_line(field.name), *_pair(_written(field.before), _written(field.after)), note)


def declared(change: Change) -> Iterator[Row]:
    """What a row to create will hold: all but what its address tells."""
    for name, value in sorted(change.declared.items()):
        if value not in (None, *change.address.key):
            yield Row(one_line(name), (), (_whole("same", _written(value)),))


def _written(value: Value) -> str | None:
    if value is None:
        return None
    return value if type(value) is str else text.shown(value)


def _pair(before: str | None, after: str | None) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    if not before or not after or max(len(before), len(after)) <= SHORT:
        return (_whole("gone", before),), (_whole("new", after),)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    if start + end < max(len(before), len(after)) // 3:
        return (_whole("gone", before),), (_whole("new", after),)
    return tuple(_parts(before, start, end, "gone")), tuple(_parts(after, start, end, "new"))


def _parts(value: str, start: int, end: int, look: Look) -> Iterator[Part]:
    """What comes before the difference, the difference, and what comes after it."""
    stop = len(value) - end
    if start:
        yield Part("same", ("…" if start > CONTEXT else "") + value[max(start - CONTEXT, 0) : start])
    if stop > start:
        yield _whole(look, value[start:stop])
    if end:
        yield Part("same", value[stop : stop + CONTEXT] + ("…" if end > CONTEXT else ""))


def _whole(look: Look, value: str | None) -> Part:
    if not value:
        return Part("nothing", "(none)" if value is None else "(empty)")
    more = len(value) - LONGEST
    return Part(look, value if more <= 0 else f"{value[:LONGEST]}… ({more:,} characters more)")


def _common(one: str, other: str) -> int:
    """How long a beginning both have."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
