"""What a plan changes in the answers to requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.address import Address
from pipeline.model.probe import Answer, Request
from pipeline.model.resource import Resource, State
from pipeline.plan import causes
from pipeline.plan.change import Change, FieldChange
from pipeline.plan.impact import CauseOf, Impact, Probed, read
from pipeline.plan.probing import LIMIT, impact
from tests.plan import brute_force
from tests.plan.shelves import PROBES
from tests.plan.small import PACK, difference, item, label, price, rows, rule, shop

GOODS = "ABCDE"


def offer(code: str, covers: str, amount: int, within: str = "north") -> Resource:
    """An offer for goods, each of one letter."""
    return item(code, within=within, note=" ".join(covers), price=price(amount))


def goods(codes: str, within: str = "north") -> list[Resource]:
    """Goods, each of one letter."""
    return [item(code, within=within, price=price(0)) for code in codes]


def found(have: list[Resource], want: list[Resource], limit: int = LIMIT, examples: Sequence[Request] = ()) -> Impact:
    """The impact of bringing the rows to what is wanted."""
    made = impact(PACK, PROBES, difference(want, have, have).changes, rows(*have), limit=limit, examples=examples)
    assert made is not None
    return made


def address(code: str, within: str = "north") -> Address:
    """Where an item is."""
    return item(code, within=within).address


SHELF = [shop(), *goods("ABC")]
BEFORE = [*SHELF, offer("ONE", "ABC", 100), offer("TWO", "AB", 50)]


def test_a_price_changes_what_it_is_asked_for() -> None:
    made = found(BEFORE, [*SHELF, offer("ONE", "ABC", 120), offer("TWO", "AB", 50)])

    assert (made.different, made.amounts, made.labels, made.changed, made.impossible) == (4, 4, 0, (0,), 0)
    assert (made.smallest, made.median, made.largest) == (price(20), price(20), price(20))
    assert made.probed == (Probed("north", 7, 3, 3),)
    assert [one.request for one in made.top] == ["C", "A + C", "B + C", "A + B + C"]
    assert made.top[0].before == Answer("ONE", price(100), (frozenset(),))
    assert made.top[0].causes == (address("ONE"),)
    assert made.by_cause == (CauseOf((address("ONE"),), 4, 0, price(20), price(20), 4, (price(100), price(120))),)
    assert made.rest is None


def test_another_offer_takes_over_and_what_nobody_offers_is_lost() -> None:
    made = found(BEFORE, [*SHELF, offer("TWO", "AB", 50), offer("ZOO", "C", 70)])

    assert (made.different, made.labels, made.impossible, made.possible) == (4, 1, 3, 0)
    assert [(one.request, one.after) for one in made.lost] == [
        (name, Answer(None, None)) for name in ("A + C", "B + C", "A + B + C")
    ]
    assert [(one.request, one.amount) for one in made.top] == [("C", price(-30))]
    assert [(one.addresses, one.requests, one.impossible) for one in made.by_cause] == [
        ((address("ONE"),), 3, 3),
        ((address("ZOO"),), 1, 0),
    ]


def test_a_request_that_gains_an_offer_is_possible_and_has_no_amount() -> None:
    made = found([*SHELF, offer("TWO", "AB", 50)], BEFORE)

    assert (made.possible, made.impossible, made.amounts, made.top, made.lost) == (4, 0, 0, (), ())
    assert made.by_cause[0][1:5] == (4, 0, None, None)


def test_what_is_said_to_a_request_without_an_offer_does_not_count() -> None:
    assert found(SHELF, [*SHELF, label("A", "new")]).different == 0
    assert found(BEFORE, [*BEFORE, label("A", "new")]).changed == (4,)


def test_two_changes_that_are_each_enough_are_causes_together() -> None:
    goods_a = goods("A")
    made = found([shop(), *goods_a, offer("ONE", "A", 100)], [shop(active=False), *goods_a])

    (cause,) = made.by_cause
    assert (cause.addresses, cause.impossible) == ((shop().address, address("ONE")), 1)
    assert made.lost[0].causes == cause.addresses


def test_a_change_that_makes_no_difference_is_no_cause() -> None:
    before = [shop(), *goods("A"), offer("ONE", "A", 100), offer("TWO", "A", 200)]
    made = found(before, [shop(), *goods("A"), offer("ONE", "A", 110), offer("TWO", "A", 190)])

    assert [one.addresses for one in made.by_cause] == [(address("ONE"),)]


def test_a_median_lies_between_the_two_in_the_middle() -> None:
    before = [shop(), *goods("AB"), offer("ONE", "A", 1), offer("TWO", "B", 1)]
    made = found(before, [shop(), *goods("AB"), offer("ONE", "A", 2), offer("TWO", "B", 3)])

    assert (made.smallest, made.median, made.largest) == (price(1), Decimal("1.50"), price(2))


def test_a_scope_that_the_plan_makes_is_not_compared() -> None:
    south = [shop("south"), *goods("A", "south"), offer("ONE", "A", 1, "south")]

    made = found(BEFORE, [*BEFORE, *south])

    assert (made.new, [one.scope for one in made.probed], made.different) == (("south",), ["north"], 0)


def test_nothing_is_looked_at_where_no_scope_is_known() -> None:
    def never(*_: object) -> NoReturn:
        raise AssertionError("nothing is to be asked")

    careful = replace(PROBES, requests=never, touched=never, answers=never)
    changes = difference(BEFORE, [], []).changes

    assert impact(PACK, careful, changes, rows()) == Impact(
        "offer", "price", ("labels",), (), new=("north",), things="goods"
    )
    assert impact(PACK, careful, (), rows(*BEFORE)) is None


def test_requests_that_nothing_can_touch_are_not_answered() -> None:
    asked: list[Request] = []

    def answers(state: State, requests: Sequence[Request]) -> Sequence[Answer]:
        asked.extend(requests)
        return PROBES.answers(state, requests)

    changes = difference([*BEFORE, label("C", "new")], BEFORE, BEFORE).changes
    made = impact(PACK, replace(PROBES, answers=answers), changes, rows(*BEFORE))

    assert made is not None
    assert (made.requests, made.different) == (7, 4)
    assert len(asked) == 8  # those with C before and after; and only one change can have caused them
    assert all("C" in PROBES.name(request) for request in asked)


@pytest.mark.parametrize(("limit", "width", "requests"), [(7, 3, 7), (6, 2, 6), (5, 1, 3), (2, 0, 0)])
def test_a_limit_makes_requests_smaller(limit: int, width: int, requests: int) -> None:
    made = found(BEFORE, [*SHELF, offer("ONE", "ABC", 120), offer("TWO", "AB", 50)], limit)

    assert made.probed == (Probed("north", requests, width, 3),)


def test_examples_are_asked_beside_the_rest_and_once() -> None:
    after = [*SHELF, offer("ONE", "ABC", 120), offer("TWO", "AB", 50)]
    many: Request = ("north", ("A", "B", "C"))
    elsewhere: Request = ("west", ("A",))

    made = found(BEFORE, after, 6, [many, many, ("north", ("A",)), elsewhere])

    assert made.probed == (Probed("north", 7, 2, 3),)
    assert (made.different, made.top[-1].request) == (4, "A + B + C")


def test_causes_are_not_looked_for_beyond_the_limit() -> None:
    before = [shop(), *goods("A"), offer("ONE", "A", 100)]
    after = [*before, offer("TWO", "A", 80), offer("TOO", "A", 70)]

    assert found(before, after, 2).caused
    made = found(before, after, 1)

    assert (made.caused, made.by_cause, made.top[0].causes) == (False, (), ())
    assert made.rest == CauseOf(
        (address("TOO"), address("TWO")), 1, 0, price(-30), price(-30), 1, (price(100), price(70))
    )


def test_a_great_many_changes_are_not_left_out_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [shop(), *goods("A"), offer("ONE", "A", 100)]
    after = [*before, offer("TWO", "A", 80), offer("TOO", "A", 70), label("A", "x"), rule("other", text="1")]

    monkeypatch.setattr(causes, "LEFT_OUT", 4)
    assert found(before, after).caused
    monkeypatch.setattr(causes, "LEFT_OUT", 3)
    made = found(before, after)

    assert made.rest is not None
    assert (made.caused, len(made.rest.addresses)) == (False, 4)


def test_the_smaller_causes_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [shop(), *goods("ABC"), *(offer(f"{code}1", code, 10) for code in "ABC")]
    after = [*before, *(label(code, "x") for code in "ABC")]

    monkeypatch.setattr(causes, "LISTED", 1)
    made = found(before, after)

    assert [one.addresses for one in made.by_cause] == [(label("A", "x").address,)]
    assert made.rest is not None
    assert (made.rest.requests, len(made.rest.addresses)) == (2, 2)
    assert made.causes == (*made.by_cause, made.rest)


def test_of_nothing_every_amount_is_the_steepest() -> None:
    before = [shop(), *goods("AB"), offer("ONE", "A", 0), offer("TWO", "B", 1), rule("fee", text="0")]
    made = found(before, [*before[:-1], rule("fee", text="5")])

    (cause,) = made.by_cause
    assert (cause.amounts, cause.steepest) == (2, (price(0), price(5)))


def moved(code: str, to: str, *fields: FieldChange) -> Change:
    """An item that is renamed, and what else changes in it."""
    given = {"code": to}
    return Change("move", address(to), "manifest", fields, given, True, moved_from=address(code).key)


def test_a_rename_alone_changes_no_answer() -> None:
    made = impact(PACK, PROBES, [moved("ONE", "UNO")], rows(*BEFORE))

    assert made is not None
    assert (made.different, made.requests) == (0, 7)


def test_what_changes_beside_a_rename_is_compared_under_the_new_name() -> None:
    dearer = FieldChange("price", price(100), price(110), "manifest")

    made = impact(
        PACK, PROBES, [moved("ONE", "UNO", dearer), moved("C", "X")], rows(*BEFORE[:4], offer("ONE", "ABX", 100))
    )

    assert made is not None
    assert [(one.request, one.before.label, one.amount) for one in made.top[:1]] == [("A", "UNO", price(10))]
    assert {one.addresses for one in made.by_cause} == {(address("UNO"),)}
    assert "X" in {one.request for one in made.top}


def test_what_is_left_out_leaves_something_to_refer_to() -> None:
    """A pack may look up what a row refers to: a row that the plan makes is there, if retired, when it is left out."""
    seen: list[bool] = []

    def answers(state: State, requests: Sequence[Request]) -> Sequence[Answer]:
        parents = [row.values["parent"] for row in state["item"].values()]
        seen.extend(state["item"][parent].active for parent in parents if isinstance(parent, tuple))
        return PROBES.answers(state, requests)

    child = item("D", parent="NEW", price=price(0))
    after = [*BEFORE[:4], offer("ONE", "ABCD", 90), offer("TWO", "AB", 40), child, offer("NEW", "ABCD", 80)]
    made = impact(PACK, replace(PROBES, answers=answers), difference(after, BEFORE, BEFORE).changes, rows(*BEFORE))

    assert made is not None
    assert made.caused
    assert set(seen) == {True, False}


codes = st.sets(st.sampled_from(GOODS)).map(lambda chosen: " ".join(sorted(chosen)))
amounts = st.sampled_from([0, 10, 20, 35, 100]).map(price)


@st.composite
def shelves(draw: st.DrawFn) -> list[Resource]:
    """A shop or two with goods, labels and offers, and perhaps a fee on all of them."""
    made = []
    for name in draw(st.sampled_from([["north"], ["north", "south"]])):
        made.append(shop(name, active=draw(st.sampled_from([True, True, True, False]))))
        made += goods("".join(sorted(draw(st.sets(st.sampled_from(GOODS), min_size=1)))), name)
        made += [
            item(code, within=name, note=draw(codes), price=draw(amounts))
            for code in draw(st.sets(st.sampled_from(["O1", "O2", "O3"])))
        ]
    made += [label(row.address.key[-1], "x") for row in made if row.address.kind == "item" and draw(st.booleans())]  # type: ignore[arg-type]  # a code
    made = [
        row for row in made if row.address.kind != "label" or row.values["item"] in {one.address.key for one in made}
    ]
    return made + [rule("fee", text=str(draw(st.sampled_from([5, 7]))))] * draw(st.booleans())


@settings(max_examples=200, deadline=None)
@given(shelves(), shelves(), st.sampled_from([LIMIT, 12]))
def test_an_impact_is_what_brute_force_finds(have: list[Resource], want: list[Resource], limit: int) -> None:
    changes = difference(want, have, have).changes
    before = rows(*have)
    made = impact(PACK, PROBES, changes, before, limit=limit)
    if made is None:
        assert not changes
        return
    expected = brute_force.expected(PACK, PROBES, changes, before, limit)
    if not made.caused:  # brute force knows no limit
        expected["by_cause"] = {}
        expected["differences"] = {name: (*both[:2], frozenset()) for name, both in expected["differences"].items()}

    differences = expected.pop("differences")
    assert brute_force.told(made) == expected
    for one in (*made.top, *made.lost):
        name, said = brute_force.listed(one)
        assert differences[name] == said
    assert len(made.lost) == min(made.impossible, 10)
    assert impact(PACK, PROBES, list(reversed(changes)), before, limit=limit) == made
    assert read(made.document()) == made
