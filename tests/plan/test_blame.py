"""Where values come from, by the runs that touched a resource."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.model.address import Address
from pipeline.model.resource import Recorded, Resource
from pipeline.model.values import Declared, Value
from pipeline.plan.blame import Account, account, named
from pipeline.plan.change import FieldChange
from pipeline.plan.past import Entry, Run, Touch
from tests.plan.small import ITEM, item, ledger, rows, shop

A = item("A", stock=2, note="x")
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def touch(number: int, entry: Entry) -> Touch:
    return Touch(Run(number, "small", NOON, "ana", "ana", None, None, None, None, None, (), {}, False), entry)


def entry(action: str, declared: dict[str, Value], held: dict[str, Value] | None, *fields: FieldChange) -> Entry:
    recorded = None if held is None else Recorded(True, "", False, Declared(held))
    return Entry(A.address, action, "manifest", fields, declared, True, False, recorded)  # type: ignore[arg-type]  # an action


CREATED = touch(1, entry("create", {"stock": 1, "note": "x"}, None))
STOCKED = FieldChange("stock", 1, 2, "manifest")
UPDATED = touch(2, entry("update", {"stock": 2, "note": "x"}, {"stock": 1, "note": "x"}, STOCKED))


def told(*touches: Touch, only: str | None = None, have: Resource | None = A, last: Resource | None = A) -> Account:
    row = rows(have)["item"][A.address.key] if have else None
    recorded = ledger(last)["item"][A.address.key] if last else None
    return account(ITEM, A.address, only, row, recorded, touches)


def origins(found: Account) -> dict[str, tuple[str, int | None]]:
    return {source.name: (source.how, source.touch.run.number if source.touch else None) for source in found.sources}


def test_the_newest_run_that_wrote_a_value_is_told() -> None:
    assert origins(told(UPDATED, CREATED)) == {"note": ("created", 1), "stock": ("set", 2), "active": ("created", 1)}


def test_the_parts_of_the_key_are_told_only_when_asked_for() -> None:
    (source,) = told(UPDATED, CREATED, only="shop").sources
    assert (source.name, source.now, source.owned) == ("shop", ("north",), True)


def test_what_stood_there_already() -> None:
    adopted = touch(3, entry("record", {"stock": 2, "note": "x"}, None))
    assert origins(told(adopted)) == {"note": ("found", 3), "stock": ("found", 3), "active": ("found", 3)}
    follows = touch(4, entry("record", {"stock": 2, "note": "x"}, {"stock": 1, "note": "x"}))
    assert origins(told(follows, CREATED, only="stock")) == {"stock": ("found", 4)}


def test_pruned_details_leave_the_oldest_that_is_known() -> None:
    assert origins(told(UPDATED)) == {"note": ("unknown", 2), "stock": ("set", 2), "active": ("unknown", 2)}
    assert origins(told(only="note")) == {"note": ("unknown", None)}


def test_a_field_that_nobody_declares() -> None:
    (source,) = told(UPDATED, CREATED, only="parent").sources
    assert (source.how, source.owned, source.now) == ("unknown", False, None)
    released = touch(
        5, entry("update", {"stock": 2}, {"stock": 2, "note": "x"}, FieldChange("note", "x", None, "manifest"))
    )
    (source,) = told(released, CREATED, only="note", last=item("A", stock=2)).sources
    assert (source.how, source.owned) == ("set", False)


def test_who_retired_it() -> None:
    retired = touch(6, entry("deactivate", {"stock": 2}, {"stock": 2})._replace(active=False))
    assert origins(told(retired, CREATED, only="active")) == {"active": ("set", 6)}


def test_what_is_not_managed_or_not_there() -> None:
    assert told(last=None) == Account(A.address, True, False, ())
    assert told(UPDATED, have=None).present is False


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("item north/A", (A.address, None)),
        ("  item north/A ", (A.address, None)),
        ("item north/A stock", (A.address, "stock")),
        ("item north/A B", (item("A B").address, None)),
        ("item north/A B stock", (item("A B").address, "stock")),
        ("item north/Z", None),
        ("item", None),
        ("", None),
    ],
)
def test_addresses_are_typed_as_plans_print_them(typed: str, found: object) -> None:
    assert named(typed, [shop().address, A.address, item("A B").address]) == found


def test_an_address_may_be_typed_as_it_is_shown_if_it_can_only_mean_one() -> None:
    first, second, third = (item(code).address for code in ("LONG-1", "LONG-2", "SHORT-1"))

    def shown(address: Address) -> str:
        return str(address)[:13]

    assert named("item north/SH note", [first, third], shown) == (third, "note")
    assert named("item north/LO", [first, second, third], shown) is None
    assert named(str(first), [first, second], shown) == (first, None)
