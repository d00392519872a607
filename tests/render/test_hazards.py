"""Hazards as people read them."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given

from pipeline.model.address import Address
from pipeline.plan.allowance import Allowance
from pipeline.plan.change import Hazard, HazardName, Plan
from pipeline.render.hazards import refusal
from pipeline.render.text import render
from tests.plan.small import item, plan, rule
from tests.render.test_escape import ANYTHING
from tests.render.test_text import is_clean

ITEMS = tuple(item(f"I{number:02}").address for number in range(12))


def with_hazards(*hazards: Hazard) -> Plan:
    """A plan with nothing but hazards."""
    return replace(plan(), hazards=hazards)


def lines(*hazards: Hazard) -> list[str]:
    """What stands under the summary."""
    return render(with_hazards(*hazards)).splitlines()[2:]


def test_a_hazard_names_rule_numbers_rows_and_flag() -> None:
    assert lines(Hazard("mass-deactivation", ITEMS, "item", "north", 20, 30)) == [
        "1 hazard: apply refuses the plan unless it is told to allow it.",
        "  ! mass-deactivation: 12 of 20 active rows of kind item in north (60.0 %, the limit is 30 %)"
        " would be deactivated",
        *(f"      item north/I{number:02}" for number in range(10)),
        "      … and 2 more",
        "      allow it with --allow mass-deactivation:item=12",
    ]


@pytest.mark.parametrize(
    ("hazard", "said"),
    [
        (Hazard("drift", ITEMS[:1]), "drift: 1 row changed outside the manifests would be set back"),
        (
            Hazard("conflict", ITEMS[:2]),
            "conflict: 2 rows changed in the manifests and outside them would be overwritten",
        ),
        (Hazard("protected", ITEMS[:2]), "protected: 2 rows protected from retiring would be deactivated"),
        (Hazard("in-use", ITEMS[:1], notes=("1 open case: 17",)), "in-use: 1 row still in use would be deactivated"),
        (
            Hazard("mass-update", ITEMS, "item", None, 12, 33.5),
            "mass-update: all 12 active rows of kind item (100.0 %, the limit is 33.5 %) would change",
        ),
        (
            Hazard("mass-deactivation", ITEMS[:1], "item", "north", 1, 30),
            "mass-deactivation: the only active row of kind item in north (100.0 %, the limit is 30 %)"
            " would be deactivated",
        ),
        (
            Hazard("price-change", ITEMS[:1], "item", None, 0, 12.5, ("1.00 -> 2.00 (+100.0 %)",)),
            "price-change: 1 row of kind item would change in price by more than 12.5 %",
        ),
        (
            Hazard("price-impact", ITEMS[:2], limit=50, notes=("5 quotes, +1.00", "1 quote, +1.00")),
            "price-impact: 2 rows would change quotes in price by more than 50 %",
        ),
        (
            Hazard("price-impact", ITEMS[:1], limit=50, requests=1412, most=1000),
            "price-impact: 1 row would change 1,412 quotes in price (the limit is 1,000), some by more than 50 %",
        ),
        (
            Hazard("price-impact", ITEMS[:1], requests=1),
            "price-impact: 1 row would change 1 quote in price",
        ),
        (
            Hazard("unquotable", ITEMS[:1], requests=1),
            "unquotable: 1 row would make 1 quote that is possible now impossible",
        ),
        (
            Hazard("unquotable", ITEMS[:2], requests=35, most=12),
            "unquotable: 2 rows would make 35 quotes that are possible now impossible (the limit is 12)",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Hazard) else "",
)
def test_what_each_says(hazard: Hazard, said: str) -> None:
    assert lines(hazard)[1] == f"  ! {said}"


def test_a_note_stands_beside_its_row() -> None:
    notes = ("1.00 -> 2.00 (+100.0 %)", "0.00 -> 2.00")
    shown = lines(Hazard("price-change", ITEMS[:2], "item", None, 0, 10, notes))

    assert shown[2:4] == ["      item north/I00 1.00 -> 2.00 (+100.0 %)", "      item north/I01 0.00 -> 2.00"]


def test_an_apply_shows_what_passes_and_leaves_the_rest_to_the_refusal() -> None:
    drift, mass = Hazard("drift", ITEMS[:1]), Hazard("mass-update", ITEMS[:2], "item", "north", 2, 30)
    found = with_hazards(drift, mass)

    assert render(found, allowed=[Allowance("drift")]).splitlines()[1:] == [
        "",
        "  ! drift: 1 row changed outside the manifests would be set back (allowed)",
        "      item north/I00",
    ]
    assert render(found, allowed=[]).splitlines()[1:] == []


def test_a_refusal_has_what_is_left_and_all_the_flags() -> None:
    drift, north = Hazard("drift", (rule("R").address,)), Hazard("mass-update", ITEMS[:2], "item", "north", 2, 30)
    south = north._replace(scope="south", rows=(ITEMS[2],), of=1)

    assert refusal(with_hazards(drift, north, south), [north, south]) == (
        "The plan for small has 2 hazards that are not allowed. Nothing was applied.\n"
        "  ! mass-update: all 2 active rows of kind item in north (100.0 %, the limit is 30 %) would change\n"
        "      item north/I00\n"
        "      item north/I01\n"
        "      allow it with --allow mass-update:item=3\n"
        "  ! mass-update: the only active row of kind item in south (100.0 %, the limit is 30 %) would change\n"
        "      item north/I02\n"
        "      allow it with --allow mass-update:item=3\n"
        "If all of this is meant, apply again with --allow mass-update:item=3"
    )


def test_every_hazard_can_be_said() -> None:
    for name in get_args(HazardName):
        assert f"! {name}: " in refusal(with_hazards(), [Hazard(name, ITEMS[:1], "item", "north", 1, 30)])


@given(ANYTHING, ANYTHING)
def test_no_control_character_gets_through(code: str, scope: str) -> None:
    row = Address("item", ((scope,), code))
    hazard = Hazard("mass-update", (row,), "item", scope, 1, 30, (code,))

    assert is_clean(render(with_hazards(hazard)))
    assert is_clean(refusal(with_hazards(hazard), [hazard]))
    assert len(refusal(with_hazards(hazard), [hazard]).splitlines()) == 5
