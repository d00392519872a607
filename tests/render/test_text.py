"""Plans as people read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.model import values
from pipeline.model.address import Address
from pipeline.model.resource import Origin
from pipeline.model.values import Value
from pipeline.plan.change import ACTIONS, Change, FieldChange, Record
from pipeline.render.text import applied, render, summary
from tests.plan.small import item, label, plan, price, rule, shop, update
from tests.render.test_escape import ANYTHING

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | ANYTHING,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANYTHING | st.just("__x"), inner, max_size=4),
    max_leaves=8,
)
VALUES = st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | ANYTHING


def fields(before: Value, after: Value, name: str = "note") -> list[str]:
    """The lines that one changed field makes, without the indent."""
    return [line[6:] for line in render(plan(update(before, after, name))).splitlines() if line.startswith("      ")]


def json(raw: Any) -> Value:
    return values.json(raw)


def is_clean(shown: str) -> bool:
    """Whether a text has no control character but line ends."""
    return not any(unicodedata.category(char) in {"Cc", "Cs"} for char in shown if char != "\n")


def test_a_plan_reads_by_scope_and_kind() -> None:
    changes = (
        Change("create", rule("open").address, "manifest", (), {}, True, Origin("rules.toml"), 3),
        Change("create", item("B").address, "drift", (), {}, True, Origin("items.toml"), 9),
        update(price(175), price(180), "price"),
        Change("reactivate", label("A", "x").address, "drift", (), {}, True, Origin("items.toml"), 12),
        Change("deactivate", shop("south").address, "manifest", (), {}, False),
        Change("deactivate", label("A", "y").address, "manifest", (), {}, False),
    )
    shown = render(plan(*changes, records=(Record(shop().address, {}, active=True),), unchanged=12, unmanaged=3))

    assert shown == (
        "small\n"
        "  + rule open                               rules.toml:3\n"
        "\n"
        "small · north\n"
        "  ~ item A                                  small.toml:7\n"
        "      price    175.00 -> 180.00\n"
        "  + item B                                  items.toml:9 (the row had vanished)\n"
        "  ^ label A/x                               items.toml:12 (changed outside the manifests)\n"
        "  - label A/y                               no longer in the manifests\n"
        "\n"
        "small · south\n"
        "  - shop south                              no longer in the manifests\n"
        "\n"
        "Plan: 2 to create, 1 to update, 1 to reactivate, 2 to deactivate. "
        "12 unchanged, 1 to note in the ledger, 3 unmanaged.\n"
    )


def test_nothing_to_do_is_one_line() -> None:
    assert render(plan(unchanged=4)) == "No changes. 4 unchanged, 0 unmanaged.\n"


def test_what_was_applied_is_counted() -> None:
    records = (Record(shop().address, {}, active=True),)

    assert applied(plan(update("a", "b"), records=records), 7) == "Applied: 1 updated, 1 noted in the ledger (run 7).\n"


@pytest.mark.parametrize("action", ACTIONS)
def test_the_summary_counts_every_action(action: Any) -> None:
    change = update("a", "b")._replace(action=action)

    assert summary(plan(change, change)) == f"Plan: 2 to {action}. 0 unchanged, 0 unmanaged."


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (None, 3, "(none) -> 3"),
        (True, False, "yes -> no"),
        (price(1), price(2), "1.00 -> 2.00"),
        ("a", 'b "c"', r'"a" -> "b \"c\""'),
        ("", "two\nlines", r'"" -> "two\nlines"'),
        ("x" * 100, None, f'"{"x" * 58}… -> (none)'),
        ((("north",), "A"), (("north",), "B"), "A -> B"),
        (None, json({"a": 1}), '(none) -> {"a":1}'),
        (json(None), None, "null -> (none)"),
        ("\x1b[31m", "\u202e", r'"\u001b[31m" -> "\u202e"'),
    ],
)
def test_values_read_as_a_person_writes_them(before: Value, after: Value, shown: str) -> None:
    assert fields(before, after) == [f"note    {shown}"]


def test_of_long_texts_the_place_where_they_part_is_shown() -> None:
    start = "El escape debe llevar grabada la contraseña de homologación y ser la de tu modelo de moto, "

    assert fields(start + "no de otro.", start + "nunca de otro.") == [
        'note    …modelo de moto, no de otro." -> …modelo de moto, nunca de otro."'
    ]


@given(st.text(min_size=70), st.text(), st.text())
def test_texts_that_differ_are_shown_differently(start: str, one: str, other: str) -> None:
    one, other = values.text(one), values.text(other)
    assume(one[:1] != other[:1])
    (line,) = fields(start + one, start + other)
    before, after = line.removeprefix("note    ").split(" -> ", 1)

    assert before != after


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (["a", "b"], ["a"], ['[1] - "b"']),
        (["a"], ["a", "b"], ['[1] + "b"']),
        ({"a": {"b": [1]}}, {"a": {"b": [2]}, "c": True}, ["a.b[0] 1 -> 2", "c + true"]),
        ({}, [], ["(all) {} -> []"]),
        (None, ["a"], ['(all) null -> ["a"]']),
        (list("abcdefghijkl"), [], [f'[{at}] - "{char}"' for at, char in enumerate("abcdefghijkl")]),
        ({"__a": 1}, {"__a": 2}, ["__a 1 -> 2"]),
        (1, True, ["(all) 1 -> true"]),
        ([True, {"a": False}], [1, {"a": 0, "b": [True]}], ["[0] true -> 1", "[1].a false -> 0", "[1].b + [true]"]),
    ],
)
def test_json_is_shown_by_path(before: Any, after: Any, lines: list[str]) -> None:
    first, *rest = fields(json(before), json(after))

    assert [first.removeprefix("note    "), *(line.strip() for line in rest)] == lines


@given(JSON, JSON)
def test_json_that_differs_is_never_shown_as_nothing(before: Any, after: Any) -> None:
    try:
        pair = json(before), json(after)
    except (TypeError, ValueError):  # half a surrogate pair, which PostgreSQL does not hold
        assume(False)
    assume(pair[0] != pair[1])
    shown = fields(*pair)

    assert shown
    assert all(is_clean(line) for line in shown)


def test_a_cause_is_told_where_it_lies() -> None:
    change = update("a", "b")
    drifted = change._replace(cause="drift", fields=(FieldChange("note", "a", "b", "drift"),))
    revived = change._replace(action="reactivate", cause="drift")

    assert '-> "b"  (changed outside the manifests)\n' in render(plan(drifted))
    assert "toml:7\n" in render(plan(drifted))
    assert "toml:7 (changed outside the manifests)\n" in render(plan(revived))


def test_colours_are_the_callers() -> None:
    paint: Callable[[Any, str], str] = lambda style, text: f"<{style}>{text}</{style}>"  # noqa: E731
    shown = render(plan(update("a", "b")._replace(fields=(FieldChange("note", "a", "b", "conflict"),))), paint)

    assert "<head>small · north</head>" in shown
    assert "<update>  ~ item A</update>" in shown
    assert "<faint>small.toml:7</faint>" in shown
    assert "<cause>(changed in the manifests and outside them)</cause>" in shown


@given(ANYTHING, ANYTHING, VALUES, VALUES)
def test_no_control_character_gets_through(code: str, file: str, before: Value, after: Value) -> None:
    address = Address("item", ((code,), code))
    change = update(before, after)._replace(address=address, origin=Origin(file))

    assert is_clean(render(plan(change)))


def test_what_no_manifest_says_is_told_with_the_row() -> None:
    declared: dict[str, Value] = {"shop": ("north",), "code": "A", "note": "x" * 100, "stock": None}
    change = Change("create", item("A").address, "manifest", (), declared, True, Origin("items.toml"), 9)
    derived = replace(plan(change, update("a" * 100, "b" * 100)), derived=frozenset({"item"}))

    assert f'      note    "{"x" * 100}"\n' in render(derived)
    assert f'      note    "{"a" * 100}" -> "{"b" * 100}"\n' in render(derived)
    assert "xxx" not in render(plan(change))
