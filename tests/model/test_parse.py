"""What JSON values hold."""

from __future__ import annotations

from math import inf

import pytest

from pipeline.model.values import Json, parse


@pytest.mark.parametrize(
    ("written", "held"),
    [('{"a":[1,"b",null]}', {"a": [1, "b", None]}), ("1e999", inf), ('[-1e999,"é"]', [-inf, "é"])],
)
def test_what_postgresql_can_hold_can_be_read(written: str, held: object) -> None:
    assert parse(Json(written)) == held
