"""Numbers with more decimals than their column keeps."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.checks.decimal_scale import RULE, decimals
from tests.builders import check, service, tier


def test_a_price_with_three_decimals() -> None:
    (found,) = check(RULE, tier("T1", price=Decimal("175.005")))

    assert found.origin.path == ("tiers", 0, "price")
    assert found.message == 'tier motos-part/T1: "price" is 175.005, and only 2 decimals can be kept'


@pytest.mark.parametrize(
    "price", ["175", "175.5", "175.50", "175.5000", "0.01", "0", "0.000", "1E+3", "NaN", "Infinity"]
)
def test_prices_that_fit(price: str) -> None:
    assert not check(RULE, tier("T1", price=Decimal(price)), service("s", price=Decimal(price)))


@pytest.mark.parametrize(("number", "count"), [("0.1", 1), ("0.001", 3), ("1E-30", 30), ("1.2300", 2), ("100", 0)])
def test_decimals_are_counted_exactly(number: str, count: int) -> None:
    assert decimals(Decimal(number)) == count


def test_only_decimal_fields_are_looked_at() -> None:
    assert not check(RULE, tier("T1", other=Decimal("0.12345")))
