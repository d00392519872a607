"""Quotes: the cheapest tier that covers, what goes with it, and what stands in the way."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from pipeline import CATALOG, commands
from pipeline.errors import UsageError
from pipeline.model.resource import Resource, State
from pipeline.packs.homologation.effective import effective
from pipeline.packs.homologation.quote import Item, Quote, Request, quote
from pipeline.packs.homologation.quote.covering import sentence
from pipeline.packs.homologation.quote.stated import DEFAULTS
from tests.builders import MOTOS, category, element, include, include_tier, state, tier
from tests.packs.homologation.quote.tariffs import requests, tariffs

ROOT = Path(__file__).parents[4]


@cache
def bundled() -> State:
    return commands.validate(ROOT / "manifests" / "homologation", CATALOG).desired["homologation"].state


def ask(rows: State, *items: str, within: str = MOTOS, text: str = "") -> Quote:
    """Ask for elements, written `CODE` or `CODE=2`."""
    parts = [item.partition("=") for item in items]
    return quote(rows, Request(within, tuple(Item(word, int(number or 1)) for word, _, number in parts), text))


def priced(code: str, price: int, **given: Any) -> Resource:
    return tier(code, name=code, price=Decimal(price), **given)


def small(*more: Resource) -> State:
    """Two elements in two tiers, the second of which is cheaper."""
    rows = [
        category(),
        element("ESCAPE", name="Escape"),
        element("FARO", name="Faro"),
        priced("T1", 30),
        priced("T2", 20),
    ]
    rows += [include(code, of) for code in ("T1", "T2") for of in ("ESCAPE", "FARO")]
    return state(*{row.address: row for row in [*rows, *more]}.values())


def reasons(found: Quote) -> dict[str, str]:
    return {refusal.tier: sentence(refusal.reason) for refusal in found.refusals}


def offered(found: Quote) -> str | None:
    return found.offer.tier if found.offer else None


@pytest.mark.parametrize(
    ("within", "items", "expected", "price"),
    [
        (MOTOS, ["ESCAPE"], "T6", "140.00"),
        (MOTOS, ["ESCAPE", "MANILLAR"], "T5", "175.00"),
        (MOTOS, ["ESCAPE=2"], "T5", "175.00"),
        (MOTOS, ["ESCAPE", "MANILLAR", "ESPEJOS"], "T4", "220.00"),
        (MOTOS, ["CARENADO"], "T3", "280.00"),
        (MOTOS, ["CARENADO", "ESCAPE", "MANILLAR"], "T3", "280.00"),
        (MOTOS, ["CARENADO", "ESCAPE", "MANILLAR", "ESPEJOS"], "T2", "325.00"),
        (MOTOS, ["CARENADO", "SUSPENSION_DEL"], "T2", "325.00"),
        (MOTOS, ["SUBCHASIS", "ESCAPE"], "T1", "410.00"),
        ("aseicars-prof", ["ANTENA_PAR"], "T6", "59.00"),
        ("aseicars-prof", ["ANTENA_PAR=3"], "T5", "65.00"),
        ("aseicars-prof", ["ANTENA_PAR=4"], "T4", "135.00"),
        ("aseicars-prof", ["NEVERA_COMPRESOR"], "T3", "180.00"),
        ("aseicars-prof", ["NEVERA_COMPRESOR", "DEPOSITO_AGUA"], "T2", "230.00"),
        ("aseicars-prof", ["PORTAMOTOS", "BACA_TECHO"], "T1", "270.00"),
        ("aseicars-prof", ["PLACA_SOLAR_SIMPLE"], "T1", "270.00"),
    ],
)
def test_bundled_tariffs(within: str, items: list[str], expected: str, price: str) -> None:
    found = ask(bundled(), *items, within=within)

    assert found.offer
    assert (found.offer.tier, str(found.offer.price)) == (expected, price)
    assert found.offer.project is (expected in ("T1", "T2", "T3"))


def test_the_cheapest_tier_wins_then_the_first_in_the_list_then_the_code() -> None:
    assert offered(ask(small(), "ESCAPE")) == "T2"
    assert offered(ask(small(priced("T2", 30, sort_order=1)), "ESCAPE")) == "T1"
    assert offered(ask(small(priced("T1", 20, sort_order=2), priced("T2", 20, sort_order=1)), "ESCAPE")) == "T2"
    equal = ask(small(priced("T1", 20)), "ESCAPE")
    assert offered(equal) == "T1"
    assert [(one.tier, one.why) for one in equal.others] == [("T2", "T1 costs the same and comes first by its code")]


def test_what_is_retired_never_counts() -> None:
    assert offered(ask(small(priced("T2", 20, active=False)), "ESCAPE")) == "T1"
    assert offered(ask(small(include("T2", "ESCAPE", active=False)), "ESCAPE")) == "T1"
    assert ask(small(element("ESCAPE", name="Escape", active=False)), "ESCAPE").unknown[0].word == "ESCAPE"
    with pytest.raises(UsageError, match="There is none at all"):
        ask(small(category(active=False)), "ESCAPE")


def test_an_unknown_category_is_told_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no category 'coches'.*There are: motos-part\."):
        ask(small(), "ESCAPE", within="coches")


def test_a_quantity_is_one_at_least() -> None:
    with pytest.raises(ValueError, match="one at least"):
        ask(small(), "ESCAPE=0")


@pytest.mark.parametrize(
    ("changed", "items", "expected"),
    [
        (
            [include("T2", "ESCAPE", active=False), priced("T2", 20, max_elements=1)],
            ["ESCAPE=2"],
            "it does not include ESCAPE",
        ),
        ([include("T2", "FARO", min_quantity=2)], ["FARO"], "1 of FARO is too few: it takes 2 or more"),
        ([include("T2", "FARO", max_quantity=1)], ["FARO=2"], "2 of FARO are too many: it takes at most 1"),
        ([include("T2", "FARO", max_quantity=0)], ["FARO"], "1 of FARO is too many: it takes none"),
        ([priced("T2", 20, min_elements=2)], ["FARO"], "1 element is too few: it takes 2 or more"),
        ([priced("T2", 20, max_elements=1)], ["FARO=2"], "2 elements are too many: it takes at most 1"),
        ([priced("T2", 20, classification_rules={"must_include": ["FARO"]})], ["ESCAPE"], "it applies only with FARO"),
        (
            [priced("T2", 20, classification_rules={"max_elements": 1})],
            ["ESCAPE", "FARO"],
            "2 elements are too many: it takes at most 1",
        ),
        (
            [priced("T2", 20, classification_rules={"groups": {"base": {"min": 1}}})],
            ["ESCAPE"],
            "0 of the group base are too few: it takes 1 or more",
        ),
        (
            [
                priced("T2", 20, classification_rules={"groups": {"base": {"max": 1}}}),
                include("T2", "FARO", group_name="base"),
            ],
            ["FARO=2"],
            "2 of the group base are too many: it takes at most 1",
        ),
    ],
)
def test_the_first_reason_why_a_tier_does_not_cover(changed: list[Resource], items: list[str], expected: str) -> None:
    found = ask(small(*changed), *items)

    assert offered(found) == "T1"
    assert reasons(found) == {"T2": expected}


def test_an_inherited_element_counts_in_the_groups_of_all_inclusions_that_brought_it() -> None:
    limited = {"groups": {"base": {"max": 1}, "otros": {"max": 0}}}
    rows = [
        priced("T0", 1, classification_rules=limited),
        include_tier("T0", "T1"),
        include("T1", "FARO", group_name="base"),
        include("T1", "ESCAPE", group_name="otros"),
    ]

    assert offered(ask(small(*rows), "FARO")) == "T0"
    assert reasons(ask(small(*rows), "FARO=2"))["T0"].startswith("2 of the group base")
    assert reasons(ask(small(*rows), "ESCAPE"))["T0"].startswith("1 of the group otros")
    own = include("T0", "ESCAPE")
    assert offered(ask(small(*rows, own), "ESCAPE")) == "T0"


def test_a_request_for_nothing_has_no_offer() -> None:
    found = ask(small())

    assert (found.offer, found.refusals, found.questions) == (None, (), ())


@given(tariffs(), requests)
def test_the_offer_is_the_cheapest_tier_that_the_rules_allow(rows: State, request: Request) -> None:
    """The rules once more, written down as plainly as they can be."""
    found = quote(rows, request)
    wanted = dict(found.items)
    allowed = [code for code in ("T1", "T2", "T3") if wanted and not found.questions and _allows(rows, code, wanted)]
    if found.unknown:
        allowed = []
    order = sorted(allowed, key=lambda code: (_row(rows, code)["price"], _row(rows, code).get("sort_order", 0), code))

    assert offered(found) == (order[0] if order else None)
    assert [one.tier for one in found.others] == order[1:]
    if wanted and not found.questions and not found.unknown:
        active = {str(key[1]) for key, row in rows["tier"].items() if row.active}
        assert {refusal.tier for refusal in found.refusals} == active - set(order)


def _row(rows: State, code: str) -> dict[str, object]:
    return dict(rows["tier"][(MOTOS,), code].values)


def _allows(rows: State, code: str, wanted: dict[str, int]) -> bool:
    import json

    home = (MOTOS,)
    found = rows["tier"][home, code]
    if not found.active:
        return False
    rules = json.loads(str(found.values.get("classification_rules", "{}")))
    least, most = found.values.get("min_elements"), found.values.get("max_elements")
    units = sum(wanted.values())
    inside = effective(rows, (home, code))
    fits = all(
        (home, one) in inside
        and (inside[home, one].minimum or 0) <= number
        and (inside[home, one].maximum is None or number <= inside[home, one].maximum)  # type: ignore[operator]  # a number or None
        for one, number in wanted.items()
    )
    counted = (least is None or units >= least) and (most is None or units <= most)  # type: ignore[operator]  # a number or None
    ruled = set(rules.get("must_include", [])) <= wanted.keys() and units <= rules.get("max_elements", units)
    if not (fits and counted and ruled):
        return False
    for name, limit in rules.get("groups", {}).items():
        held = 0
        for one, number in wanted.items():
            through = inside[home, one].through or ((home, code),)
            groups = {rows["inclusion"][tier_, (home, one)].values.get("group_name") for tier_ in through}
            held += number if name in groups else 0
        if held < limit.get("min", 0) or held > limit.get("max", held):
            return False
    return True


def test_defaults_are_those_of_the_columns() -> None:
    from pipeline.commands.catalog import complete

    (pack,) = complete([one for one in CATALOG if one.name == "homologation"])
    read = {
        "tier": ("classification_rules", "min_elements", "max_elements", "sort_order"),
        "element": (
            "keywords",
            "aliases",
            "multi_select_keywords",
            "question_hint",
            "inherit_parent_data",
            "sort_order",
        ),
        "inclusion": ("min_quantity", "max_quantity", "group_name"),
        "document": ("is_mandatory", "sort_order"),
        "service": ("sort_order",),
        "image": ("image_type", "status", "is_required", "sort_order", "user_instruction"),
        "required_field": (
            "field_type",
            "is_required",
            "options",
            "condition_operator",
            "condition_value",
            "sort_order",
        ),
        "warning": ("severity", "trigger_conditions"),
        "element_warning": ("show_condition", "threshold_quantity"),
    }
    columns = {(kind, name): pack.kind[kind].field[name].default for kind, names in read.items() for name in names}

    assert {at: value for at, value in columns.items() if value not in (None, 0, False, "{}", "[]")} == DEFAULTS
