"""The mapping of a category: groups written once, limits from the general to the particular, one row per member."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import bundled
from pipeline.manifest import schema
from pipeline.manifest.document import Document
from pipeline.manifest.resolve import resolve
from pipeline.model.address import Address, Key
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.resource import Origin, Resource
from pipeline.packs.homologation import PACK as BARE

PACK = schema.complete(BARE, schema.read(bundled("schemas") / BARE.name))
MOTOS: Key = ("motos-part",)
GROUPS = {"base": ["ESCAPE", "FILTRO"], "otros": ["FARO"]}


def read(tiers: object, **more: Any) -> tuple[list[Resource], list[Diagnostic]]:
    data = {"pack": PACK.name, "version": 1, "category": "motos-part", "groups": GROUPS, "tiers": tiers} | more
    desired, diagnostics = resolve([Document("m.toml", Path("m.toml"), PACK.name, data, b"")], PACK)
    return list(desired.resources), diagnostics


def rows(table: dict[str, Any]) -> dict[str, Resource]:
    """The rows of tier T6 by the code of what is included."""
    resources, diagnostics = read({"T6": table})
    assert diagnostics == []
    assert all(resource.address.key[0] == (MOTOS, "T6") for resource in resources)
    return {resource.address.key[1][1]: resource for resource in resources}  # type: ignore[index, misc]


def limits(row: Resource) -> dict[str, Any]:
    return {name: value for name, value in row.values.items() if name not in ("tier", "element")}


def test_a_group_makes_a_row_of_each_of_its_members() -> None:
    found = rows({"groups": ["base"]})

    assert list(found) == ["ESCAPE", "FILTRO"]
    assert found["FILTRO"] == Resource(
        Address("inclusion", ((MOTOS, "T6"), (MOTOS, "FILTRO"))),
        {"tier": (MOTOS, "T6"), "element": (MOTOS, "FILTRO"), "group_name": "base"},
        True,
        Origin("m.toml", ("groups", "base", 1)),
    )


def test_members_are_also_named_one_by_one() -> None:
    found = rows({"groups": ["otros"], "elements": ["ESCAPE", {"element": "FILTRO", "notes": "Solo uno."}]})

    assert list(found) == ["FARO", "ESCAPE", "FILTRO"]
    assert found["ESCAPE"].origin == Origin("m.toml", ("tiers", "T6", "elements", 0))
    assert limits(found["FILTRO"]) == {"notes": "Solo uno."}
    assert limits(found["ESCAPE"]) == {}


def test_a_member_that_is_listed_may_say_its_group_and_else_has_none() -> None:
    found = rows({"elements": ["ESCAPE", {"element": "FILTRO", "group_name": "base"}]})

    assert [limits(row) for row in found.values()] == [{}, {"group_name": "base"}]


def test_a_mapping_that_keeps_no_group_declares_none() -> None:
    bare = replace(PACK, mappings=(replace(PACK.mappings[0], group=""),))
    data = {"pack": PACK.name, "version": 1, "category": "motos-part", "groups": GROUPS}
    document = Document("m.toml", Path("m.toml"), PACK.name, data | {"tiers": {"T6": {"groups": ["otros"]}}}, b"")
    desired, _ = resolve([document], bare)

    assert [limits(row) for row in desired.resources] == [{}]


def test_limits_of_the_tier_hold_for_all_its_members() -> None:
    found = rows({"max_quantity": 1, "notes": "Uno.", "groups": ["base"], "elements": ["FARO"]})

    common = {"max_quantity": 1, "notes": "Uno."}
    assert [limits(row) for row in found.values()] == [common | {"group_name": "base"}] * 2 + [common]


def test_limits_of_a_group_and_of_an_element_go_before_those_of_the_tier() -> None:
    found = rows(
        {
            "min_quantity": 1,
            "max_quantity": 9,
            "groups": [{"group": "base", "max_quantity": 2}, "otros"],
            "elements": [{"element": "CLAUSOR", "max_quantity": 3, "min_quantity": 0}],
        }
    )

    assert {code: limits(row) for code, row in found.items()} == {
        "ESCAPE": {"min_quantity": 1, "max_quantity": 2, "group_name": "base"},
        "FILTRO": {"min_quantity": 1, "max_quantity": 2, "group_name": "base"},
        "FARO": {"min_quantity": 1, "max_quantity": 9, "group_name": "otros"},
        "CLAUSOR": {"min_quantity": 0, "max_quantity": 3},
    }


def test_an_included_tier_is_a_row_without_limits() -> None:
    found = rows({"max_quantity": 1, "includes": ["T4", "T5"]})

    assert found["T5"] == Resource(
        Address("tier_inclusion", ((MOTOS, "T6"), (MOTOS, "T5"))),
        {"tier": (MOTOS, "T6"), "included_tier": (MOTOS, "T5")},
        True,
        Origin("m.toml", ("tiers", "T6", "includes", 1)),
    )
    assert list(found) == ["T4", "T5"]


def test_a_group_serves_many_tiers() -> None:
    resources, _ = read({"T5": {"groups": ["base"]}, "T6": {"groups": ["base"]}})

    assert [str(resource.address) for resource in resources] == [
        "inclusion motos-part/T5/ESCAPE",
        "inclusion motos-part/T5/FILTRO",
        "inclusion motos-part/T6/ESCAPE",
        "inclusion motos-part/T6/FILTRO",
    ]


@pytest.mark.parametrize("listed", ["bse", {"group": "bse", "max_quantity": 1}])
def test_an_unknown_group_names_the_nearest(listed: object) -> None:
    resources, (found,) = read({"T6": {"groups": ["otros", listed], "elements": ["FILTRO"]}})

    assert found.rule == "unknown-group"
    assert found.origin == Origin("m.toml", ("tiers", "T6", "groups", 1))
    assert "bse" in found.message
    assert found.hint == "did you mean base?"
    assert len(resources) == 2


def test_an_unknown_group_like_no_other_says_where_groups_are_defined() -> None:
    _, (found,) = read({"T6": {"groups": ["xyz"]}})

    assert found.hint == "define it under [groups] in this file"


def test_without_groups_in_the_file_every_group_is_unknown() -> None:
    resources, (found,) = read({"T6": {"groups": ["base"]}}, groups=None)

    assert (resources, found.rule) == ([], "unknown-group")


def test_a_mapping_needs_a_category() -> None:
    resources, (found,) = read({"T6": {"groups": ["base"]}, "T5": {}}, category=None)

    assert resources == []
    assert found.rule == "missing-category"
    assert found.origin == Origin("m.toml", ("tiers", "T6"))
    assert found.message == "a mapping of tiers belongs to a category, and this file does not say which"


@pytest.mark.parametrize(
    "table",
    [
        7,
        {"groups": "base", "elements": "FARO", "includes": "T5"},
        {"groups": [7, {}, {"group": 7}, ""], "elements": [7, {}, {"element": None}], "includes": [7]},
    ],
)
def test_what_has_another_shape_is_passed_over(table: object) -> None:
    assert read({"T6": table}) == ([], [])


def test_members_of_a_group_that_are_no_codes_are_passed_over() -> None:
    resources, diagnostics = read({"T6": {"groups": ["base"]}}, groups={"base": [7, "FARO"]})

    assert [str(resource.address) for resource in resources] == ["inclusion motos-part/T6/FARO"]
    assert diagnostics == []


def test_what_the_tier_a_group_or_an_element_protects_is_protected() -> None:
    found = rows({"groups": ["otros", {"group": "base", "protected": True}]})
    assert [row.protected for row in found.values()] == [False, True, True]
    assert not any("protected" in row.values for row in found.values())

    found = rows({"protected": True, "groups": ["otros"], "elements": [{"element": "ESCAPE", "protected": False}]})
    assert [row.protected for row in found.values()] == [True, False]


@pytest.mark.parametrize("protected", [True, False])
def test_a_tier_that_is_included_is_protected_with_the_rest(protected: bool) -> None:
    ((row,), _) = read({"T1": {"protected": protected, "includes": ["T6"]}})

    assert (row.address.kind, row.protected) == ("tier_inclusion", protected)
    assert "protected" not in row.values
