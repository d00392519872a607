"""What goes with a quote: warnings with why, documents, pictures, fields and services."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.model.resource import Resource
from tests.builders import document, element, field, image, include, link, service, warning
from tests.packs.homologation.quote.test_quote import ask, small


def warned(*rows: Resource, items: tuple[str, ...] = ("ESCAPE",), text: str = "") -> dict[str, str]:
    return {one.code: one.why for one in ask(small(*rows), *items, text=text).warnings}


@pytest.mark.parametrize(
    ("shown", "number", "why"),
    [
        ({}, 1, "ESCAPE is asked for"),
        ({"show_condition": "on_exceed_max", "threshold_quantity": 2}, 2, None),
        ({"show_condition": "on_exceed_max", "threshold_quantity": 2}, 3, "3 of ESCAPE are more than 2"),
        ({"show_condition": "on_exceed_max"}, 3, None),
        ({"show_condition": "on_below_min", "threshold_quantity": 2}, 1, "1 of ESCAPE are fewer than 2"),
        ({"show_condition": "on_below_min", "threshold_quantity": 2}, 2, None),
    ],
)
def test_when_a_warning_of_an_element_is_shown(shown: dict[str, Any], number: int, why: str | None) -> None:
    rows = [warning("aviso", of="ESCAPE"), link("ESCAPE", "aviso", **shown)]

    assert warned(*rows, items=(f"ESCAPE={number}",)) == ({"aviso": why} if why else {})


def test_a_threshold_that_is_not_said_is_the_limit_of_the_tier() -> None:
    rows = [
        warning("aviso", of="ESCAPE"),
        link("ESCAPE", "aviso", show_condition="on_exceed_max", threshold_quantity=1),
    ]

    assert warned(*rows, include("T2", "ESCAPE", max_quantity=2), items=("ESCAPE=2",)) == {
        "aviso": "2 of ESCAPE are more than 1"
    }
    unsaid = [rows[0], link("ESCAPE", "aviso", show_condition="on_exceed_max")]
    assert warned(*unsaid, include("T2", "ESCAPE", max_quantity=2), items=("ESCAPE=2",)) == {}


def test_retired_warnings_and_associations_are_not_shown() -> None:
    assert warned(warning("aviso", of="ESCAPE", active=False), link("ESCAPE", "aviso")) == {}
    assert warned(warning("aviso", of="ESCAPE"), link("ESCAPE", "aviso", active=False)) == {}
    assert warned(warning("aviso", of="ESCAPE")) == {}


def test_warnings_of_the_category_and_of_the_tier() -> None:
    rows = [warning("todo"), warning("otra", of_tier="T1"), warning("esta", of_tier="T2")]

    assert warned(*rows) == {"todo": "it is about all of motos-part", "esta": "it is about tier T2"}


def test_keywords_bring_a_warning_up() -> None:
    def keyed(*words: str, **more: object) -> Resource:
        return warning("aviso", trigger_conditions={"element_keywords": list(words), **more})

    spoken = element("ESCAPE", name="Escape", aliases=["Línea completa"])
    assert warned(keyed("Linea Completa"), spoken)["aviso"].endswith('"Linea Completa" is said of ESCAPE')
    assert warned(keyed("línea"), spoken, text="una línea")["aviso"].endswith('the text says "línea"')
    assert warned(keyed("line"), spoken, text="una línea") == {}
    assert warned(keyed("completa escape"), spoken) == {}
    assert "aviso" in warned(keyed("nada", always_show=True))
    assert "aviso" in warned(keyed())
    assert warned(keyed("…")) == {}


def test_the_gravest_warning_comes_first() -> None:
    rows = [warning("a", severity="info"), warning("c", severity="error"), warning("b", severity="error"), warning("d")]

    assert list(warned(*rows)) == ["b", "c", "d", "a"]


VARIANT = element("FARO", name="Faro", parent="LUCES", inherit_parent_data=True)
LUCES = element("LUCES", name="Luces")


def test_what_a_variant_inherits() -> None:
    rows = [
        LUCES,
        VARIANT,
        warning("aviso", of="LUCES"),
        link("LUCES", "aviso"),
        image("LUCES", "General", image_type="required_document"),
        image("FARO", "Propia"),
        field("LUCES", "marca", label="Marca de la luz"),
        field("LUCES", "color", label="Color"),
        field("FARO", "marca", label="Marca del faro"),
    ]
    found = ask(small(*rows), "FARO")

    assert [(one.code, one.why) for one in found.warnings] == [("aviso", "FARO is asked for, a variant of LUCES")]
    assert [(one.name, one.inherited) for one in found.papers.images] == [
        ("FARO/Propia", False),
        ("LUCES/General", True),
    ]
    assert [one.name for one in found.papers.to_send] == ["LUCES/General"]
    assert [(one.label, one.inherited) for one in found.papers.fields] == [("Marca del faro", False), ("Color", True)]
    apart = ask(small(*rows, element("FARO", name="Faro", parent="LUCES")), "FARO")
    assert (apart.warnings, [one.name for one in apart.papers.images]) == ((), ["FARO/Propia"])


def test_fields_say_when_they_are_asked() -> None:
    rows = [
        field("ESCAPE", "tipo", label="Tipo", sort_order=1),
        field(
            "ESCAPE",
            "otro",
            label="Otro",
            sort_order=2,
            condition_field="tipo",
            condition_operator="not_equals",
            condition_value="A",
        ),
        field("ESCAPE", "visto", label="Visto", sort_order=3, condition_field="tipo", condition_operator="exists"),
        field("ESCAPE", "viejo", label="Viejo", active=False),
        field("ESCAPE", "libre", label="Libre", sort_order=4, condition_field="viejo", condition_operator="exists"),
    ]
    found = ask(small(*rows), "ESCAPE").papers.fields

    assert [(one.name, str(one.condition or "")) for one in found] == [
        ("tipo", ""),
        ("otro", 'only if "Tipo" not equals "A"'),
        ("visto", 'only if "Tipo" exists'),
        ("libre", ""),
    ]


def test_documents_and_services_in_their_order() -> None:
    rows = [
        document("b", title="B", sort_order=1),
        document("a", title="A", sort_order=2, is_mandatory=False),
        document("c", title="C", active=False),
        service("cita", within=None, price=5, sort_order=2),
        service("urgencia", price=7, sort_order=1),
        service("curso", within="otra", price=1),
        service("vieja", price=1, active=False),
    ]
    papers = ask(small(*rows), "ESCAPE").papers

    assert [(one.code, one.mandatory) for one in papers.documents] == [("b", True), ("a", False)]
    assert [(one.code, str(one.price), one.everywhere) for one in papers.services] == [
        ("urgencia", "7", False),
        ("cita", "5", True),
    ]


def test_without_an_offer_nothing_goes_with_it() -> None:
    found = ask(small(warning("todo"), document("a", title="A"), LUCES, VARIANT), "LUCES")

    assert found.questions
    assert (found.warnings, found.papers.documents) == ((), ())
