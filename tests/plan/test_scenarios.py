"""Examples held against states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from pipeline.model.address import Address
from pipeline.model.pack import Pack
from pipeline.model.probe import Example, Examples, Mismatch
from pipeline.model.resource import Origin, State
from pipeline.plan.outcome import completed
from pipeline.plan.scenarios import failures, hazards
from tests.plan.small import PACK, item, price, shop, state


def _run(_pack: Pack, found: State, examples: Sequence[Example]) -> list[list[Mismatch]]:
    """An example says what an item costs and how many there are."""
    return [list(_differing(found, example)) for example in examples]


def _differing(found: State, example: Example) -> list[Mismatch]:
    row = found["item"][(example.scope,), example.entry["item"]]
    return [
        Mismatch(name, str(expected), str(row.values[name]), ("expect", name))
        for name, expected in example.entry["expect"].items()
        if row.values[name] != expected
    ]


EXAMPLES = Examples("scenarios", {"type": "object"}, _run, lambda *_: {}, lambda *_: None)
TRIED = replace(PACK, examples=lambda: EXAMPLES)
NOW = state(shop(), shop("south"), item("A", price=price(5)), item("B", within="south", price=price(7), stock=2))


def example(name: str, code: str, within: str = "north", **expect: Decimal | int) -> Example:
    origin = Origin("small.toml", ("scenarios", len(name)))
    return Example(name, within, {"name": name, "item": code, "expect": expect}, origin)


def test_only_what_is_not_as_expected_fails() -> None:
    passes = example("passes", "A", price=Decimal(5))
    fails = example("fails", "A", price=Decimal(6), stock=0)

    (found,) = failures(TRIED, completed(TRIED, NOW), [passes, fails])

    assert found.example == fails
    assert found.mismatches == (Mismatch("price", "6", "5.00", ("expect", "price")),)
    assert found.origins == (fails.origin.at("expect", "price"),)


def test_what_is_not_declared_has_the_columns_default() -> None:
    assert failures(TRIED, completed(TRIED, NOW), [example("a", "A", stock=0)]) == []
    assert failures(TRIED, completed(TRIED, NOW), [example("b", "B", within="south", stock=2)]) == []


def test_a_hazard_names_each_that_fails_by_scope_and_name_with_its_place() -> None:
    given = [example("z", "A", stock=1), example("b", "B", within="south", stock=1), example("a", "A", price=price(1))]

    (found,) = hazards(failures(TRIED, completed(TRIED, NOW), given), lambda origin: f"{origin.file}:{origin.path[1]}")

    assert found.rows == (
        Address("scenario", ("north", "a")),
        Address("scenario", ("north", "z")),
        Address("scenario", ("south", "b")),
    )
    assert found.notes == (
        "expected price 1.00, got 5.00 (small.toml:1)",
        "expected stock 1, got 0 (small.toml:1)",
        "expected stock 1, got 2 (small.toml:1)",
    )


def test_no_example_that_fails_is_no_hazard() -> None:
    assert list(hazards([], str)) == []


def test_a_pack_without_examples_runs_none() -> None:
    assert failures(PACK, NOW, [example("fails", "A", stock=9)]) == []
