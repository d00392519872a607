"""Which rows get which key, whatever database the entries meet."""

from __future__ import annotations

import pytest

from pipeline.errors import MoveError
from pipeline.model.address import Key
from pipeline.model.move import Move
from pipeline.model.resource import Origin, Resource
from pipeline.plan.diff import diff, unsettled
from pipeline.plan.moves import follow, marked, within
from pipeline.plan.renaming import Renaming
from tests.plan.small import PACK, item, label, ledger, rows, rule, shop, state


def move(source: str, target: str) -> Move:
    """A move of an item."""
    return Move("item", (("north",), source), (("north",), target), Origin("small.toml", ("moved", 0)))


def led(
    want: list[Resource],
    have: list[Resource],
    *moves: Move,
    last: list[Resource] | None = None,
    done: tuple[Move, ...] = (),
) -> dict[str, str]:
    """Old and new code of every item that moves."""
    known = {(one.kind, one.source, one.target) for one in done}
    last = have if last is None else last
    renaming, _ = follow(PACK, state(*want), rows(*have), ledger(*last), moves, known)
    return {str(old[-1]): str(new[-1]) for old, new in renaming.rows.get("item", {}).items()}


def items(codes: str) -> list[Resource]:
    return [item(code) for code in codes]


@pytest.mark.parametrize(
    ("want", "have", "moves", "led_to"),
    [
        ("B", "A", ["AB"], {"A": "B"}),
        ("B", "B", ["AB"], {}),
        ("B", "", ["AB"], {}),
        ("C", "A", ["AB", "BC"], {"A": "C"}),
        ("C", "B", ["AB", "BC"], {"B": "C"}),
        ("BC", "AB", ["AB", "BC"], {"A": "B", "B": "C"}),
        ("BC", "A", ["AB", "BC"], {"A": "B"}),
        ("AB", "AB", ["AB", "BA"], {"A": "B", "B": "A"}),
        ("AB", "A", ["AB", "BA"], {"A": "B"}),
        ("A", "A", ["AB", "BA"], {}),
        ("ABC", "ABC", ["AB", "BC", "CA"], {"A": "B", "B": "C", "C": "A"}),
        ("AB", "A", ["AB"], {"A": "B"}),
        ("", "A", ["AB"], {}),
        ("", "AB", ["AB", "BA"], {}),
    ],
)
def test_the_way_of_a_row(want: str, have: str, moves: list[str], led_to: dict[str, str]) -> None:
    assert led(items(want), items(have), *(move(*ends) for ends in moves)) == led_to


def test_what_is_done_is_not_done_again() -> None:
    swap = move("A", "B"), move("B", "A")

    assert led(items("AB"), items("AB"), *swap, done=swap) == {}
    assert led(items("B"), items("AB"), swap[0], done=swap[:1]) == {}


def test_what_is_done_is_done_again_where_no_other_row_can_be_meant() -> None:
    there = move("A", "B")

    assert led(items("B"), items("A"), there, done=(there,)) == {"A": "B"}
    assert led(items("B"), items("A"), there, done=(there,), last=items("AB")) == {}, "B comes back under its own id"
    assert led(items("AB"), items("A"), there, done=(there,)) == {}, "A is another one by now"


def test_entries_are_remembered_together_as_long_as_one_is_new() -> None:
    entries = move("A", "B"), move("B", "C")
    want, have = state(*items("C")), rows(*items("C"))

    for known, remembered in ((entries[:1], entries), (entries, ()), ((), entries)):
        done = {(one.kind, one.source, one.target) for one in known}
        renaming, fresh = follow(PACK, want, have, ledger(), entries, done)
        assert (bool(renaming), fresh) == (False, remembered)


def test_a_row_that_stays_is_in_the_way() -> None:
    with pytest.raises(MoveError, match=r"item north/A cannot become north/B, as small\.toml says.*item north/B too"):
        led(items("B"), items("AB"), move("A", "B"))


def test_two_rows_cannot_become_one() -> None:
    with pytest.raises(MoveError, match="item north/A and item north/B would both become north/C"):
        led(items("C"), items("AB"), move("A", "C"), move("B", "C"))


def test_entries_below_a_renamed_row_speak_of_it_by_its_new_name() -> None:
    new = (("north",), "B")
    below = Move("label", (new, "x"), (new, "y"), Origin("small.toml"))
    want = state(item("B"), label("B", "y"))

    renaming, _ = follow(PACK, want, rows(item("A"), label("A", "x")), ledger(), [move("A", "B"), below], set())

    assert renaming.rows["label"] == {((("north",), "A"), "x"): (new, "y")}
    done = {("item", (("north",), "A"), new), ("label", ((("north",), "A"), "x"), ((("north",), "A"), "y"))}
    both = rows(item("A"), label("A", "x"), label("A", "y"))
    again, _ = follow(
        PACK, state(item("B"), label("B", "x"), label("B", "y")), both, ledger(), [move("A", "B"), below], done
    )
    assert "label" not in again.rows


def test_only_the_moves_of_the_scope() -> None:
    south: Key = ("south",)
    moves = [
        move("A", "B"),
        Move("item", (south, "A"), (south, "B"), Origin("")),
        Move("rule", ("a",), ("b",), Origin("")),
    ]

    assert within(PACK, moves, None) == moves
    assert within(PACK, moves, "south") == moves[1:2]


def test_everything_that_refers_to_a_renamed_row_follows() -> None:
    have = [shop(), item("A"), item("V", parent="A"), label("A", "x"), rule("a")]
    renaming = Renaming(PACK, {"item": {(("north",), "A"): (("north",), "B")}})

    after = renaming.state(rows(*have))
    entries = renaming.ledger(ledger(*have), renaming.arrivals(rows(*have)))

    same = ledger(item("V", parent="B"), label("B", "x"), shop(), rule("a"))
    assert after["item"][("north",), "V"].values["parent"] == (("north",), "B")
    assert list(after["label"]) == list(entries["label"]) == [((("north",), "B"), "x")]
    assert entries["label"] == same["label"]
    assert entries["item"][("north",), "V"] == same["item"][("north",), "V"]
    assert (after["shop"], after["rule"]) == (rows(*have)["shop"], rows(*have)["rule"])


def test_a_ledger_entry_gives_way_to_the_row_that_arrives() -> None:
    renaming = Renaming(PACK, {"item": {(("north",), "A"): (("north",), "B")}})
    old = ledger(item("A", stock=1), item("B", stock=2))

    found = renaming.ledger(old, renaming.arrivals(old))["item"]

    assert found == {(("north",), "B"): old["item"][("north",), "A"]}


def test_a_move_is_one_change_with_what_else_changes_beside_it() -> None:
    want, have = [item("B", stock=2), label("B", "x")], [item("A", stock=1), label("A", "x")]
    desired, entries = state(*want), [move("A", "B")]
    renaming, _ = follow(PACK, desired, rows(*have), ledger(*have), entries, set())
    current, recorded = renaming.state(rows(*have)), renaming.ledger(ledger(*have), {})

    found = marked(
        diff(desired, current, recorded, PACK, None, unsettled(desired, current, recorded, PACK, None)), renaming
    )

    (change,) = found.changes
    assert (change.action, change.address.key, change.moved_from) == ("move", (("north",), "B"), (("north",), "A"))
    assert [(field.name, field.before, field.after) for field in change.fields] == [("stock", 1, 2)]
    assert found.records == []


def test_a_row_that_retires_or_returns_on_the_way_says_so() -> None:
    for before, after, action in ((True, False, "deactivate"), (False, True, "reactivate")):
        have, want = rows(item("A", active=before)), state(item("B", active=after))
        last = ledger(item("A", active=before))
        renaming, _ = follow(PACK, want, have, last, [move("A", "B")], set())
        current, recorded = renaming.state(have), renaming.ledger(last, {})
        (change,) = marked(
            diff(want, current, recorded, PACK, None, unsettled(want, current, recorded, PACK, None)), renaming
        ).changes
        assert (change.action, change.moved_from) == (action, (("north",), "A"))
