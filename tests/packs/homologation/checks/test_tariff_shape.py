"""What rules say of the shape of a tariff is true of every request, as going through them shows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings

from pipeline.model.diagnostic import Finding, Rule
from pipeline.model.resource import Resource
from pipeline.packs.homologation.checks import (
    dear_service,
    minimum_above_tier,
    never_quoted,
    price_falls,
    uncovered_count,
    unknown_group,
    unreachable_tier,
)
from pipeline.packs.homologation.quote.covering import covering, reason
from pipeline.packs.homologation.quote.shape import shapes
from pipeline.packs.homologation.quote.tariff import Tariff
from tests.builders import (
    MOTOS,
    category,
    check,
    desired,
    element,
    include,
    include_tier,
    messages,
    places,
    service,
    state,
    tier,
)
from tests.packs.homologation.quote.tariffs import resources

MOST = 4
"""More of one element than any limit of the random tariffs."""


def every_request(tariff: Tariff) -> Iterator[dict[str, int]]:
    """All requests for elements that can be quoted, with up to `MOST` of each."""
    codes = [code for code, one in tariff.elements.items() if not one.is_base]
    for numbers in product(range(MOST + 1), repeat=len(codes)):
        if any(numbers):
            yield {code: number for code, number in zip(codes, numbers, strict=True) if number}


def named(rule: Rule, rows: list[Resource]) -> set[str]:
    """The codes of the resources at whose places a rule reports something."""
    found: list[Finding] = check(rule, *rows)
    at = {row.origin._replace(path=row.origin.path[:2]): row for row in desired(*rows).resources if row.origin}
    return {str(at[one.origin._replace(path=one.origin.path[:2])].address.key[-1]) for one in found}


@settings(max_examples=150)
@given(resources())
def test_no_finding_is_false(rows: list[Resource]) -> None:
    tariff = Tariff.of(state(*rows), MOTOS)
    unreachable, falling = named(unreachable_tier.RULE, rows), named(price_falls.RULE, rows)
    unquoted = named(never_quoted.RULE, rows)
    (found,) = shapes(state(*rows)) or (None,)
    gaps = list(uncovered_count.gaps(found)) if found else []

    for request in every_request(tariff):
        best = next(iter(covering(tariff, request)), None)
        if best is not None:
            assert best.code not in unreachable | falling, request
            assert not unquoted & request.keys(), request
            assert not any(gap.least <= sum(request.values()) <= gap.most for gap in gaps), request


@settings(max_examples=150)
@given(resources())
def test_a_tier_within_another_is_covered_by_it(rows: list[Resource]) -> None:
    tariff = Tariff.of(state(*rows), MOTOS)
    (found,) = shapes(state(*rows)) or (None,)
    if found is None:
        return
    pairs = [
        (one.tier, other.tier, span)
        for one in found.tiers
        for other in found.tiers
        if one is not other
        for span in found.spans
        if one.within(other, span)
    ]
    for request in every_request(tariff):
        units = sum(request.values())
        for one, other, span in pairs:
            if span.least <= units <= span.most and reason(one, request) is None:
                assert reason(other, request) is None, (one.code, other.code, request)


def simple(*more: Resource) -> list[Resource]:
    """Two elements in a tier that takes any number of them."""
    rows = [category(), tier("T1", price=30), element("ESCAPE"), element("FARO")]
    rows += [include("T1", "ESCAPE"), include("T1", "FARO")]
    return list({row.address: row for row in [*rows, *more]}.values())


def test_a_simple_tariff_has_no_findings() -> None:
    for rule in (unreachable_tier, price_falls, uncovered_count, never_quoted, minimum_above_tier, dear_service):
        assert check(rule.RULE, *simple()) == []


def test_the_place_of_a_tier_that_nobody_gets_and_of_those_in_its_place() -> None:
    rows = simple(
        tier("T0", price=30, sort_order=-1), include_tier("T0", "T1"), tier("T2", price=40), include("T2", "FARO")
    )
    (unreachable,) = check(unreachable_tier.RULE, *rows)
    (falls,) = check(price_falls.RULE, *rows)

    assert unreachable.message.startswith("tier motos-part/T1 is never offered: tier motos-part/T0 covers all")
    assert places([unreachable]) == [("tiers", 0)]
    assert [origin.path for origin in unreachable.also] == [("tiers", 1)]
    assert falls.message.startswith("tier motos-part/T2 costs 40, more than tier motos-part/T0, which costs 30")
    assert places([falls]) == [("tiers", 2, "price")]


def test_a_tier_whose_limits_cross_or_name_nothing_is_reported_once() -> None:
    limits = {"groups": {"nada": {"min": 1}}}
    rows = simple(
        tier("T1", price=30, min_elements=2, max_elements=1), tier("T2", price=10, classification_rules=limits)
    )

    assert check(unreachable_tier.RULE, *rows, include("T2", "FARO")) == []
    assert len(check(unknown_group.RULE, *rows, include("T2", "FARO"))) == 1


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, []),
        ({"min_elements": 3}, ["no tier of category motos-part covers 1 to 2 elements"]),
        ({"min_elements": 2}, ["no tier of category motos-part covers 1 element"]),
        ({"max_elements": 2}, ["no tier of category motos-part covers 3 or more elements"]),
        ({"classification_rules": {"max_elements": 1}}, ["no tier of category motos-part covers 2 or more elements"]),
    ],
)
def test_gaps(limits: dict[str, object], expected: list[str]) -> None:
    assert messages(uncovered_count.RULE, *simple(tier("T1", price=30, **limits))) == expected  # type: ignore[arg-type]  # fields by name


def test_a_retired_tier_fills_no_gap() -> None:
    one = tier("T1", price=30, max_elements=1)
    more = [tier("T2", price=40, active=False), include("T2", "FARO")]

    assert len(check(uncovered_count.RULE, *simple(one, *more))) == 1


def test_a_service_is_compared_with_its_category_or_with_all() -> None:
    rows = simple(service("ensayo", price=31), service("cita", price=30), service("curso", within=None, price=31))
    dearer = [category("otra"), tier("T1", within="otra", price=40)]

    assert len(check(dear_service.RULE, *rows)) == 2
    assert places(check(dear_service.RULE, *rows, *dearer)) == [("services", 0, "price")]
