"""Two entries that describe one row."""

from __future__ import annotations

from pipeline.checks.duplicate_address import RULE
from pipeline.model.resource import Origin
from tests.builders import FILE, check, element, field, include, link, places, warning


def test_every_further_entry_is_found_with_the_place_of_the_first() -> None:
    found = check(RULE, element("ESCAPE"), element("FARO"), element("ESCAPE"), element("ESCAPE"))

    assert places(found) == [("elements", 2), ("elements", 3)]
    assert {finding.also for finding in found} == {(Origin(FILE, ("elements", 0)),)}
    assert found[0].message == "element motos-part/ESCAPE is already declared"
    assert "another code" in found[0].hint


def test_one_code_in_two_categories_or_two_kinds_is_no_duplicate() -> None:
    assert not check(RULE, element("A"), element("A", within="otra"), warning("A"), field("A", "A"))


def test_a_warning_written_for_two_elements_is_one_finding() -> None:
    found = check(RULE, warning("w", of="A"), link("A", "w"), warning("w", of="A"), link("A", "w"))

    assert [finding.message for finding in found] == ["warning motos-part/w is already declared"]


def test_rows_of_one_place_in_the_mapping_are_one_finding() -> None:
    here, there = Origin(FILE, ("groups", "todos", 0)), Origin(FILE, ("groups", "luces", 3))
    found = check(
        RULE,
        *(include(code, "FARO", origin=origin) for origin in (here, there) for code in ("T1", "T2")),
    )

    assert [(finding.origin, finding.also) for finding in found] == [(there, (here,))]
    assert found[0].message == "tier motos-part/T1 and tier motos-part/T2 already include element motos-part/FARO"
    assert found[0].hint == "name each element once: two of these lists or groups hold it"


def test_a_group_named_twice_is_not_its_own_first_place() -> None:
    row = include("T1", "FARO", origin=Origin(FILE, ("groups", "todos", 0)))

    (found,) = check(RULE, row, row._replace(active=False))

    assert found.also == ()
    assert found.message == "tier motos-part/T1 already includes element motos-part/FARO"
