"""Keys that no index could hold."""

from __future__ import annotations

import pytest

from pipeline.checks.long_address import LONGEST, RULE
from tests.builders import check, element

OVERHEAD = len('[["motos-part"],""]')


@pytest.mark.parametrize("code", ["A", "Ñ", "字"])
def test_bytes_are_counted(code: str) -> None:
    width = len(code.encode())
    fits = code * ((LONGEST - OVERHEAD) // width)

    assert not check(RULE, element(fits))
    (found,) = check(RULE, element(fits + code))
    assert len(found.message) < 250
    assert str(LONGEST) in found.message
