"""What was changed past the pipeline, seen from the ledger alone."""

from __future__ import annotations

from decimal import Decimal

from pipeline.model.resource import Resource
from pipeline.plan.drift import Drift, FieldDrift, Status, status
from tests.plan.small import PACK, item, ledger, rows, rule, shop

A = item("A", stock=1)


def seen(have: list[Resource], last: list[Resource], scope: str | None = None) -> Status:
    return status(PACK, scope, rows(*have), ledger(*last))


def test_what_is_as_applied_is_no_drift() -> None:
    found = seen([shop(), A, item("B"), item("C", active=False)], [shop(), A, item("C", active=False)])

    assert found.drifts == ()
    assert {tuple(standing) for standing in found.standings} == {
        ("shop", 1, 0, 0, 0),
        ("item", 1, 1, 1, 0),
        ("label", 0, 0, 0, 0),
        ("rule", 0, 0, 0, 0),
    }
    assert [standing.kind for standing in found.standings] == [kind.name for kind in PACK.kinds]


def test_only_owned_fields_drift() -> None:
    (drift,) = seen([item("A", stock=5, note="by hand")], [A]).drifts

    assert drift == Drift(A.address, "changed", (FieldDrift("stock", 1, 5),))


def test_rows_that_vanished_or_were_retired_or_revived() -> None:
    hidden = item("B", active=False)
    found = seen([item("B"), item("C", active=False, stock=2)], [A, hidden, item("C", stock=1)])

    assert found.drifts == (
        Drift(A.address, "vanished"),
        Drift(hidden.address, "revived"),
        Drift(item("C").address, "retired", (FieldDrift("stock", 1, 2),)),
    )
    assert found.standings[1][1:] == (2, 1, 0, 3)


def test_what_retired_is_owned_no_more() -> None:
    hidden = item("B", active=False, stock=1)

    assert seen([item("B", active=False, stock=7)], [hidden]).drifts == ()
    assert seen([], [hidden]).drifts == ()


def test_a_number_that_is_none_differs_from_numbers_only() -> None:
    odd = item("A", price=Decimal("NaN"))

    assert seen([odd], [odd]).drifts == ()
    assert seen([odd], [item("A", price=Decimal("1.00"))]).drifts


def test_one_scope_leaves_out_the_others_and_what_lies_in_none() -> None:
    have = [shop(), shop("south"), A, item("A", within="south"), rule("r")]
    found = seen(have, [], "south")

    assert [tuple(standing) for standing in found.standings] == [
        ("shop", 0, 0, 1, 0),
        ("item", 0, 0, 1, 0),
        ("label", 0, 0, 0, 0),
    ]
