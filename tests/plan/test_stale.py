"""What moved between two states."""

from __future__ import annotations

from pipeline.plan.stale import Moved, moved_between
from tests.plan.small import item, rows, shop


def test_each_row_that_moved_is_told_with_what_it_was_and_is() -> None:
    before = rows(shop(), item("A", note="a"), item("B"), item("C"), item("D", active=False))
    now = rows(shop(), item("A", note="z", stock=2), item("C", active=False), item("D"), item("E"))

    assert moved_between(before, now) == [
        Moved(item("A").address, "changed", (("note", "a", "z"), ("stock", 0, 2))),
        Moved(item("B").address, "vanished"),
        Moved(item("C").address, "retired"),
        Moved(item("D").address, "revived"),
        Moved(item("E").address, "appeared"),
    ]
    assert moved_between(before, before) == []
