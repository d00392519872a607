"""What takes a run back: rows and ledger as they were, and nothing lost unnoticed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import pytest

from pipeline.errors import RollbackError
from pipeline.model.address import Address
from pipeline.model.resource import Recorded, Resource
from pipeline.model.values import Declared
from pipeline.plan.change import Change, Record, is_forgotten
from pipeline.plan.diff import Difference
from pipeline.plan.past import Entry, Run
from pipeline.plan.rollback import inverse
from tests.plan.small import PACK, difference, item, label, ledger, price, rows, shop

RUN = Run(7, "small", datetime(2026, 3, 4, tzinfo=UTC), "ana", "ana", None, None, None, None, None, (), {}, False)
Resources = list[Resource]


def deeds(want: Resources, have: Resources, last: Resources) -> list[Entry]:
    """What an apply of these manifests leaves in the change log."""
    done, recorded = difference(want, have, last), ledger(*last)

    def before(address: Address) -> Recorded | None:
        return recorded[address.kind].get(address.key)

    changes = [
        Entry(c.address, c.action, c.cause, c.fields, c.declared, c.active, c.protected, before(c.address))
        for c in done.changes
    ]
    return changes + [
        Entry(r.address, "record", "manifest", (), r.declared, r.active, r.protected, before(r.address))
        for r in done.records
    ]


def take_back(entries: list[Entry], have: Resources, last: Resources, newer: Collection[Address] = ()) -> Difference:
    return inverse(RUN, entries, rows(*have), ledger(*last), newer, PACK)


def only(found: Difference) -> Change:
    assert not found.records
    (change,) = found.changes
    return change


def noted(found: Difference) -> Record:
    assert not found.changes
    (record,) = found.records
    return record


OLD, NEW = item("A", stock=1, price=price(5)), item("A", stock=2, price=price(5))


def test_an_update_goes_back_and_so_does_the_ledger() -> None:
    change = only(take_back(deeds([NEW], [OLD], [OLD]), [NEW], [NEW]))

    assert (change.action, change.cause, change.active) == ("update", "manifest", True)
    assert [tuple(field) for field in change.fields] == [("stock", 2, 1, "manifest")]
    assert change.declared == OLD.values


def test_what_was_created_retires_and_stays_known() -> None:
    change = only(take_back(deeds([NEW], [], []), [NEW], [NEW]))

    assert (change.action, change.cause, change.active, change.fields) == ("deactivate", "manifest", False, ())
    assert change.declared == NEW.values


def test_what_was_retired_comes_back() -> None:
    gone = NEW._replace(active=False)

    change = only(take_back(deeds([], [NEW], [NEW]), [gone], [gone]))

    assert (change.action, change.cause, change.active) == ("reactivate", "manifest", True)
    assert change.declared == NEW.values


def test_what_was_brought_back_retires_with_its_old_values() -> None:
    gone = OLD._replace(active=False)

    change = only(take_back(deeds([NEW], [gone], [gone]), [NEW], [NEW]))

    assert (change.action, change.active) == ("deactivate", False)
    assert [tuple(field)[:3] for field in change.fields] == [("stock", 2, 1)]
    assert change.declared == OLD.values


def test_a_row_that_was_adopted_is_nobodys_again() -> None:
    change = only(take_back(deeds([NEW], [OLD], []), [NEW], [NEW]))
    assert [tuple(field)[:3] for field in change.fields] == [("stock", 2, 1)]
    assert is_forgotten(change)

    record = noted(take_back(deeds([NEW], [NEW], []), [NEW], [NEW]))
    assert is_forgotten(record)
    assert record.declared == {}


def test_what_was_only_noted_is_noted_as_before() -> None:
    record = noted(take_back(deeds([NEW], [NEW], [OLD]), [NEW], [NEW]))

    assert (record.declared, record.active) == (OLD.values, True)


def test_nothing_is_left_to_do_the_second_time() -> None:
    found = take_back(deeds([NEW], [OLD], [OLD]), [OLD], [OLD])

    assert (found.changes, found.records, found.unchanged) == ([], [], 1)


@pytest.mark.parametrize("last", [NEW, item("A", stock=3, price=price(5))], ids=["by hand", "by a later run"])
def test_a_field_that_was_changed_since_is_a_conflict(last: Resource) -> None:
    now = item("A", stock=3, price=price(5))

    change = only(take_back(deeds([NEW], [OLD], [OLD]), [now], [last]))

    assert change.cause == "conflict"
    assert [tuple(field) for field in change.fields] == [("stock", 3, 1, "conflict")]
    assert change.declared == OLD.values


def test_what_later_runs_wrote_to_other_fields_stays() -> None:
    later = item("A", stock=2, price=price(9), note="x")

    change = only(take_back(deeds([NEW], [OLD], [OLD]), [later], [later]))

    assert change.cause == "manifest"
    assert change.declared == {**OLD.values, "price": price(9), "note": "x"}


def test_a_field_that_was_taken_over_is_let_go_and_one_let_go_is_taken_over() -> None:
    bare, full = item("A", price=price(5)), item("A", price=price(5), stock=4)

    assert only(take_back(deeds([full], [bare], [bare]), [full], [full])).declared == bare.values
    assert only(take_back(deeds([bare], [full], [full]), [bare], [bare])).declared == full.values


def test_retiring_what_was_changed_since_is_a_conflict() -> None:
    now = item("A", stock=2, price=price(6))

    assert only(take_back(deeds([NEW], [], []), [now], [NEW])).cause == "conflict"


def test_an_update_of_what_was_retired_since_is_a_conflict_and_does_not_bring_it_back() -> None:
    change = only(take_back(deeds([NEW], [OLD], [OLD]), [NEW._replace(active=False)], [NEW]))

    assert (change.action, change.cause, change.active) == ("update", "conflict", False)


def test_retiring_what_newer_rows_need_is_a_conflict() -> None:
    entries = deeds([shop(), NEW], [shop()], [shop()])
    tag = label("A", "x")

    assert only(take_back(entries, [shop(), NEW, tag], [shop(), NEW, tag])).cause == "manifest"
    assert only(take_back(entries, [shop(), NEW, tag], [shop(), NEW, tag], [tag.address])).cause == "conflict"
    retired = tag._replace(active=False)
    assert only(take_back(entries, [shop(), NEW, retired], [shop(), NEW], [tag.address])).cause == "manifest"


def test_a_vanished_row_is_made_again_where_it_was_in_use() -> None:
    updated = deeds([shop(), NEW], [shop(), OLD], [shop(), OLD])
    change = only(take_back(updated, [shop()], [shop(), NEW]))
    assert (change.action, change.cause, change.declared) == ("create", "conflict", OLD.values)

    record = noted(take_back(deeds([NEW], [], []), [], [NEW]))
    assert (record.active, record.declared) == (False, NEW.values)

    hidden = NEW._replace(active=False)
    retired_again = deeds([hidden], [NEW], [hidden])
    found = take_back(retired_again, [], [hidden])
    assert (found.changes, found.records) == ([], [])


def test_protection_goes_back() -> None:
    guarded = NEW._replace(protected=True)

    record = noted(take_back(deeds([NEW], [NEW], [guarded]), [NEW], [NEW]))

    assert record.protected


def test_a_reference_to_what_is_gone_stops_the_rollback() -> None:
    under, alone = item("B", parent="A"), item("B")
    entries = deeds([shop(), alone], [shop(), OLD, under], [shop(), under])

    assert only(take_back(entries, [shop(), OLD, alone], [shop(), alone])).fields[0].after == (("north",), "A")
    with pytest.raises(RollbackError, match="item north/B referred to item north/A, which is gone"):
        take_back(entries, [shop(), alone], [shop(), alone])


def test_what_cannot_be_understood_stops_the_rollback() -> None:
    (entry,) = deeds([NEW], [OLD], [OLD])
    with pytest.raises(RollbackError, match="Run 7 cannot be taken back: the pack small has no kind gadget any more"):
        take_back([entry._replace(address=Address("gadget", ("A",)))], [NEW], [NEW])
    with pytest.raises(RollbackError, match="an older version of the pipeline"):
        take_back([entry._replace(recorded=None)], [NEW], [NEW])
    with pytest.raises(RollbackError, match="item north/A is not known any more"):
        take_back([entry], [], [])


def test_what_was_forgotten_since_stays_forgotten() -> None:
    change = only(take_back(deeds([NEW], [OLD], [OLD]), [NEW], []))

    assert change.declared == Declared()
    assert is_forgotten(change)


def test_a_column_that_is_gone_is_left_out() -> None:
    (entry,) = deeds([NEW], [OLD], [OLD])
    colour = entry.fields[0]._replace(name="colour")

    change = only(take_back([entry._replace(fields=(colour, *entry.fields))], [NEW], [NEW]))

    assert [field.name for field in change.fields] == ["stock"]
