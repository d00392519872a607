"""A catalogue in which every text wants to be more than text."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

from pipeline.model.resource import Resource
from tests.builders import (
    category,
    document,
    element,
    field,
    image,
    include,
    include_tier,
    link,
    service,
    tier,
    warning,
)

HOSTILE = (
    "</script><script>window.hacked=1;alert(1)</script><!--<script>\u2028\u2029"
    '<img src=x onerror="window.hacked=1">'
    "<b class='evil'>&lt;&amp;&#60;{{ 7*7 }}{% raw %}\u202egnp.\u200f`${1}`\\u003c</b>"
)
TEXTS: list[str] = []
"""The texts of the element, each with a number of its own."""


def catalogue() -> list[Resource]:
    """Hostile texts in every text field."""
    numbers = count()
    TEXTS.clear()

    def bad() -> str:
        TEXTS.append(f"{next(numbers)}{HOSTILE}")
        return TEXTS[-1]

    about = element(
        "ESCAPE",
        name=bad(),
        description=bad(),
        keywords=[bad(), "escape"],
        aliases=[bad()],
        question_hint=bad(),
        multi_select_keywords=[bad()],
    )
    of_element = [
        image("ESCAPE", bad(), url="javascript:alert(1)", alt_text=bad(), description=bad(), user_instruction=bad(),
              image_type="required_document"),
        image("ESCAPE", "two", url="https://x.example/\"onmouseover=alert(1)//.png"),
        image("ESCAPE", "three", url="/images/../../<svg>.png"),
        field("ESCAPE", "marca", label=bad(), placeholder=bad(), example_value=bad(), llm_instruction=bad(),
              options=[bad()], field_type="select", validation_rules={"pattern": bad()}),
        field("ESCAPE", "otra", label=bad(), condition_field="marca", condition_operator="equals",
              condition_value=bad()),
        warning("aviso", of="ESCAPE", message=bad(), trigger_conditions={"element_keywords": [HOSTILE, "escape"]}),
        link("ESCAPE", "aviso"),
    ]  # fmt: skip
    elsewhere = [
        category(name=HOSTILE, description=HOSTILE, client_type="particular", icon=HOSTILE),
        tier("T1", price=Decimal("10.00"), name=HOSTILE, description=HOSTILE, conditions=HOSTILE,
             classification_rules={"applies_if_any": [HOSTILE]}),
        tier("T2", price=Decimal("20.00"), name=HOSTILE),
        include("T1", "ESCAPE", notes=HOSTILE, group_name=HOSTILE),
        include_tier("T2", "T1"),
        element("LUCES", name=HOSTILE, question_hint=HOSTILE),
        element("FARO", name=HOSTILE, parent="LUCES"),
        service("urgencia", name=HOSTILE, description=HOSTILE, price=Decimal("5.00")),
        service("gestion", within=None, name=HOSTILE, price=Decimal("5.00")),
        document("fotos", title=HOSTILE, description=HOSTILE),
        warning("general", message=HOSTILE),
        warning("tarifa", of_tier="T1", message=HOSTILE),
    ]  # fmt: skip
    return [about, *of_element, *elsewhere]
