"""A plan with something of everything, made by hand."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model.address import Address
from pipeline.model.resource import Origin
from pipeline.model.values import json
from pipeline.plan.change import Change, FieldChange, Hazard, Plan
from tests.plan.small import plan
from tests.render.impacts import impact


def with_everything(text: str) -> Plan:
    """A plan with the text wherever one from manifests or rows may stand."""
    key = ((text,), text)
    address = Address("item", key)
    fields = (
        FieldChange("note", "before", text, "conflict"),
        FieldChange("options", json({f"{text}.": 1, "b": [text]}), json({f"{text}.": 2, "b": [f"{text}."]}), "drift"),
        FieldChange(text, None, text, "manifest"),
    )
    label = Address("label", (key, text))
    changes = (
        Change("update", address, "conflict", fields, {}, True, Origin(text), 7),
        Change("create", label, "drift", (), {"text": text, text: f"{text}."}, True, Origin(text)),
        Change("move", Address("rule", (text,)), "adopt", (), {}, True, Origin(text), 2, moved_from=(f"{text}~",)),
        Change("deactivate", Address("shop", (text,)), "manifest", (), {}, False),
    )
    hazard = Hazard("mass-update", (address,), "item", text, 2, 30, (text,))
    return replace(plan(*changes), hazards=(hazard,), impact=impact(text))
