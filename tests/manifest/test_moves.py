"""From the paths that people write to natural keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.config import bundled
from pipeline.manifest import schema as schemas
from pipeline.manifest.document import Document
from pipeline.manifest.resolve import resolve
from pipeline.manifest.validate import validate
from pipeline.model.address import Key
from pipeline.model.diagnostic import Desired, Diagnostic
from pipeline.packs.homologation import PACK

SCHEMA = schemas.read(bundled("schemas") / PACK.name)
FULL = schemas.complete(PACK, SCHEMA)
MOTOS: Key = ("motos-part",)


def read(*moved: Any, category: str | None = "motos-part", codes: str = "") -> tuple[Desired, list[Diagnostic]]:
    """What a manifest with these entries says, in which the elements `codes` are declared."""
    data: dict[str, Any] = {"pack": "homologation", "version": 1, "moved": list(moved)}
    if category:
        data["category"] = category
    if codes:
        data["elements"] = [{"code": code, "name": code} for code in codes.split()]
    document = Document("a.toml", Path("a.toml"), "homologation", data, b"")
    rejected = validate([document], SCHEMA)
    desired, found = resolve([document], FULL, [item.origin for item in rejected])
    return desired, [*rejected, *found]


def move(kind: str, old: str, new: str) -> dict[str, str]:
    return {"kind": kind, "from": old, "to": new}


@pytest.mark.parametrize(
    ("kind", "old", "new", "source", "target"),
    [
        ("element", "A", "B", (MOTOS, "A"), (MOTOS, "B")),
        ("element", "A/B", "C", (MOTOS, "A/B"), (MOTOS, "C")),
        ("category", "motos", "motos-part", ("motos",), MOTOS),
        ("image", "A/Vista/frontal", "A/x", ((MOTOS, "A"), "Vista/frontal"), ((MOTOS, "A"), "x")),
        ("service", "a", "b", (MOTOS, "a"), (MOTOS, "b")),
        ("warning", "a", "b", (MOTOS, "a"), (MOTOS, "b")),
        ("setting", "a", "b/c", ("a",), ("b/c",)),
    ],
)
def test_a_path_has_as_many_steps_as_its_key(kind: str, old: str, new: str, source: Key, target: Key) -> None:
    desired, found = read(move(kind, old, new))

    assert found == []
    assert [(entry.kind, entry.source, entry.target) for entry in desired.moves] == [(kind, source, target)]
    assert desired.moves[0].origin.path == ("moved", 0)


def test_what_may_stand_in_no_category_is_renamed_there() -> None:
    desired, found = read(move("service", "a", "b"), move("category", "a", "b"), category=None)

    assert found == []
    assert [entry.source for entry in desired.moves] == [(None, "a"), ("a",)]


@pytest.mark.parametrize("kind", ["element", "required_field", "tier"])
def test_what_needs_a_category_says_so(kind: str) -> None:
    desired, found = read(move(kind, "a/x", "a/y"), category=None)

    assert ([item.rule for item in found], desired.moves) == (["missing-category"], ())


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "inclusion", "from": "T6/A", "to": "T6/B"},
        {"kind": "elemnt", "from": "A", "to": "B"},
        {"kind": ["element"], "from": "A", "to": "B"},
        {"kind": "element", "from": "A"},
        {"kind": "element", "from": 1, "to": "B"},
        {"kind": "element", "from": "", "to": "B"},
        {"kind": "element", "from": "A", "to": "B", "why": "x"},
        "A -> B",
    ],
)
def test_what_the_schema_refuses_is_left_out(entry: Any) -> None:
    desired, found = read(entry, move("element", "C", "D"))

    assert len(found) == 1
    assert [moved.source for moved in desired.moves] == [(MOTOS, "C")]


@pytest.mark.parametrize(("old", "new"), [("A", "B"), ("B", "B"), ("A", "A"), ("Z", "B")])
def test_what_an_entry_stands_in_may_have_its_old_or_its_new_name(old: str, new: str) -> None:
    entries = (move("element", "Z", "A"), move("element", "A", "B"), move("required_field", f"{old}/x", f"{new}/y"))

    desired, found = read(*entries, codes="B")

    assert found == []
    assert desired.moves[-1][1:3] == (((MOTOS, "B"), "x"), ((MOTOS, "B"), "y"))


def test_below_a_swap_the_new_name_says_which_is_meant() -> None:
    swap = move("element", "A", "B"), move("element", "B", "A")

    desired, _ = read(*swap, move("image", "A/x", "B/y"), move("image", "A/x", "A/z"), codes="A B")

    assert [entry[1:3] for entry in desired.moves[2:]] == [
        (((MOTOS, "B"), "x"), ((MOTOS, "B"), "y")),
        (((MOTOS, "A"), "x"), ((MOTOS, "A"), "z")),
    ]


def test_an_entry_that_leads_into_something_else_stays_as_it_is_written() -> None:
    desired, _ = read(move("image", "A/x", "B/x"), codes="A B")

    assert desired.moves[0][1:3] == (((MOTOS, "A"), "x"), ((MOTOS, "B"), "x"))
