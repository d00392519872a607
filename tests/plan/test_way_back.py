"""The way back of renames: whose old name is free, and what the run did under the old names."""

from __future__ import annotations

import pytest

from pipeline.errors import RollbackError
from pipeline.model.address import Address, Key
from pipeline.model.resource import Resource
from pipeline.model.values import Value
from pipeline.plan.change import Action, FieldChange
from pipeline.plan.past import Entry
from pipeline.plan.way_back import redone, retraced, way_back
from tests.plan.small import PACK, item, label, rows, shop
from tests.plan.test_rollback import RUN

NORTH, SOUTH = ("north",), ("south",)
A, B = (NORTH, "A"), (SOUTH, "B")


def entry(resource: Resource, moved_from: Key | None, *fields: FieldChange) -> Entry:
    """A move, or an update where it comes from nowhere."""
    action: Action = "update" if moved_from is None else "move"
    values = resource.values
    return Entry(resource.address, action, "manifest", fields, values, True, False, None, moved_from=moved_from)


SHOP = entry(shop("south"), NORTH)
ITEM = entry(item("B", within="south"), A)
HERE = {SHOP.address: SOUTH, ITEM.address: B}
NOW = (shop("south"), item("B", within="south"), item("C", within="south"))


def test_rows_get_the_names_from_before_the_run_and_what_is_below_follows() -> None:
    renaming = way_back(RUN, [SHOP, ITEM], rows(*NOW), HERE, PACK)

    assert set(renaming.state(rows(*NOW))["item"]) == {A, (NORTH, "C")}
    assert [move[:3] for move in redone(renaming)] == [("item", (NORTH, "B"), A), ("shop", SOUTH, NORTH)]


def test_what_was_taken_back_already_stays() -> None:
    assert not way_back(RUN, [SHOP, ITEM], rows(shop(), item("A")), {SHOP.address: NORTH, ITEM.address: A}, PACK)


@pytest.mark.parametrize("places", [{}, {ITEM.address: (NORTH, "Z")}], ids=["gone", "elsewhere"])
def test_a_row_that_is_gone_or_was_renamed_again_has_no_way_back(places: dict[Address, Key]) -> None:
    with pytest.raises(RollbackError, match="Run 7 cannot be taken back: item south/B is not known any more"):
        way_back(RUN, [ITEM], rows(*NOW), places, PACK)


def test_a_name_that_another_row_has_by_now_is_not_given_back() -> None:
    with pytest.raises(RollbackError, match="it renamed item north/A, and there is another one of that name now"):
        way_back(RUN, [SHOP, ITEM], rows(*NOW, item("A", within="south")), HERE, PACK)


def test_what_the_run_did_is_told_under_the_old_names() -> None:
    parent: Value = (SOUTH, "B")
    changed = item("C", within="south", parent=None)._replace(values={"shop": SOUTH, "code": "C", "parent": parent})
    update = entry(changed, None, FieldChange("parent", None, parent, "manifest"))

    was, (moved, shopped, updated) = retraced(RUN._replace(scope="south"), [ITEM, SHOP, update], PACK)

    assert was.scope == "north"
    assert (moved.address.key, moved.fields) == (A, (FieldChange("code", "A", "B", "manifest"),))
    assert (shopped.address.key, shopped.fields) == (NORTH, (FieldChange("slug", "north", "south", "manifest"),))
    assert updated.address.key == (NORTH, "C")
    assert updated.fields == (FieldChange("parent", None, A, "manifest"),)
    assert (updated.declared["parent"], updated.declared["shop"]) == (A, NORTH)


def test_kinds_that_are_gone_are_left_to_the_rollback_to_refuse() -> None:
    gone = ITEM._replace(address=Address("gadget", B))

    assert not way_back(RUN, [gone], rows(label("A", "x")), {}, PACK)
    assert retraced(RUN, [gone], PACK) == (RUN, [gone])
