"""Active elements under inactive parents."""

from __future__ import annotations

from pipeline.packs.homologation.checks.active_under_inactive import RULE
from tests.builders import check, element


def test_an_active_element_under_an_inactive_parent() -> None:
    (found,) = check(RULE, element("BASE", active=False), element("V", parent="BASE"))

    assert found.origin.path == ("elements", 1, "parent")
    assert [origin.path for origin in found.also] == [("elements", 0, "active")]
    assert found.message == "element motos-part/V is active, but its parent element motos-part/BASE is not"


def test_other_families() -> None:
    assert not check(
        RULE,
        element("BASE"),
        element("V", parent="BASE"),
        element("OLD", active=False),
        element("W", parent="OLD", active=False),
        element("X", parent="GONE"),
    )
