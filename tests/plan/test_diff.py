"""Why a row is written, from what the manifests want, what the row has, and what was applied last."""

from __future__ import annotations

import pytest

from pipeline.plan.change import Cause, Change, FieldChange, Record
from tests.plan.small import difference, item, label, price, rule, shop

NEVER = "never"
Liveness = tuple[str, str] | str | None


def only(found: list[Change]) -> Change:
    (change,) = found
    return change


@pytest.mark.parametrize(
    ("want", "have", "last", "cause"),
    [
        (2, 1, 1, "manifest"),
        (1, 2, 1, "drift"),
        (1, 2, 3, "conflict"),
        (1, 2, NEVER, "adopt"),
    ],
)
def test_a_field_that_differs_is_written_and_its_cause_follows_from_the_ledger(
    want: int, have: int, last: int | str, cause: Cause
) -> None:
    recorded = [] if isinstance(last, str) else [item("A", price=price(last))]
    found = difference([item("A", price=price(want))], [item("A", price=price(have))], recorded)

    change = only(found.changes)
    assert (change.action, change.cause) == ("update", cause)
    assert change.fields == (FieldChange("price", price(have), price(want), change.cause),)
    assert (found.records, found.unchanged) == ([], 0)


@pytest.mark.parametrize(("last", "recorded"), [(1, False), (2, True), (NEVER, True)])
def test_a_field_that_is_as_wanted_is_not_written_whatever_was_applied_last(last: int | str, recorded: bool) -> None:
    want = item("A", price=price(1))
    known = [] if isinstance(last, str) else [item("A", price=price(last))]
    found = difference([want], [want], known)

    assert found.changes == []
    assert found.records == ([Record(want.address, want.values, active=True)] if recorded else [])
    assert found.unchanged == 1


@pytest.mark.parametrize(
    ("want", "have", "last", "expected"),
    [
        (True, True, True, None),
        (True, True, False, "record"),
        (True, True, NEVER, "record"),
        (True, False, True, ("reactivate", "drift")),
        (True, False, False, ("reactivate", "manifest")),
        (True, False, NEVER, ("reactivate", "adopt")),
        (False, True, True, ("deactivate", "manifest")),
        (False, True, False, ("deactivate", "drift")),
        (False, True, NEVER, ("deactivate", "adopt")),
        (False, False, True, "record"),
        (False, False, False, None),
        (False, False, NEVER, "record"),
    ],
)
def test_a_declared_resource_owns_its_liveness(want: bool, have: bool, last: bool | str, expected: Liveness) -> None:
    recorded = [] if isinstance(last, str) else [item("A", active=last)]
    found = difference([item("A", active=want)], [item("A", active=have)], recorded)

    said: list[object] = [(change.action, change.cause) for change in found.changes] + ["record"] * len(found.records)
    assert said == ([] if expected is None else [expected])
    assert all(change.active == want and change.fields == () for change in found.changes)


@pytest.mark.parametrize(
    ("have", "last", "expected"),
    [
        (None, None, None),
        (None, True, "record"),
        (None, False, None),
        (True, None, None),
        (True, True, ("deactivate", "manifest")),
        (True, False, None),
        (False, None, None),
        (False, True, "record"),
        (False, False, None),
    ],
)
def test_a_resource_that_is_declared_no_more_retires_once(
    have: bool | None, last: bool | None, expected: Liveness
) -> None:
    found = difference(
        [],
        [] if have is None else [item("A", active=have, note="noted")],
        [] if last is None else [item("A", active=last, note="noted")],
    )

    said: list[object] = [(change.action, change.cause) for change in found.changes] + ["record"] * len(found.records)
    assert said == ([] if expected is None else [expected])
    entries: list[Change | Record] = [*found.changes, *found.records]
    assert all(entry.declared["note"] == "noted" and not entry.active for entry in entries)
    assert found.unmanaged == (have is not None and last is None)


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize(("last", "cause"), [(None, "manifest"), (True, "drift"), (False, "drift")])
def test_a_row_that_is_not_there_is_created(active: bool, last: bool | None, cause: Cause) -> None:
    want = item("A", active=active, price=price(1))
    found = difference([want], [], [] if last is None else [item("A", active=last)])

    assert only(found.changes) == Change("create", want.address, cause, (), want.values, active, want.origin)


@pytest.mark.parametrize(
    ("have", "last", "cause"),
    [(5, 5, "manifest"), (6, 5, "conflict"), (0, 5, None)],
    ids=["as applied", "changed since", "at the default already"],
)
def test_a_field_that_is_declared_no_more_goes_back_to_the_default(have: int, last: int, cause: Cause | None) -> None:
    found = difference([item("A")], [item("A", stock=have)], [item("A", stock=last)])

    if cause is None:
        assert (found.changes, len(found.records)) == ([], 1)
    else:
        assert only(found.changes).fields == (FieldChange("stock", have, 0, cause),)


def test_a_reference_that_is_declared_no_more_is_cleared() -> None:
    variant = item("B", parent="A")
    change = only(difference([item("A"), item("B")], [item("A"), variant], [item("A"), variant]).changes)

    assert change.fields == (FieldChange("parent", (("north",), "A"), None, "manifest"),)


@pytest.mark.parametrize(("have", "cause"), [(0, "manifest"), (9, "adopt")], ids=["the default", "somebody's"])
def test_a_field_that_is_declared_for_the_first_time(have: int, cause: Cause) -> None:
    change = only(difference([item("A", stock=5)], [item("A", stock=have)], [item("A")]).changes)

    assert change.fields == (FieldChange("stock", have, 5, cause),)


def test_a_field_that_nobody_declares_stays_as_it_is() -> None:
    found = difference([item("A")], [item("A", stock=9, note="by hand")], [item("A")])

    assert (found.changes, found.records, found.unchanged) == ([], [], 1)


def test_a_field_that_the_pack_has_no_more_is_forgotten() -> None:
    found = difference([item("A")], [item("A")], [item("A", colour="red")])

    assert found.changes == []
    assert [record.declared for record in found.records] == [item("A").values]


def test_a_change_has_the_cause_of_its_most_alarming_field() -> None:
    want = item("A", price=price(1), stock=1, note="new")
    have = item("A", price=price(2), stock=2, note="other", active=False)
    change = only(difference([want], [have], [item("A", price=price(1), stock=3, note="other")]).changes)

    assert {field.name: field.cause for field in change.fields} == {
        "price": "drift",
        "stock": "conflict",
        "note": "manifest",
    }
    assert (change.action, change.cause) == ("reactivate", "conflict")


def test_a_scope_leaves_all_else_alone() -> None:
    want = [shop(), item("A", stock=1), shop("south"), item("A", within="south", stock=1), rule("r", text="new")]
    have = [shop(), item("A"), shop("south"), item("A", within="south"), rule("r"), item("X", within="south")]
    gone = [rule("gone"), item("G", within="south")]
    found = difference(want, [*have, *gone], [*have[:-1], *gone], scope="north")

    assert [str(change.address) for change in found.changes] == ["item north/A"]
    assert (found.unchanged, found.unmanaged) == (1, 0)


def test_labels_of_a_dropped_item_retire_with_it() -> None:
    rows_now = [item("A"), label("A", "x")]
    found = difference([], rows_now, rows_now)

    assert {str(change.address) for change in found.changes} == {"item north/A", "label north/A/x"}
