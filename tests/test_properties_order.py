"""How manifests are laid out, in files, sections, entries and keys, changes no byte of a plan but the places in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from pipeline.render import json, text
from tests.edits import Edit
from tests.strategies import Catalogue, Entry, Manifest
from tests.workbench import Workbench
from tests.worlds.everywhere import CATALOGUES, EDITS, everywhere
from tests.worlds.world import World

FILES = ("a.toml", "z.toml", "0/deep/er.toml", "b.json")
PLACE = re.compile(r'[\w/.-]+\.(?:toml|json):\d+|"(?:file|digest)": "[^"]*"|"line": \d+')


def shuffled(draw: st.DrawFn, entry: Entry) -> Entry:
    """The entry with its keys in another order, and what is nested in it too."""
    content = dict(entry)
    for section, items in entry.items():
        if isinstance(items, list) and all(isinstance(item, dict) for item in items):
            content[section] = [shuffled(draw, item) for item in mixed(draw, items)]
    return dict(mixed(draw, list(content.items())))


def remapped(draw: st.DrawFn, table: Entry) -> Entry:
    """What a tier includes, with its keys and lists in another order."""
    lists = {name: mixed(draw, value) for name, value in table.items() if isinstance(value, list)}
    return dict(mixed(draw, list((table | lists).items())))


def mixed(draw: st.DrawFn, items: Sequence[Any]) -> list[Any]:
    """The items in any order."""
    return list(draw(st.permutations(items))) if len(items) > 1 else list(items)


def pieces(draw: st.DrawFn, scope: str, manifest: Manifest) -> list[Manifest]:
    """Every entry of the manifest as a manifest of its own, with the head and the groups it needs."""
    head = {name: manifest[name] for name in ("pack", "version", scope, "groups") if name in manifest}
    found: list[Manifest] = []
    for name, section in manifest.items():
        if isinstance(section, list):
            found += [head | {name: [shuffled(draw, entry)]} for entry in section]
        elif name == "tiers":
            found += [head | {name: {code: remapped(draw, table)}} for code, table in section.items()]
    return found


def joined(scope: str, manifest: Manifest | None, piece: Manifest) -> Manifest | None:
    """Both in one manifest, or nothing where they cannot stand in one."""
    if manifest is None:
        return dict(piece)
    if manifest.get(scope) != piece.get(scope):
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
def layouts(draw: st.DrawFn, world: World, catalogue: Catalogue) -> Catalogue:
    """The same catalogue in other files and another order."""
    found: Catalogue = {"head.toml": world.head}
    scope = world.pack.scope
    for piece in mixed(draw, [piece for manifest in catalogue.values() for piece in pieces(draw, scope, manifest)]):
        name = draw(st.sampled_from(FILES))
        kept = joined(scope, found.get(name), piece)
        while kept is None:
            name = f"x{name}"
            kept = joined(scope, found.get(name), piece)
        found[name] = kept
    return {name: dict(mixed(draw, list(manifest.items()))) for name, manifest in found.items()}


def pairs(world: World) -> st.SearchStrategy[tuple[Catalogue, Catalogue]]:
    """A catalogue, and the same in another layout."""
    return world.catalogues.flatmap(lambda catalogue: st.tuples(st.just(catalogue), layouts(world, catalogue)))


async def rendered(bench: Workbench, catalogue: Catalogue) -> tuple[str, str]:
    """The plan of a catalogue as text and as JSON, places aside."""
    plan = (await bench.plan(bench.validate(catalogue))).plan
    return PLACE.sub("·", text.render(plan)), PLACE.sub("·", json.plans([plan]))


@everywhere(40, applied=CATALOGUES, by_hand=EDITS, pair=pairs)
async def test_the_layout_of_manifests_changes_no_byte_of_a_plan(
    bench: Workbench, world: World, applied: Catalogue, by_hand: list[Edit], pair: tuple[Catalogue, Catalogue]
) -> None:
    await bench.reset()
    await bench.apply(bench.validate(applied))
    await bench.edit(by_hand)

    assert await rendered(bench, pair[1]) == await rendered(bench, pair[0])
