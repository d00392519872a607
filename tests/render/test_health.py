"""What `verify` found, as text."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model.pack import Invariant, Violation
from pipeline.render.health import render
from tests.plan.small import PACK, item

PAIRS = Invariant("pairs", "Everything comes in pairs.", lambda _: ())
NAMES = Invariant("names", "Everything has a name.", lambda _: ())
OWN = replace(PACK, invariants=(PAIRS, NAMES))

TABLES: dict[str, dict[str, int | None]] = {"trade": {"items": 1200, "shops": 1}, "people": {"customers": None}}


def test_rows_are_counted_and_broken_invariants_named() -> None:
    broken = Violation((item("A").address,), "item north/\x1bA has no name.")

    assert render(OWN, {"shop": (1, 1), "item": (1200, 7)}, {"pairs": [], "names": [broken]}, TABLES) == (
        "small\n"
        "  shop        1 row         1 active\n"
        "  item     1200 rows        7 active\n"
        "\n"
        "  trade\n"
        "    items         1200 rows\n"
        "    shops            1 row\n"
        "  people\n"
        "    customers  not for this user to read\n"
        "\n"
        "  holds  pairs: Everything comes in pairs.\n"
        "  BROKEN  names: Everything has a name.\n"
        "    item north/\\u001bA has no name.\n"
    )


def test_what_else_is_wrong_is_said_below() -> None:
    shown = render(OWN, {"shop": (1, 1)}, {"pairs": [], "names": []}, {}, unsound=["1 flag \x1b is about nothing."])

    assert shown.endswith("  BROKEN  1 flag \\u001b is about nothing.\n")
