"""What a schema wishes for, said of one value that does not fulfil it: one function per JSON Schema keyword."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from pipeline.manifest.dates import FORMS, advice
from pipeline.manifest.words import described, listed, quoted, shortened, suggestion
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.resource import Origin
from pipeline.model.values import json

Error: TypeAlias = Any
"""jsonschema's ValidationError, which this module need not import to read."""

_LONGEST_HINT = 300
_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "null",
}


def fault(error: Error, origin: Origin) -> Iterator[Diagnostic]:
    """The findings that one error of jsonschema makes. `origin` is the place of the value that it is about."""
    if "propertyNames" in error.absolute_schema_path and isinstance(error.instance, str):
        origin = origin.at(error.instance)
    yield from _KEYWORDS.get(error.validator, _other)(error, origin)


def _type(error: Error, origin: Origin) -> Iterator[Diagnostic]:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    form = error.schema.get("pattern")
    if form in FORMS:
        message = f"{_subject(origin, error.instance)} must be {FORMS[form][0]}, not {described(error.instance)}"
        yield _error("type", message, origin, advice(error.instance, form))
        return
    yield _wrong_type(error.instance, origin, wanted)


def _alternatives(error: Error, origin: Origin) -> Iterator[Diagnostic]:
    """None of the alternatives has the value's type."""
    types: dict[str, None] = {}
    for inner in error.context:
        if inner.validator == "type" and not inner.relative_path:
            value = inner.validator_value
            types |= dict.fromkeys(value if isinstance(value, list) else [value])
    yield from [_wrong_type(error.instance, origin, list(types))] if types else _other(error, origin)


def _wrong_type(value: Any, origin: Origin, types: list[str]) -> Diagnostic:
    wanted = " or ".join(_TYPES.get(name, name) for name in types)
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    actual = quoted(value) if is_number and "integer" in types else described(value)
    message = f"{_subject(origin, value)} must be {wanted}, not {actual}"
    hint = next((hint for name in types if (hint := _type_hint(value, name, origin))), "")
    return _error("type", message, origin, hint)


def _type_hint(value: Any, wanted: str, origin: Origin) -> str:
    """How the value would be written with the type that is wanted, where that can be told."""
    hint = ""
    match wanted:
        case _ if value is None:
            hint = "leave out the key if there is no value"
        case "number" | "integer" if isinstance(value, str):
            number = _number(value)
            hint = f"write it without quotes: {number}" if number else ""
        case "boolean" if isinstance(value, str):
            word = value.strip().casefold()
            hint = f"write it without quotes: {word}" if word in {"true", "false"} else "write true or false"
        case "string" if isinstance(value, int | Decimal):
            hint = f'put it in quotes: "{quoted(value)}"'
        case "array" if isinstance(value, str | int | Decimal):
            hint = f"put it in brackets: [{quoted(value)}]"
        case "array" if isinstance(value, dict) and origin.path and origin.file.endswith(".toml"):
            hint = "a list of entries has two brackets: [[…]]"
    return hint


def _number(text: str) -> str:
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return ""
    return shortened(str(number)) if number.is_finite() else ""


def _required(error: Error, origin: Origin) -> Iterator[Diagnostic]:
    for key in error.validator_value:
        if key not in error.instance:
            message = f"{_entry(error, origin)} has no {quoted(key)}"
            yield _error("missing-key", message, origin, _wish(_properties(error.schema).get(key)))


_MOST_SUGGESTIONS = 100
"""Nobody mistypes more keys of one entry, and to look for similar ones takes most of the time."""


def _additional_properties(error: Error, origin: Origin) -> Iterator[Diagnostic]:
    known = _properties(error.schema)
    every = f"known keys: {listed(known, 'and')}" if known else ""
    for number, key in enumerate(key for key in error.instance if key not in known):
        near = suggestion(key, known) if number < _MOST_SUGGESTIONS else ""
        yield _error("unknown-key", f"{_entry(error, origin)} has no key {quoted(key)}", origin.at(key), near or every)


def _enum(error: Error, origin: Origin) -> Iterator[Diagnostic]:
    allowed = error.validator_value if error.validator == "enum" else [error.validator_value]
    message = f"{_subject(origin, error.instance)} must be {listed(allowed)}, not {quoted(error.instance)}"
    yield _error("value-list", message, origin, suggestion(error.instance, allowed))


_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
}


def _range(error: Error, origin: Origin) -> Iterator[Diagnostic]:
    bound = f"{_BOUNDS[error.validator]} {quoted(error.validator_value)}"
    message = f"{_subject(origin, error.instance)} must be {bound}, not {quoted(error.instance)}"
    yield _error("range", message, origin, "")


def _length(error: Error, origin: Origin) -> Iterator[Diagnostic]:
    value, limit = error.instance, error.validator_value
    unit = "character" if isinstance(value, str) else "item" if isinstance(value, list) else "key"
    if not value and limit == 1:
        message = f"{_subject(origin, value)} must not be empty"
    else:
        bound = "at least" if error.validator.startswith("min") else "at most"
        message = f"{_subject(origin, value)} has {_counted(len(value), unit)}; it may have {bound} {limit}"
    yield _error("length", message, origin, _wish(error.schema) if not value else "")


def _pattern(error: Error, origin: Origin) -> Iterator[Diagnostic]:
    message = f"{_subject(origin, error.instance)} cannot be written as {quoted(error.instance)}"
    if error.validator_value in FORMS:
        yield _error("pattern", message, origin, advice(error.instance, error.validator_value))
        return
    hint = _wish(error.schema) or f"it must fit the pattern {shortened(error.validator_value)}"
    yield _error("pattern", message, origin, hint)


def _unique_items(error: Error, origin: Origin) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for index, item in enumerate(error.instance):
        known = first.setdefault(json(item), index)
        if known != index:
            where = quoted(origin.path[-1]) if origin.path else "the list"
            message = f"{where} holds {quoted(item)} twice"
            yield _error("duplicate-item", message, origin.at(index), "remove one of the two", (origin.at(known),))


def _other(error: Error, origin: Origin) -> Iterator[Diagnostic]:
    message = f"{_subject(origin, error.instance)} is not as its schema wants it: {shortened(error.message, 200)}"
    yield _error("schema", message, origin, _wish(error.schema))


_KEYWORDS: Mapping[str | None, Callable[[Error, Origin], Iterator[Diagnostic]]] = {
    "type": _type,
    "anyOf": _alternatives,
    "oneOf": _alternatives,
    "required": _required,
    "additionalProperties": _additional_properties,
    "enum": _enum,
    "const": _enum,
    **dict.fromkeys(_BOUNDS, _range),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _length),
    "pattern": _pattern,
    "uniqueItems": _unique_items,
}


def _error(rule: str, message: str, origin: Origin, hint: str, also: tuple[Origin, ...] = ()) -> Diagnostic:
    return Diagnostic(rule, "error", message, origin, hint, also)


def _properties(schema: Any) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = schema.get("properties", {})
    return properties


def _subject(origin: Origin, value: Any) -> str:
    """What a message is about: `"price"`, `item 2 of "keywords"`, or `the file`."""
    names = [step for step in origin.path if isinstance(step, str)]
    if not names:
        return "the file"
    if isinstance(origin.path[-1], str):
        return quoted(names[-1])
    return f"{'entry' if isinstance(value, dict) else 'item'} {origin.path[-1] + 1} of {quoted(names[-1])}"


def _entry(error: Error, origin: Origin) -> str:
    """The table that a message is about, by what its entries are called: `this element`."""
    title = error.schema.get("title")
    if title and origin.path and isinstance(origin.path[-1], int):
        return f"this {title[0].lower()}{title[1:]}"
    return _subject(origin, error.instance)


def _wish(schema: Any) -> str:
    """A schema's own description and first example, as a hint."""
    if not isinstance(schema, dict):
        return ""
    description, example = schema.get("description", ""), next(iter(schema.get("examples", ())), None)
    if isinstance(example, str | int | Decimal):
        description = f"{description.rstrip('.')}, for example {quoted(example)}".removeprefix(", ")
    return shortened(description, _LONGEST_HINT)


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
