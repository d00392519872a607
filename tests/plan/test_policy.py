"""Which thresholds hold where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.errors import UsageError
from pipeline.plan.policy import Limits, Policy, policies
from tests.plan.shelves import PROBES
from tests.plan.small import PACK


def test_without_settings_the_defaults_hold() -> None:
    assert policies([PACK], {}) == {"small": Policy()}
    assert Policy().of("item") == Limits(30, 30, 10, None, None, 50, 0)


def test_what_stands_deeper_comes_first() -> None:
    table = {
        "mass_update": 1,
        "mass_deactivation": 1,
        "minimum_rows": 1,
        "small": {"mass_update": 2, "mass_deactivation": 2, "item": {"mass_update": 3, "price_change": 3}},
    }

    policy = policies([PACK], table)["small"]

    assert policy.of("item") == Limits(3, 2, 1, 3)
    assert policy.of("rule") == Limits(2, 2, 1, None)


def test_limits_for_quotes_are_those_of_the_pack() -> None:
    quoting = replace(PACK, probes=lambda: PROBES)
    table = {"price_impact_quotes": 5, "price_impact_percent": 10, "small": {"unquotable_quotes": 3}}

    assert policies([quoting], table)["small"].limits == Limits(30, 30, 10, None, 5, 10, 3)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"smal": {}}, "[tool.pipeline.policy] has a table smal, and there is no such pack. Known: small."),
        (
            {"small": {"items": {}}},
            "[tool.pipeline.policy.small] has a table items, and there is no such kind. "
            "Known: shop, item, label, rule.",
        ),
        (
            {"small": {"rule": {"price_change": 3}}},
            "[tool.pipeline.policy.small] limits the prices of rule, which has none. Known: item.",
        ),
        (
            {"small": {"unquotable_quotes": 3}},
            "[tool.pipeline.policy.small] has unquotable-quotes, and the pack small gives no quotes.",
        ),
    ],
)
def test_names_that_do_not_exist_are_an_error(table: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        policies([PACK], table)

    assert str(caught.value) == said
