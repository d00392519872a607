"""References to what no manifest declares."""

from __future__ import annotations

import time

import pytest

from pipeline.checks.dangling_reference import RULE
from pipeline.model.address import Address
from pipeline.model.resource import Origin, Resource
from tests.builders import (
    FILE,
    category,
    check,
    element,
    field,
    image,
    include,
    include_tier,
    link,
    messages,
    places,
    service,
    tier,
    warning,
)


def test_a_written_reference_is_found_where_it_is_written() -> None:
    (found,) = check(RULE, category(), element("SUSPENSION"), element("DEL", parent="SUSPENSON"))

    assert found.origin == Origin(FILE, ("elements", 1, "parent"))
    assert found.message == (
        'element motos-part/DEL: "parent" names element motos-part/SUSPENSON, which no manifest declares'
    )
    assert found.hint == 'did you mean "SUSPENSION"?'


def test_every_written_reference_to_one_missing_code_is_found() -> None:
    found = check(RULE, category(), element("A", parent="X"), element("B", parent="X"))

    assert places(found) == [("elements", 0, "parent"), ("elements", 1, "parent")]


@pytest.mark.parametrize("written", ["luces", "LÚCES", "LUCE"])
def test_case_and_accents_do_not_keep_a_name_from_being_suggested(written: str) -> None:
    (found,) = check(RULE, category(), element("LUCES"), element("FARO", parent=written))

    assert found.hint == 'did you mean "LUCES"?'


def test_a_code_of_another_category_is_said_to_be_there() -> None:
    (found,) = check(
        RULE, category(), category("otra-prof"), element("TOLDO", within="otra-prof"), element("A", parent="TOLDO")
    )

    assert found.hint == '"TOLDO" exists in category otra-prof'


def test_a_near_name_of_the_same_category_is_suggested_first() -> None:
    (found,) = check(
        RULE,
        category(),
        category("otra"),
        element("TOLDO", within="otra"),
        element("TOLDOS"),
        element("A", parent="TOLDO"),
    )

    assert found.hint == 'did you mean "TOLDOS"?'


def test_a_condition_on_a_field_that_does_not_exist() -> None:
    (found,) = check(
        RULE,
        category(),
        element("A"),
        element("B"),
        field("B", "procedencia"),
        field("A", "marca", condition_field="procedencia"),
    )

    assert found.origin.path == ("required_fields", 1, "condition_field")
    assert found.hint == '"procedencia" exists in element motos-part/B'


def test_a_missing_category_is_one_finding_per_file_at_its_head() -> None:
    rows = [element(f"E{number}", within="moto-part") for number in range(5)]
    other = tier("T1", within="moto-part", origin=Origin("other.toml", ("tiers", 0)))
    found = check(RULE, category(), *rows, field("E0", "marca", within="moto-part"), other)

    assert [finding.origin for finding in found] == [Origin(FILE, ("category",)), Origin("other.toml", ("category",))]
    assert found[0].message == "no manifest declares category moto-part"
    assert found[0].hint == 'did you mean "motos-part"?'


def test_a_mapping_of_a_missing_category_tells_of_the_category_only() -> None:
    rows = [include("T1", "A", within="gone"), include_tier("T1", "T2", within="gone")]

    assert messages(RULE, *rows) == ["no manifest declares category gone"]


def test_a_listed_code_that_names_nothing_is_found_once_in_its_list() -> None:
    listed = Origin(FILE, ("groups", "base", 3))
    rows = [include(code, "ESCAPEE", origin=listed) for code in ("T1", "T2")]
    (found,) = check(RULE, category(), tier("T1"), tier("T2"), element("ESCAPE"), *rows)

    assert found.origin == listed
    assert found.message == "the mapping names element motos-part/ESCAPEE, which no manifest declares"


def test_a_tier_that_does_not_exist_is_found_at_its_table() -> None:
    rows = [include("T9", code, origin=Origin(FILE, ("groups", "base", 0))) for code in ("A", "B")]
    (found,) = check(RULE, category(), tier("T1"), element("A"), element("B"), *rows)

    assert found.origin == Origin(FILE, ("tiers", "T9"))
    assert found.message == "the mapping names tier motos-part/T9, which no manifest declares"
    assert found.hint == 'known: "T1"'


def test_an_included_tier_that_does_not_exist_is_found_in_the_list() -> None:
    listed = Origin(FILE, ("tiers", "T1", "includes", 1))
    (found,) = check(RULE, category(), tier("T1"), include_tier("T1", "T7", origin=listed))

    assert found.origin == listed


def test_what_belongs_to_no_category_refers_to_none() -> None:
    assert not check(RULE, service("gestion", within=None))


def test_a_code_that_only_stands_outside_of_every_category_is_said_to() -> None:
    other = Resource(Address("element", (None, "A")), {"code": "A"})
    (found,) = check(RULE, category(), other, element("B", parent="A"))

    assert found.hint == '"A" exists in no category'


def test_what_stands_in_an_element_that_does_not_exist_is_found_once() -> None:
    found = check(RULE, category(), image("GONE", "a"), image("GONE", "b"), field("GONE", "f"))

    assert [item.message for item in found] == [
        "image motos-part/GONE/a needs element motos-part/GONE, which no manifest declares"
    ]


def test_many_names_are_not_listed() -> None:
    rows = [element(f"ELEMENT_{number}") for number in range(9)]
    (found,) = check(RULE, category(), *rows, element("X", parent="ZZ"))

    assert found.hint == ""


def test_whole_catalogues_are_clean() -> None:
    assert not check(RULE, category(), element("A"), warning("w", of="A"), link("A", "w"), field("A", "f"))


def test_ten_thousand_wrong_names_take_no_time_to_speak_of() -> None:
    rows = [element(f"ELEMENT_{number}", parent=f"MISSING_{number}") for number in range(10_000)]
    start = time.perf_counter()

    assert len(check(RULE, category(), *rows)) == 10_000
    assert time.perf_counter() - start < 20
