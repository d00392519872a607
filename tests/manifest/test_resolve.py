"""Entries become resources: what nests, what follows from the place, and what one entry makes two rows of."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import bundled
from pipeline.manifest import schema
from pipeline.manifest.canonical import canonical
from pipeline.manifest.document import Document
from pipeline.manifest.resolve import resolve
from pipeline.model.address import Address, Key
from pipeline.model.diagnostic import Desired, Diagnostic
from pipeline.model.kind import Field
from pipeline.model.resource import Origin, Resource
from pipeline.model.values import Json
from pipeline.packs.homologation import PACK as BARE

PACK = schema.complete(BARE, schema.read(bundled("schemas") / BARE.name))
MOTOS: Key = ("motos-part",)
ESCAPE: Key = (MOTOS, "ESCAPE")


def document(file: str = "a.toml", category: str | None = "motos-part", **sections: Any) -> Document:
    scope = {"category": category} if category else {}
    return Document(file, Path(file), PACK.name, {"pack": PACK.name, "version": 1} | scope | sections, b"")


def read(*documents: Document, rejected: tuple[Origin, ...] = ()) -> tuple[Desired, list[Diagnostic]]:
    return resolve(documents, PACK, rejected)


def resources(*documents: Document, rejected: tuple[Origin, ...] = ()) -> list[Resource]:
    desired, diagnostics = read(*documents, rejected=rejected)
    assert diagnostics == []
    return list(desired.resources)


def only(*documents: Document, rejected: tuple[Origin, ...] = ()) -> Resource:
    (found,) = resources(*documents, rejected=rejected)
    return found


def test_an_entry_lies_in_the_category_of_its_file() -> None:
    tier = only(document(tiers=[{"code": "T1", "name": "Uno", "price": 410}]))

    assert tier.address == Address("tier", (MOTOS, "T1"))
    assert tier.values == {"category": MOTOS, "code": "T1", "name": "Uno", "price": Decimal("410.00")}
    assert tier.origin == Origin("a.toml", ("tiers", 0))
    assert tier.active


def test_a_nested_entry_belongs_to_what_it_stands_in() -> None:
    element = {"code": "ESCAPE", "name": "Escape", "images": [{"title": "Vista", "url": "/v"}, {"title": "Marca"}]}
    first, second, third = resources(document(elements=[element]))

    assert [first.address, second.address, third.address] == [
        Address("element", ESCAPE),
        Address("image", (ESCAPE, "Vista")),
        Address("image", (ESCAPE, "Marca")),
    ]
    assert second.values == {"element": ESCAPE, "title": "Vista", "url": "/v"}
    assert third.origin == Origin("a.toml", ("elements", 0, "images", 1))
    assert "images" not in first.values


def test_a_written_reference_takes_the_rest_of_the_key_from_its_own_place() -> None:
    variant = only(document(elements=[{"code": "FARO", "parent": "LUCES"}]))
    assert variant.values["parent"] == (MOTOS, "LUCES")

    fields = [{"field_name": "marca", "condition_field": "tipo"}]
    _, field = resources(document(elements=[{"code": "ESCAPE", "required_fields": fields}]))
    assert field.address == Address("required_field", (ESCAPE, "marca"))
    assert field.values["condition_field"] == (ESCAPE, "tipo")


def test_a_warning_is_about_the_category_where_it_stands_at_the_top() -> None:
    warning = only(document(warnings=[{"code": "w", "message": "…"}]))

    assert warning.address == Address("warning", (MOTOS, "w"))
    assert warning.values == {
        "category": MOTOS,
        "scope": MOTOS,
        "tier": None,
        "element": None,
        "code": "w",
        "message": "…",
    }


def test_a_warning_is_about_the_tier_it_stands_in() -> None:
    _, warning = resources(document(tiers=[{"code": "T1", "warnings": [{"code": "w"}]}]))

    assert warning.address == Address("warning", (MOTOS, "w"))
    assert {name: warning.values[name] for name in ("category", "scope", "tier", "element")} == {
        "category": MOTOS,
        "scope": None,
        "tier": (MOTOS, "T1"),
        "element": None,
    }


def test_a_warning_in_an_element_makes_two_rows() -> None:
    entry = {"code": "w", "message": "…", "show_condition": "always", "threshold_quantity": 2}
    _, warning, link = resources(document(elements=[{"code": "ESCAPE", "warnings": [entry]}]))

    assert warning.values == {
        "category": MOTOS,
        "scope": None,
        "tier": None,
        "element": ESCAPE,
        "code": "w",
        "message": "…",
    }
    assert link.address == Address("element_warning", (ESCAPE, (MOTOS, "w")))
    assert link.values == {
        "element": ESCAPE,
        "warning": (MOTOS, "w"),
        "show_condition": "always",
        "threshold_quantity": 2,
    }
    assert link.origin == warning.origin == Origin("a.toml", ("elements", 0, "warnings", 0))


def test_only_elements_tie_their_warnings_twice() -> None:
    entry = {"code": "w", "show_condition": "always"}
    found = resources(document(warnings=[entry], tiers=[{"code": "T1", "warnings": [{"code": "v"}]}]))

    assert sorted(resource.address.kind for resource in found) == ["tier", "warning", "warning"]
    assert all("show_condition" not in resource.values for resource in found)


@pytest.mark.parametrize(("written", "active"), [({}, True), ({"active": True}, True), ({"active": False}, False)])
def test_liveness_is_declared_and_holds_for_both_rows(written: dict[str, bool], active: bool) -> None:
    _, warning, link = resources(document(elements=[{"code": "ESCAPE", "warnings": [{"code": "w"} | written]}]))

    assert warning.active is link.active is active
    assert "active" not in warning.values
    assert "active" not in link.values


def test_a_retired_element_does_not_retire_what_is_nested_in_it() -> None:
    element = {"code": "ESCAPE", "active": False, "images": [{"title": "Vista"}]}
    first, image = resources(document(elements=[element]))

    assert (first.active, image.active) == (False, True)


def test_a_protection_holds_for_both_rows_of_an_entry_and_not_for_what_is_nested_in_it() -> None:
    warning = {"code": "homologacion", "message": "x", "protected": True}
    element = {"code": "ESCAPE", "name": "x", "protected": False, "warnings": [warning], "images": [{"title": "y"}]}
    assert [row.address.kind for row in resources(document(elements=[element])) if row.protected] == [
        "warning",
        "element_warning",
    ]
    element |= {"protected": True, "warnings": [warning | {"protected": False}]}
    assert [row.address.kind for row in resources(document(elements=[element])) if row.protected] == ["element"]


def test_what_belongs_to_no_category_has_none_in_its_key() -> None:
    service = only(document(category=None, services=[{"code": "urgencia"}]))

    assert service.address == Address("service", (None, "urgencia"))
    assert service.values == {"category": None, "code": "urgencia"}


def test_a_missing_category_is_told_once_per_entry_and_the_rest_is_read() -> None:
    found = document(category=None, tiers=[{"code": "T1"}, {"code": "T2"}], policies=[{"key": "iva"}])
    desired, diagnostics = read(found)

    assert [(item.rule, item.origin.path) for item in diagnostics] == [
        ("missing-category", ("tiers", 0)),
        ("missing-category", ("tiers", 1)),
    ]
    assert diagnostics[0].message == "tiers belong to a category, and this file does not say which"
    assert diagnostics[0].hint.startswith('write category = "…"')
    assert [str(resource.address) for resource in desired.resources] == ["policy iva"]


def test_a_rejected_value_is_left_out_and_its_neighbours_are_kept() -> None:
    found = document(tiers=[{"code": "T1", "name": 7, "price": "cara", "sort_order": 10}])
    rejected = (Origin("a.toml", ("tiers", 0, "name")), Origin("a.toml", ("tiers", 0, "price")))

    assert only(found, rejected=rejected).values == {"category": MOTOS, "code": "T1", "sort_order": 10}


def test_a_value_with_a_mistake_inside_is_left_out_whole() -> None:
    element = {"code": "ESCAPE", "keywords": ["a", 1], "aliases": ["b"]}
    rejected = (Origin("a.toml", ("elements", 0, "keywords", 1)),)

    assert only(document(elements=[element]), rejected=rejected).values == {
        "category": MOTOS,
        "code": "ESCAPE",
        "aliases": Json('["b"]'),
    }


def test_a_rejected_code_makes_no_resource() -> None:
    found = document(tiers=[{"code": 7}, {"name": "Sin código"}, {"code": "T3"}])

    assert only(found, rejected=(Origin("a.toml", ("tiers", 0, "code")),)).address.key == (MOTOS, "T3")


def test_a_mistake_in_another_file_rejects_nothing_here() -> None:
    found = document(tiers=[{"code": "T1", "name": "Uno"}])

    assert only(found, rejected=(Origin("b.toml", ("tiers", 0, "name")),)).values["name"] == "Uno"


@pytest.mark.parametrize("section", ["texto", 7, {"code": "x"}, [7, "x", None], None])
def test_sections_and_entries_of_another_shape_are_passed_over(section: object) -> None:
    assert resources(document(documents=section)) == []


def test_what_the_pack_does_not_know_is_passed_over() -> None:
    assert resources(document(unknown=[{"code": "x"}])) == []


def test_of_two_with_one_address_the_first_stays_in_the_state() -> None:
    one, two = (document(file, tiers=[{"code": "T1", "name": file}]) for file in ("a.toml", "b.toml"))
    desired, _ = read(one, two)

    assert len(desired.resources) == 2
    assert desired.state["tier"][MOTOS, "T1"].values["name"] == "a.toml"
    assert set(desired.state) == {kind.name for kind in PACK.kinds}


def test_values_take_the_form_of_their_column() -> None:
    assert canonical(Field("price", "decimal", scale=2), Decimal("59.5")) == Decimal("59.50")
    assert str(canonical(Field("price", "decimal", scale=2), 59)) == "59.00"
    assert str(canonical(Field("price", "decimal", scale=2), Decimal("59.505"))) == "59.505"
    assert str(canonical(Field("price", "decimal", scale=2), Decimal("-0.0"))) == "0.00"
    assert type(canonical(Field("sort_order", "integer"), Decimal("7.0"))) is int
    assert canonical(Field("rules", "json"), {"b": Decimal("1.50"), "a": [True]}) == Json('{"a":[true],"b":1.5}')
