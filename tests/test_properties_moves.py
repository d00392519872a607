"""Whatever is renamed in whatever catalogue: rows keep their ids, and the plan says nothing but moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.commands import Validation
from tests.strategies import ELEMENTS, TIERS, WARNINGS, Catalogue, catalogues
from tests.workbench import Workbench, workbench

NEW = {
    "element": ("NUEVO", "OTRO", "TERCERO"),
    "tier": ("T7", "T8", "T9"),
    "warning": ("nuevo", "otro", "tercero"),
}
OLD = {"element": ELEMENTS, "tier": TIERS, "warning": WARNINGS}
SECTIONS = {"element": "elements", "tier": "tiers", "warning": "warnings"}
Names = dict[str, dict[str, str]]
"""The new code for every old one, by kind."""


@pytest.fixture
async def bench(database: str, folder: Path) -> AsyncIterator[Workbench]:
    async with workbench(database, folder) as made:
        yield made


@st.composite
def names(draw: st.DrawFn) -> Names:
    """Some codes become others, perhaps each other's: chains, shifts and swaps among them."""
    return {
        kind: dict(zip(OLD[kind], draw(st.permutations((*OLD[kind], *NEW[kind]))), strict=False))
        for kind in sorted(OLD)
    }


def renamed(catalogue: Catalogue, new: Names) -> Catalogue:
    """The catalogue with its new codes, and an entry for each code that is declared and changes."""
    made = deepcopy(catalogue)
    for file, manifest in made.items():
        if "category" not in manifest:
            continue
        before = declared(manifest) if file.endswith("catalogue.toml") else set()
        _rename(manifest, new)
        moved = [
            {"kind": kind, "from": old, "to": new[kind][old]} for kind, old in sorted(before) if new[kind][old] != old
        ]
        if moved:
            manifest["moved"] = moved
    return made


def declared(manifest: dict[str, Any]) -> set[tuple[str, str]]:
    """Kind and code of everything that may be renamed."""
    found = {(kind, entry["code"]) for kind, section in SECTIONS.items() for entry in manifest.get(section, ())}
    for owner in (*manifest["tiers"], *manifest["elements"]):
        found |= {("warning", entry["code"]) for entry in owner.get("warnings", ())}
    return found


def _rename(manifest: dict[str, Any], new: Names) -> None:
    for kind, section in SECTIONS.items():
        for entry in manifest.get(section, ()) if isinstance(manifest.get(section), list) else ():
            entry["code"] = new[kind][entry["code"]]
            if "parent" in entry:
                entry["parent"] = new["element"][entry["parent"]]
            for warning in entry.get("warnings", ()):
                warning["code"] = new["warning"][warning["code"]]
    for name, codes in manifest.get("groups", {}).items():
        manifest["groups"][name] = [new["element"][code] for code in codes]
    if isinstance(manifest.get("tiers"), dict):
        manifest["tiers"] = {new["tier"][code]: _mapped(table, new) for code, table in manifest["tiers"].items()}


def _mapped(table: dict[str, Any], new: Names) -> dict[str, Any]:
    made = dict(table)
    if "elements" in made:
        made["elements"] = [
            item | {"element": new["element"][item["element"]]} if isinstance(item, dict) else new["element"][item]
            for item in made["elements"]
        ]
    if "includes" in made:
        made["includes"] = [new["tier"][code] for code in made["includes"]]
    return made


def valid(bench: Workbench, catalogue: Catalogue) -> Validation:
    validation = bench.validate(catalogue)
    assert validation.ok, [found.message for found in validation.diagnostics]
    return validation


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(catalogues(), names())
async def test_rows_keep_their_ids_and_nothing_else_happens(bench: Workbench, catalogue: Catalogue, new: Names) -> None:
    await bench.reset()
    await bench.apply(valid(bench, catalogue))
    before = await bench.rows()
    entries = renamed(catalogue, new)
    wanted = sum(len(manifest.get("moved", ())) for manifest in entries.values())
    validation = valid(bench, entries)

    plan = (await bench.plan(validation)).plan
    assert [change.action for change in plan.changes] == ["move"] * wanted
    assert not any(change.fields for change in plan.changes)
    assert not plan.records
    if wanted:
        await bench.apply(validation)

    after = await bench.rows()
    assert after.keys() == before.keys()
    for row, was in before.items():
        differing = {name for name in was if after[row][name] != was[name]}
        assert differing in (set(), {"code", "updated_at"})
    assert (await bench.plan(validation)).plan.is_empty
