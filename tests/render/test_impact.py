"""What a plan changes for quotes, as text."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.address import Address
from pipeline.model.probe import Answer
from pipeline.plan.change import Plan
from pipeline.plan.impact import CauseOf, Difference, Impact, Probed
from pipeline.render import json as as_json
from pipeline.render.impact import alone
from pipeline.render.text import plain, render
from tests.plan.small import item, plan, price, rule
from tests.render.test_escape import ANYTHING
from tests.render.test_text import is_clean

NORTH = Probed("north", 12383, 3, 3)
A, B = item("A").address, item("B").address
NOTHING = Impact("tier", "price", ("warnings", "documents"), (NORTH,), changed=(0, 0), things="goods")


def difference(request: str, before: int | None, after: int | None, scope: str = "north") -> Difference:
    """A request that is answered otherwise."""
    answers = [Answer(None, None) if one is None else Answer(f"T{one}", price(one)) for one in (before, after)]
    return Difference(request, scope, answers[0], answers[1], (A,))


FOUND = replace(
    NOTHING,
    different=1450,
    amounts=1412,
    labels=30,
    changed=(0, 3),
    impossible=2,
    possible=1,
    smallest=price(-10),
    median=Decimal("7.50"),
    largest=price(35),
    top=(difference("ONE + TWO", 175, 210), difference("ESPEJO Ñ", 90, 80)),
    lost=(difference("ONE", 175, None), difference("TWO", 175, None)),
    by_cause=(
        CauseOf((A,), 1400, 0, price(5), price(35), 1400),
        CauseOf((A, B), 48, 2, price(-10), price(-10), 12),
        CauseOf((A, B, rule("x").address, rule("y").address), 2, 2, None, None),
    ),
)


def lines(impact: Impact | None) -> list[str]:
    """What stands under the summary of a plan."""
    return render(replace(plan(), impact=impact)).splitlines()[1:]


def test_an_impact_in_full() -> None:
    assert lines(FOUND) == [
        "",
        "Quotes: 1,450 of 12,383 requests get another answer.",
        "  1,412  other price: from -10.00 to +35.00, median +7.50",
        "     30  other tier",
        "      3  other documents",
        "      2  no longer possible",
        "      1  possible at last",
        "  The largest differences:",
        "      ONE + TWO   T175 175.00   -> T210 210.00   +35.00",
        "      ESPEJO Ñ    T90 90.00     -> T80 80.00     -10.00",
        "      … and 1,410 more",
        "  No longer possible:",
        "      ONE   T175 175.00   -> (none)",
        "      TWO   T175 175.00   -> (none)",
        "  Because of:",
        "      item north/A: 1,400 quotes, from +5.00 to +35.00",
        "      item north/A and item north/B: 48 quotes, -10.00, 2 no longer possible",
        "      item north/A, item north/B, rule x and 1 more: 2 quotes no longer possible",
    ]


def test_where_nothing_changes_a_line_is_enough() -> None:
    assert lines(NOTHING) == ["", "No quote changes: 12,383 requests compared."]


def test_where_nothing_was_compared_a_plan_says_nothing() -> None:
    new = replace(NOTHING, probed=(), new=("north", "south"))

    none = replace(NOTHING, probed=(NORTH._replace(requests=0),))

    assert lines(None) == lines(new) == lines(none) == []
    assert alone([replace(plan(), impact=new)], plain) == (
        "No quote changes: there is nothing to compare.\n  Not compared, for they are new: north, south.\n"
    )


def test_a_width_that_the_limit_made_is_said() -> None:
    narrow = (NORTH, Probed("south", 6000, 2, 3), Probed("east", 100, 1, 3), Probed("west", 1, 0, 3))

    assert lines(replace(NOTHING, probed=narrow, new=("new",)))[2:] == [
        "  Of south only requests of one and two goods were compared: the limit allows no more (6,000 requests).",
        "  Of east only requests of one of the goods were compared: the limit allows no more (100 requests).",
        "  Of west only the scenarios were compared: the limit allows no more (1 request).",
        "  Not compared, for it is new: new.",
    ]


def test_requests_of_several_scopes_say_theirs() -> None:
    probed = NORTH, NORTH._replace(scope="south")
    two = replace(FOUND, probed=probed, top=(FOUND.top[0], FOUND.top[1]._replace(scope="south")))

    assert lines(two)[7:10] == [
        "  The largest differences:",
        "      north: ONE + TWO   T175 175.00   -> T210 210.00   +35.00",
        "      south: ESPEJO Ñ    T90 90.00     -> T80 80.00     -10.00",
    ]
    assert "  No longer possible in north:" in lines(two)


def test_of_what_is_all_the_same_a_few_are_enough() -> None:
    same = tuple(difference(str(number), 175, 180) for number in range(10))
    alike = replace(FOUND, amounts=30, smallest=price(5), largest=price(5), top=same)

    assert lines(alike)[7:12] == [
        "  Some of them:",
        *(f"      {number}   T175 175.00   -> T180 180.00   +5.00" for number in range(3)),
        "      … and 27 more",
    ]


def test_one_difference_is_said_once() -> None:
    same = replace(FOUND, smallest=price(35), amounts=1, top=FOUND.top[:1])

    assert lines(same)[2] == "   1  other price: +35.00"
    assert lines(replace(same, amounts=2))[2] == "   2  other price: +35.00 each"


def test_too_many_changes_are_told_together() -> None:
    rest = CauseOf((A, B), 1450, 2, price(-10), price(35), 1412)

    assert lines(replace(FOUND, caused=False, by_cause=(), rest=rest))[-2:] == [
        "  There are too many changes to tell which cause it. It may be any of:",
        "      item north/A and item north/B: 1,450 quotes, from -10.00 to +35.00, 2 no longer possible",
    ]


def test_the_smaller_causes_are_counted() -> None:
    many = tuple(CauseOf((item(f"I{number}").address,), 2, 0, None, None) for number in range(14))

    assert lines(replace(FOUND, by_cause=many, rest=CauseOf((A,), 5, 0, None, None)))[-2:] == [
        "      item north/I9: 2 quotes",
        "      … and of others: 13 quotes",
    ]


def test_the_impact_alone() -> None:
    found, nothing = replace(plan(), impact=FOUND), replace(plan(), pack="other", impact=NOTHING)

    assert alone([found, plan()], plain).splitlines() == lines(FOUND)[1:]
    assert alone([nothing, nothing], plain) == "\n".join(["other\nNo quote changes: 12,383 requests compared.\n"] * 2)
    assert alone([plan()], plain) == "No quote changes.\n"
    assert json.loads(as_json.impacts([nothing, plan()])) == {
        "plans": [
            {"pack": "other", "impact": json.loads(as_json.plans([nothing]))["plans"][0]["impact"]},
            {"pack": "small", "impact": None},
        ]
    }


@given(ANYTHING, st.sampled_from([True, False]))
def test_no_control_character_gets_through(name: str, caused: bool) -> None:
    told = Difference(name, name, Answer(name, price(1)), Answer(name, price(2)))
    cause = CauseOf((Address("item", ((name,), name)),), 1, 1, price(1), price(1))
    probed = (Probed(name, 3, 1, 3), Probed(name, 3, 1, 3))
    made = Impact(
        name,
        name,
        (name,),
        probed,
        1,
        1,
        1,
        (1,),
        1,
        1,
        price(1),
        price(1),
        price(1),
        (told,),
        (told,),
        (cause,),
        caused,
        (name,),
        cause,
        name,
    )
    found: Plan = replace(plan(), impact=made)

    assert is_clean(render(found))
    assert is_clean(alone([found, found], plain))
    assert len(render(found).splitlines()) == len(render(replace(found, impact=replace(made, label="x"))).splitlines())
