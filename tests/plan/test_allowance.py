"""Which hazards an allowance lets pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import EXIT_USAGE, UsageError
from pipeline.plan.allowance import Allowance, allowance, on_record, refused
from pipeline.plan.change import HAZARDS, Hazard
from tests.plan.small import item, label, rule

KINDS = ("shop", "item", "label", "rule")
ITEMS = tuple(item(code).address for code in "ABC")
SOUTH = tuple(item(code, within="south").address for code in "AB")
NORTHERN = Hazard("mass-deactivation", ITEMS, "item", "north", 3, 30)
SOUTHERN = Hazard("mass-deactivation", SOUTH, "item", "south", 2, 30)
DRIFT = Hazard("drift", (*ITEMS, label("A", "x").address, rule("R").address))


def allowed(text: str) -> list[Allowance]:
    """Allowances, separated by spaces."""
    return [allowance(part, KINDS) for part in text.split()]


@pytest.mark.parametrize("text", ["drift", "mass-update:item", "protected=0", "price-change:rule=12"])
def test_reads_as_it_is_written(text: str) -> None:
    assert str(allowance(text, KINDS)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("all", f"there is no hazard 'all'. Known: {', '.join(HAZARDS)}."),
        ("Drift", "there is no hazard 'Drift'."),
        (" drift", "there is no hazard ' drift'."),
        ("drift:items", "there is no kind 'items'. Known: shop, item, label, rule."),
        ("drift:item:label", "there is no hazard"),
        ("drift=3:item", "'3:item' is no number of rows."),
        ("drift=", "'' is no number of rows."),
        ("drift=1.5", "'1.5' is no number of rows."),
        ("drift=1000000000", "is no number of rows."),
        ("drift=1\n", "is no number of rows."),
    ],
)
def test_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        allowance(text, KINDS)

    assert str(caught.value).startswith(f"--allow {text}: ")
    assert said in str(caught.value)
    assert caught.value.exit_code == EXIT_USAGE


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", [DRIFT, NORTHERN, SOUTHERN]),
        ("drift", [NORTHERN, SOUTHERN]),
        ("drift=5", [NORTHERN, SOUTHERN]),
        ("drift=4", [DRIFT, NORTHERN, SOUTHERN]),
        ("drift:item", [DRIFT, NORTHERN, SOUTHERN]),
        ("drift:item drift:label drift:rule=1", [NORTHERN, SOUTHERN]),
        ("drift:item=2 drift:label drift:rule", [DRIFT, NORTHERN, SOUTHERN]),
        ("drift=4 drift:item=3 drift:label=1 drift:rule=1", [NORTHERN, SOUTHERN]),
        ("mass-deactivation:item=5", [DRIFT]),
        ("mass-deactivation:item=4", [DRIFT, NORTHERN, SOUTHERN]),
        ("mass-deactivation:item=3 mass-deactivation:item=2", [DRIFT, NORTHERN, SOUTHERN]),
        ("mass-deactivation:item=4 mass-deactivation", [DRIFT]),
        ("mass-deactivation:label", [DRIFT, NORTHERN, SOUTHERN]),
        ("mass-update", [DRIFT, NORTHERN, SOUTHERN]),
    ],
)
def test_a_hazard_passes_when_every_row_is_allowed(text: str, left: list[Hazard]) -> None:
    assert refused([DRIFT, NORTHERN, SOUTHERN], allowed(text)) == left


@given(st.integers(0, 10), st.booleans())
def test_one_row_more_than_the_ceiling_is_refused(ceiling: int, named: bool) -> None:
    given_ = Allowance("mass-deactivation", "item" if named else None, ceiling)

    assert refused([NORTHERN, SOUTHERN], [given_]) == ([] if ceiling >= 5 else [NORTHERN, SOUTHERN])


def test_on_record_is_what_let_something_pass() -> None:
    given_ = allowed("drift:item=9 drift:item=9 drift:label drift:shop drift:rule=0 mass-update mass-deactivation")

    assert on_record([DRIFT, NORTHERN, SOUTHERN], given_) == [
        {"name": "drift", "kind": "item", "ceiling": 9, "rows": 3},
        {"name": "drift", "kind": "label", "ceiling": None, "rows": 1},
        {"name": "mass-deactivation", "kind": None, "ceiling": None, "rows": 5},
    ]
