"""Addresses whose steps may be paragraphs."""

from __future__ import annotations

from pipeline.model.address import Address
from pipeline.plan.change import Change
from pipeline.render.address import LONGEST, shown, steps
from pipeline.render.text import render
from tests.plan.small import item, plan

LONG = "The supplier delivers. " * 40


def test_each_step_is_shortened_by_itself() -> None:
    found = shown(Address("item", ((LONG,), LONG, "end")))

    assert found == f"item {LONG[: LONGEST - 1]}…/{LONG[: LONGEST - 1]}…/end"
    assert steps(("a", "b" * LONGEST)) == "a/" + "b" * LONGEST


def test_nothing_in_a_step_steers_a_terminal() -> None:
    assert shown(Address("item", (("north",), "\x1b[2J\nA"))) == "item north/\\u001b[2J⏎A"


def test_plans_show_them_so() -> None:
    change = Change("deactivate", item(LONG).address, "manifest", (), {}, active=False)

    assert max(map(len, render(plan(change)).splitlines())) < 120
