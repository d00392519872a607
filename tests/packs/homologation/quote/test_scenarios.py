"""What scenarios expect of quotes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from pipeline.commands import validate
from pipeline.config import bundled
from pipeline.errors import UsageError
from pipeline.model.probe import Example, Mismatch
from pipeline.model.resource import Origin, State
from pipeline.packs import CATALOG
from pipeline.packs.homologation.quote import Item, Request, quote
from pipeline.packs.homologation.quote.probes import PROBES
from pipeline.packs.homologation.quote.scenarios import EXAMPLES, documents
from tests.builders import (
    MOTOS,
    PACK,
    category,
    document,
    element,
    image,
    include,
    link,
    state,
    tier,
    warning,
)
from tests.packs.homologation.quote.tariffs import requests, tariffs

BUNDLED = bundled("schemas").parent / "manifests" / "homologation"
STATE = state(
    category(),
    tier("T1", price=Decimal("410.00"), sort_order=1, classification_rules={"requires_project": True}),
    tier("T6", price=Decimal("140.00"), sort_order=2, max_elements=1, classification_rules={"requires_project": False}),
    element("ESCAPE", name="Escape", keywords=["tubo de escape"]),
    element("MANILLAR", name="Manillar"),
    element("LUCES", name="Luces", question_hint="¿Cuáles?"),
    element("FARO", name="Faro", parent="LUCES"),
    element("PILOTO", name="Piloto", parent="LUCES"),
    element("SIDECAR", name="Sidecar"),
    *(include(of, code) for of in ("T1", "T6") for code in ("ESCAPE", "MANILLAR", "FARO", "PILOTO")),
    warning("aviso", of="ESCAPE", message="Ojo."),
    link("ESCAPE", "aviso", show_condition="always"),
    document("ficha", title="Ficha"),
    image("ESCAPE", "Vista", image_type="required_document"),
)


def example(expect: Mapping[str, Any], codes: Mapping[str, int] | None = None, text: str = "") -> Example:
    asked = {"request": codes} if codes else {}
    said = {"text": text} if text else {}
    entry = {"name": "x", **asked, **said, "expect": expect}
    return Example("x", MOTOS, entry, Origin("scenarios.toml", ("scenarios", 0)))


def wrong(
    expect: Mapping[str, Any], codes: Mapping[str, int] | None = None, text: str = "", found: State = STATE
) -> list[Mismatch]:
    (mismatches,) = EXAMPLES.run(PACK, found, [example(expect, codes, text)])
    return list(mismatches)


@pytest.mark.parametrize(
    ("expect", "codes"),
    [
        ({"tier": "T6", "price": 140, "project": False, "warnings": [], "documents": ["ficha"]}, {"MANILLAR": 1}),
        ({"price": Decimal("140.0")}, {"MANILLAR": 1}),
        ({"tier": "T1", "project": True, "warnings": ["aviso"]}, {"ESCAPE": 1, "MANILLAR": 1}),
        ({"documents": ["ESCAPE/Vista", "ficha"]}, {"ESCAPE": 1}),
        ({"elements": {"MANILLAR": 1, "ESCAPE": 2}}, {"ESCAPE": 2, "MANILLAR": 1}),
        ({"question": "LUCES"}, {"LUCES": 1}),
        ({"question": "LUCES", "elements": {"ESCAPE": 1}}, {"LUCES": 1, "ESCAPE": 1}),
        ({"impossible": True}, {"SIDECAR": 1}),
    ],
)
def test_what_is_as_expected_passes(expect: dict[str, Any], codes: dict[str, int]) -> None:
    assert wrong(expect, codes) == []


@pytest.mark.parametrize(
    ("expect", "codes", "expected", "actual"),
    [
        ({"tier": "T1"}, {"MANILLAR": 1}, "T1", "T6"),
        ({"tier": "T1"}, {"SIDECAR": 1}, "T1", "no tier"),
        ({"tier": "T1"}, {"LUCES": 1}, "T1", "the question which LUCES"),
        ({"price": Decimal("140.01")}, {"MANILLAR": 1}, "140.01", "140.00"),
        ({"price": Decimal("140.001")}, {"MANILLAR": 1}, "140.001", "140.00"),
        ({"price": 1}, {"SIDECAR": 1}, "1.00", "no tier"),
        ({"project": True}, {"MANILLAR": 1}, "required", "not required"),
        ({"project": False}, {"SIDECAR": 1}, "not required", "no tier"),
        ({"warnings": []}, {"ESCAPE": 1}, "none", "aviso"),
        ({"warnings": ["aviso", "otro"]}, {"ESCAPE": 1}, "aviso, otro", "aviso"),
        ({"documents": ["ficha"]}, {"ESCAPE": 1}, "ficha", "ESCAPE/Vista, ficha"),
        ({"elements": {"ESCAPE": 1}}, {"ESCAPE": 2}, "ESCAPE", "ESCAPE ×2"),
        ({"question": "LUCES"}, {"ESCAPE": 1}, "LUCES", "none"),
        ({"question": "FARO"}, {"LUCES": 1}, "FARO", "LUCES"),
        ({"impossible": True}, {"ESCAPE": 1}, "yes", "tier T6"),
        ({"impossible": True}, {"LUCES": 1}, "yes", "the question which LUCES"),
    ],
)
def test_what_is_not_as_expected_is_told(
    expect: dict[str, Any], codes: dict[str, int], expected: str, actual: str
) -> None:
    (what,) = expect

    assert wrong(expect, codes) == [Mismatch(what, expected, actual, ("expect", what))]


@pytest.mark.parametrize(
    ("text", "code"),
    [("quiero un TUBO de escape", "ESCAPE"), ("Fáro", "FARO"), ("el manillar, por favor", "MANILLAR")],
)
def test_texts_are_understood_as_in_a_quote(text: str, code: str) -> None:
    assert wrong({"tier": "T6", "elements": {code: 1}}, text=text) == []


@pytest.mark.parametrize("text", ["sidecares", "hola"])
def test_a_text_about_nothing_is_never_as_expected(text: str) -> None:
    (found,) = wrong({"impossible": True}, text=text)

    assert (found.what, found.expected, found.at) == ("text", "an element", ("text",))


def test_a_retired_category_makes_no_quote() -> None:
    retired: State = {**STATE, "category": {(MOTOS,): category(active=False)}}

    (found,) = wrong({"tier": "T6"}, {"ESCAPE": 1}, found=retired)

    assert found.actual == f"none: the category {MOTOS} is retired"


def test_a_request_is_what_the_scenario_asks() -> None:
    asked = EXAMPLES.request(example({"tier": "T6"}, {"ESCAPE": 2}, "con faro"))

    assert asked == Request(MOTOS, (Item("ESCAPE", 2),), "con faro")


def test_a_request_for_one_of_each_is_one_of_the_probes() -> None:
    asked = EXAMPLES.request(example({"tier": "T5"}, {"MANILLAR": 1, "ESCAPE": 1}))

    (enumerated,) = PROBES.requests(STATE, STATE, 10_000)
    assert asked in enumerated.requests


def test_a_record_says_codes_also_where_words_were_given() -> None:
    entry = EXAMPLES.record(PACK, STATE, MOTOS, ["Tubo de escape=2", "MANILLAR", "escape"], None, None)

    assert entry == {
        "name": "ESCAPE ×3, MANILLAR",
        "request": {"ESCAPE": 3, "MANILLAR": 1},
        "expect": {"tier": "T1", "price": Decimal("410.00"), "project": True, "warnings": ["aviso"]},
    }


@pytest.mark.parametrize(
    ("words", "text", "expect"),
    [(["LUCES"], None, {"question": "LUCES"}), ([], "sidecar", {"impossible": True})],
)
def test_a_record_also_says_what_is_asked_and_what_is_impossible(
    words: list[str], text: str | None, expect: dict[str, Any]
) -> None:
    entry = EXAMPLES.record(PACK, STATE, MOTOS, words, text, "x")

    assert entry["expect"] == expect
    assert entry["name"] == "x"


@given(tariffs(), requests)
def test_what_was_recorded_passes(found: State, asked: Request) -> None:
    try:
        words = [f"{item.word}={item.quantity}" for item in asked.items]
        entry = EXAMPLES.record(PACK, found, MOTOS, words, None, None)
    except UsageError:
        return  # it names what is retired
    (mismatches,) = EXAMPLES.run(PACK, found, [Example(entry["name"], MOTOS, entry, Origin("a.toml"))])

    assert mismatches == []


@given(tariffs(), requests)
def test_exactly_what_the_quote_says_passes(found: State, asked: Request) -> None:
    made = quote(found, asked)
    codes = {item.word: item.quantity for item in made.items}
    if made.offer is None:
        kinds = {item.word: item.quantity for item in asked.items}
        told = [one.what for one in wrong({"tier": "T1", "impossible": True}, kinds, found=found)]
        assert told == (["request"] if made.unknown else ["tier", "impossible"] if made.questions else ["tier"])
        return
    said: dict[str, Any] = {
        "tier": made.offer.tier,
        "price": made.offer.price,
        "warnings": [one.code for one in made.warnings],
        "documents": documents(made),
        "elements": codes,
    }
    other = {
        "tier": "T9",
        "price": made.offer.price + 1,
        "warnings": [*said["warnings"], "other"],
        "documents": [*said["documents"], "other"],
        "elements": {**codes, "OTHER": 1},
        "question": "LUCES",
        "impossible": True,
    }

    assert wrong(said, codes, found=found) == []
    assert {one.what for one in wrong(other, codes, found=found)} == set(other)


def test_the_bundled_scenarios_cover_every_tier_and_ask_questions() -> None:
    validation = validate(BUNDLED.parent, CATALOG)
    desired = validation.desired["homologation"]

    for (slug,) in desired.state["category"]:
        own = [one for one in desired.examples if one.scope == slug]
        expected = {one.entry["expect"].get("tier") for one in own} - {None}
        assert len(own) >= 30
        assert expected == {key[-1] for key in desired.state["tier"] if key[0] == (slug,)}
        assert sum("question" in one.entry["expect"] for one in own) >= 3
        assert sum("text" in one.entry for one in own) >= 10
        assert sum("warnings" in one.entry["expect"] for one in own) >= 8
