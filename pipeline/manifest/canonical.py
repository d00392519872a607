"""Values as read from TOML or JSON in the one form that their column has."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pipeline.manifest.words import quoted
from pipeline.model import values
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.kind import Field, FieldType
from pipeline.model.moments import NoMomentError, day, instant
from pipeline.model.resource import Origin
from pipeline.model.values import Value

_READ_AS: dict[FieldType, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int, Decimal),
    "decimal": (int, Decimal),
    "float": (int, Decimal),
    "boolean": (bool,),
    "json": (dict, list),
    "date": (str,),
    "timestamp": (str,),
}
_FORMS: dict[FieldType, Callable[[Any], Value]] = {
    "json": values.json,
    "integer": int,
    "float": values.double,
    "date": day,
    "timestamp": instant,
}


def canonical(declared: Field, raw: Any) -> Value:
    """The value in the field's form. Raises NoMomentError.

    A decimal with more digits than the column keeps stays as written, for the checks to report.
    """
    if declared.type == "decimal":
        exact = Decimal(raw)
        rounded = values.decimal(exact, declared.scale)
        return rounded if rounded == exact else exact
    form = _FORMS.get(declared.type)
    value: Value = form(raw) if form else raw  # text is NFC since loading, a boolean is itself
    return value


def add(declared: Field, raw: object, origin: Origin, found: dict[str, Value]) -> list[Diagnostic]:
    """Put the value in its form among those found, or say what is wrong with it. A type that is not the field's is
    left out: the schema stage has reported it."""
    if isinstance(raw, _READ_AS[declared.type]):
        try:
            found[declared.name] = canonical(declared, raw)
        except NoMomentError as reason:
            message = f"{quoted(declared.name)} cannot be {quoted(raw)}: {reason}"
            return [Diagnostic("date", "error", message, origin, "write the date or time that is meant")]
    return []
