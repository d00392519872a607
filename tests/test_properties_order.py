"""How manifests are laid out, in files, sections, entries and keys, changes no byte of a plan but the places in it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.render import json, text
from tests.edits import Edit, edits
from tests.strategies import HEAD, Catalogue, Entry, Manifest, catalogues
from tests.workbench import Workbench, workbench

NESTED = ("images", "required_fields", "warnings")
FILES = ("a.toml", "z.toml", "0/deep/er.toml", "b.json")
PLACE = re.compile(r'[\w/.-]+\.(?:toml|json):\d+|"(?:file|digest)": "[^"]*"|"line": \d+')


@pytest.fixture
async def bench(database: str, folder: Path) -> AsyncIterator[Workbench]:
    async with workbench(database, folder) as made:
        yield made


def shuffled(draw: st.DrawFn, entry: Entry) -> Entry:
    """The entry with its keys in another order, and what is nested in it too."""
    content = dict(entry)
    for section in NESTED:
        if isinstance(content.get(section), list):
            content[section] = [shuffled(draw, item) for item in mixed(draw, content[section])]
    return dict(mixed(draw, list(content.items())))


def remapped(draw: st.DrawFn, table: Entry) -> Entry:
    """What a tier includes, with its keys and lists in another order."""
    lists = {name: mixed(draw, value) for name, value in table.items() if isinstance(value, list)}
    return dict(mixed(draw, list((table | lists).items())))


def mixed(draw: st.DrawFn, items: Sequence[Any]) -> list[Any]:
    """The items in any order."""
    return list(draw(st.permutations(items))) if len(items) > 1 else list(items)


def pieces(draw: st.DrawFn, manifest: Manifest) -> list[Manifest]:
    """Every entry of the manifest as a manifest of its own, with the head and the groups it needs."""
    head = {name: manifest[name] for name in ("pack", "version", "category", "groups") if name in manifest}
    found: list[Manifest] = []
    for name, section in manifest.items():
        if isinstance(section, list):
            found += [head | {name: [shuffled(draw, entry)]} for entry in section]
        elif name == "tiers":
            found += [head | {name: {code: remapped(draw, table)}} for code, table in section.items()]
    return found


def joined(manifest: Manifest | None, piece: Manifest) -> Manifest | None:
    """Both in one manifest, or nothing where they cannot stand in one."""
    if manifest is None:
        return dict(piece)
    if manifest.get("category") != piece.get("category"):
        return None
    result = dict(manifest)
    for name, section in piece.items():
        if name in result and type(result[name]) is not type(section):
            return None
        if isinstance(section, list):
            result[name] = [*result.get(name, []), *section]
        elif isinstance(section, dict):
            result[name] = result.get(name, {}) | section
    return result


@st.composite
def layouts(draw: st.DrawFn, catalogue: Catalogue) -> Catalogue:
    """The same catalogue in other files and another order."""
    found: Catalogue = {"head.toml": HEAD}
    for piece in mixed(draw, [piece for manifest in catalogue.values() for piece in pieces(draw, manifest)]):
        name = draw(st.sampled_from(FILES))
        kept = joined(found.get(name), piece)
        while kept is None:
            name = f"x{name}"
            kept = joined(found.get(name), piece)
        found[name] = kept
    return {name: dict(mixed(draw, list(manifest.items()))) for name, manifest in found.items()}


pairs = catalogues().flatmap(lambda catalogue: st.tuples(st.just(catalogue), layouts(catalogue)))


async def rendered(bench: Workbench, catalogue: Catalogue) -> tuple[str, str]:
    """The plan of a catalogue as text and as JSON, places aside."""
    plan = (await bench.plan(bench.validate(catalogue))).plan
    return PLACE.sub("·", text.render(plan)), PLACE.sub("·", json.plans([plan]))


# The database of a test is emptied before each of its examples, so they share it without seeing each other.
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(catalogues(), edits, pairs)
async def test_the_layout_of_manifests_changes_no_byte_of_a_plan(
    bench: Workbench, applied: Catalogue, by_hand: list[Edit], pair: tuple[Catalogue, Catalogue]
) -> None:
    await bench.reset()
    await bench.apply(bench.validate(applied))
    await bench.edit(by_hand)

    assert await rendered(bench, pair[1]) == await rendered(bench, pair[0])
