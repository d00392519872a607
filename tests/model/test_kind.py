"""What follows from how a kind is declared."""

from __future__ import annotations

import pytest

from pipeline.model.kind import AppendOnly, Field, Flag, Kind, Ref, Retire, Status
from pipeline.model.pack import Pack

FLAG = Flag("is_active")
FIELDS = (Field("code", "text"), Field("state", "text"), Field("note", "text"))


def kind(name: str = "item", *, retire: Retire = FLAG, derived: bool = False, **more: str) -> Kind:
    key = ("shop", more.get("code", "code"))
    refs = (Ref("shop", to="shop", column="shop_id", placed=True), Ref("twin", to=name, column="twin_id"))
    children = tuple(filter(None, [more.get("child")]))
    return Kind(
        name,
        table=name,
        section=f"{name}s",
        key=key,
        refs=refs,
        children=children,
        retire=retire,
        derived=derived,
        fields=FIELDS,
    )


@pytest.mark.parametrize(
    ("made", "unwritten", "movable"),
    [
        (kind(), set(), True),
        (kind(code="twin"), set(), False),
        (kind(retire=Status("state", ("ON",), "OFF", "ON")), {"state"}, True),
        (kind(retire=AppendOnly("code")), {"code"}, False),
        (kind(derived=True), {"code", "state", "note"}, False),
    ],
)
def test_what_manifests_never_write_and_what_can_be_renamed(made: Kind, unwritten: set[str], movable: bool) -> None:
    assert made.unwritten == unwritten
    assert made.movable == movable


def test_what_is_derived_has_entries_only_where_it_is_nested() -> None:
    outer, inner, alone = kind("outer", child="inner"), kind("inner", derived=True), kind("alone", derived=True)
    pack = Pack("small", 1, (outer, inner, alone), lambda: None)

    assert pack.top_level() == (outer,)
    assert [pack.is_written(one) for one in pack.kinds] == [True, True, False]
