"""Kinds that retire by a status: what happens to their liveness is told, and done, by that field."""

from __future__ import annotations

from pipeline.model.kind import Kind, Status
from pipeline.model.resource import Resource
from pipeline.plan.change import Change, FieldChange


def with_status(kind: Kind, change: Change, have: Resource | None) -> Change:
    """The change of a row that is there, with the status that goes with it, unless its fields say one already."""
    if have is None or not isinstance(kind.retire, Status) or change.active == have.active:
        return change
    name = kind.retire.column
    if any(field.name == name for field in change.fields):
        return change
    status = kind.retire.revived if change.active else kind.retire.retired
    field = FieldChange(name, have.values[name], status, change.cause)
    return change._replace(fields=tuple(sorted((*change.fields, field))))
