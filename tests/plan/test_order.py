"""The order in which a plan can be carried out row by row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.resource import Resource
from pipeline.plan.change import Change, Record
from pipeline.plan.order import ordered, ordered_records
from tests.plan.small import PACK, difference, item, label, price, rows, rule, shop, state

WANT = [
    shop(),
    item("NEW", parent="BASE"),
    item("BASE", parent="ROOT"),
    item("ROOT"),
    item("KEPT", price=price(2)),
    label("NEW", "x"),
    label("ROOT", "y"),
    rule("r"),
]
HAVE = [
    item("KEPT", price=price(1)),
    item("OLD_CHILD", parent="OLD"),
    item("OLD"),
    label("OLD", "z"),
    label("OLD_CHILD", "a"),
]
EXPECTED = [
    "create shop north",
    "create item north/ROOT",
    "create item north/BASE",
    "create item north/NEW",
    "create label north/NEW/x",
    "create label north/ROOT/y",
    "create rule r",
    "update item north/KEPT",
    "deactivate label north/OLD/z",
    "deactivate label north/OLD_CHILD/a",
    "deactivate item north/OLD_CHILD",
    "deactivate item north/OLD",
]
CHANGES = difference(WANT, HAVE, HAVE).changes


def said(changes: tuple[Change, ...]) -> list[str]:
    return [f"{change.action} {change.address}" for change in changes]


@given(st.permutations(CHANGES), st.permutations(WANT), st.permutations(HAVE))
def test_parents_come_first_and_retire_last_whatever_the_order_they_were_found_in(
    changes: list[Change], want: list[Resource], have: list[Resource]
) -> None:
    assert said(ordered(changes, state(*want), rows(*have), PACK)) == EXPECTED


def test_a_cycle_in_the_rows_does_not_hang() -> None:
    have = [item("A", parent="B"), item("B", parent="A")]
    changes = difference([], have, have).changes

    assert said(ordered(changes, state(), rows(*have), PACK)) == ["deactivate item north/A", "deactivate item north/B"]


@given(st.permutations([rule("r"), label("A", "x"), item("B"), item("A"), shop()]))
def test_records_are_sorted_by_kind_and_address(found: list[Resource]) -> None:
    records = [Record(resource.address, {}, active=True) for resource in found]
    said = [str(record.address) for record in ordered_records(records, PACK)]

    assert said == ["shop north", "item north/A", "item north/B", "label north/A/x", "rule r"]
