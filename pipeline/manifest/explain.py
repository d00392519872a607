"""Why the schema rejects a document: each of jsonschema's errors as one finding in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import jsonschema  # type: ignore[import-untyped]  # it has no types

from pipeline.manifest.document import Document
from pipeline.manifest.wishes import fault
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.resource import Origin
from pipeline.model.values import json

Verdict: TypeAlias = Callable[[Any], bool]
Errors: TypeAlias = Iterator[jsonschema.ValidationError]

# What is said of one value. Of several findings about the same value the first of these is enough.
_OF_A_VALUE = ("type", "value-list", "length", "pattern", "range", "schema")


def explainer(
    schema: Mapping[str, Any], verdict: Callable[[Mapping[str, Any]], Verdict]
) -> Callable[[Document], list[Diagnostic]]:
    """A function that lists what is wrong with a rejected document. `verdict` makes the fast check of a schema."""
    validator = _validator_class(schema, verdict)(schema)

    def explain(document: Document) -> list[Diagnostic]:
        found = [
            finding
            for error in _plain_errors(validator.iter_errors(document.data))
            for finding in fault(error, Origin(document.file, tuple(error.absolute_path)))
        ]
        return _weightiest(dict.fromkeys(found))

    return explain


def _validator_class(schema: Mapping[str, Any], verdict: Callable[[Mapping[str, Any]], Verdict]) -> Any:
    """jsonschema's draft 7 with the meaning that the fast check gives to numbers, bounds and patterns.

    A list's items are handed to it only where the fast check rejects them, which spares it nearly all of its work.
    """
    definitions = {"definitions": schema.get("definitions", {})}
    checks: dict[str, Verdict] = {}

    def check(key: str, subschema: Mapping[str, Any]) -> Verdict:
        if key not in checks:
            checks[key] = verdict(subschema)
        return checks[key]

    def items(validator: Any, wanted: Any, value: Any, whole: Any) -> Errors:
        if isinstance(wanted, dict) and isinstance(value, list):
            accepts = check(f"items {id(wanted)}", {"allOf": [wanted], **definitions})
            for index, item in enumerate(value):
                if not accepts(item):
                    yield from validator.descend(item, wanted, path=index)
        else:
            yield from jsonschema.Draft7Validator.VALIDATORS["items"](validator, wanted, value, whole)

    types = jsonschema.Draft7Validator.TYPE_CHECKER.redefine("integer", _is_integer).redefine("number", _is_number)
    changed = {"items": items, "multipleOf": _multiple_of, "uniqueItems": _unique_items}
    changed |= {keyword: _as_fast(keyword, check) for keyword in _LEFT_TO_THE_FAST}
    return jsonschema.validators.extend(jsonschema.Draft7Validator, changed, type_checker=types)


_LEFT_TO_THE_FAST = ("pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def _as_fast(keyword: str, check: Callable[[str, Mapping[str, Any]], Verdict]) -> Callable[..., Errors]:
    """What a keyword says of a text or a number, as the fast check takes it."""

    def judged(_: Any, wanted: Any, value: Any, __: Any) -> Errors:
        concerned = isinstance(value, str) if keyword == "pattern" else _is_number(_, value)
        if concerned and not check(f"{keyword} {wanted}", {keyword: wanted})(value):
            yield jsonschema.ValidationError(f"does not fit the {keyword}")

    return judged


def _is_number(_: Any, value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _is_integer(_: Any, value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and value == value.to_integral_value()
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def _multiple_of(_: Any, wanted: int | Decimal, value: Any, __: Any) -> Errors:
    if _is_number(_, value) and Fraction(value) % Fraction(wanted):
        yield jsonschema.ValidationError(f"is no multiple of {wanted}")


def _unique_items(_: Any, wanted: bool, value: Any, __: Any) -> Errors:
    if wanted and isinstance(value, list) and len(set(map(json, value))) < len(value):
        yield jsonschema.ValidationError("holds something twice")


def _plain_errors(errors: Iterable[jsonschema.ValidationError]) -> Errors:
    """The errors, with those of the alternative that was probably meant in place of `anyOf` and `oneOf`."""
    for error in errors:
        meant = _meant(error) if error.context else []
        if meant:
            yield from _plain_errors(meant)
        else:
            yield error


def _meant(error: jsonschema.ValidationError) -> list[jsonschema.ValidationError]:
    """The errors of the alternative whose type fits the value and that has the fewest; none where no type fits."""
    branches: dict[int, list[jsonschema.ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    fitting = [
        inner
        for inner in branches.values()
        if not any(one.validator == "type" and not one.relative_path for one in inner)
    ]
    return min(fitting, key=len, default=[])


def _weightiest(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """One finding per value: of a text where a number belongs there is no need to say that it is not in a list."""
    best: dict[Origin, Diagnostic] = {}
    for finding in found:
        known = best.get(finding.origin)
        if finding.rule in _OF_A_VALUE and (known is None or _weight(finding) < _weight(known)):
            best[finding.origin] = finding
    return [finding for finding in found if finding.rule not in _OF_A_VALUE or best[finding.origin] is finding]


def _weight(finding: Diagnostic) -> int:
    return _OF_A_VALUE.index(finding.rule)
