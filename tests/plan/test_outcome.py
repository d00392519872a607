"""What a plan makes of a state."""

from __future__ import annotations

from pipeline.plan.change import Change, FieldChange
from pipeline.plan.outcome import outcome
from tests.plan.small import PACK, difference, item, label, shop, state


def test_a_created_row_has_what_is_declared_and_defaults() -> None:
    want = [shop(), item("A", stock=3), label("A", "x")]
    made = outcome(PACK, state(), difference(want, [], []).changes)

    assert {name: set(found) for name, found in made.items()} == {
        name: set(found) for name, found in state(*want).items()
    }
    row = made["item"][item("A").address.key]
    defaults = {field.name: field.default for field in PACK.kind["item"].fields}
    assert dict(row.values) == {"shop": ("north",), "parent": None} | defaults | {"stock": 3}


def test_a_changed_row_keeps_what_the_plan_does_not_name_and_no_other_row_changes() -> None:
    before = outcome(PACK, state(), difference([item("A", stock=3), item("B")], [], []).changes)
    note = FieldChange("note", None, "z", "drift")
    change = Change("deactivate", item("A").address, "manifest", (note,), {}, active=False)

    after = outcome(PACK, before, [change])["item"]

    row = after[item("A").address.key]
    assert (row.values["note"], row.values["stock"], row.active) == ("z", 3, False)
    other = item("B").address.key
    assert after[other] == before["item"][other]
    assert before["item"][item("A").address.key].active
