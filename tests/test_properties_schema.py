"""The schema's word holds: PostgreSQL takes what it admits and gives it back, and both its readers agree on it."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st

from pipeline.commands.catalog import described
from pipeline.manifest import explain
from pipeline.manifest.validate import verdict
from pipeline.model.kind import Kind
from pipeline.model.values import Value
from tests.strategies import Catalogue, Entry, Manifest
from tests.workbench import Workbench
from tests.worlds import WORLDS
from tests.worlds.everywhere import everywhere
from tests.worlds.world import World


def composed(value: Any) -> Any:
    """The value with all its texts in NFC."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [composed(item) for item in value]
    if isinstance(value, dict):
        return {composed(name): composed(item) for name, item in value.items()}
    return value


def rows(world: World, catalogue: Catalogue) -> Iterator[tuple[str, Any, Entry]]:
    """Kind, key and entry of what stands in a catalogue that the schema made."""
    for manifest in catalogue.values():
        scope = (composed(manifest[world.pack.scope]),) if world.pack.scope in manifest else None
        for kind in world.pack.top_level():
            section = manifest.get(kind.section, [])
            if isinstance(section, list):
                for entry in section:
                    yield from placed(world, kind, entry, scope, scope)
        for mapping in world.pack.mappings:
            tables = manifest.get(world.pack.kind[mapping.subject].section)
            for code, table in tables.items() if isinstance(tables, dict) else ():
                limits = {name: value for name, value in table.items() if name != "elements"}
                for member in table["elements"]:
                    yield mapping.member, ((scope, code), (scope, member)), limits


def placed(world: World, kind: Kind, entry: Entry, scope: Any, above: Any) -> Iterator[tuple[str, Any, Entry]]:
    """An entry and what is nested in it, each with the key of its place, up to what manifests do not write of it."""
    parts = [entry[part] for part in kind.key if part not in kind.ref and part not in kind.unwritten]
    home = scope if kind.scopes else above
    refers = kind.key[0] in kind.ref
    key = tuple(map(composed, ((home, *parts) if refers else parts)))
    yield kind.name, key, entry
    for name in kind.children:
        child = world.pack.kind[name]
        for item in entry.get(child.section, ()):
            yield from placed(world, child, item, scope, key)
            for along in world.pack.kinds:
                if along.along == name and along.ref[along.key[0]].to == kind.name:
                    yield along.name, (key, (scope, composed(item[child.code]))), item


def plain(value: Value, written: Any) -> Any:
    """What was read, in the shape in which it was written."""
    if isinstance(written, dict | list):
        return json.loads(str(value), parse_float=Decimal)
    return value[-1] if isinstance(value, tuple) else value


@everywhere(40, catalogue=attrgetter("shaped"))
async def test_postgresql_accepts_what_the_schema_admits_and_gives_it_back(
    bench: Workbench, world: World, catalogue: Catalogue
) -> None:
    await bench.reset()
    validation = bench.validate(catalogue)
    event(f"valid: {validation.ok}")
    assume(validation.ok)

    await bench.apply(validation)

    state = (await bench.snapshot(world.whole)).state
    found = list(rows(world, catalogue))
    for kind, key, entry in found:
        (row,) = (row for at, row in state[kind].items() if at[: len(key)] == key)
        assert row.active == entry.get("active", True)
        for name in entry.keys() & row.values.keys():
            assert plain(row.values[name], entry[name]) == composed(entry[name]), (kind, name)
    assert sum(map(len, state.values())) == len(found)


ODD = st.sampled_from(
    (
        *(None, True, "", "x" * 51, [], {}, [""], ["a", "a"], [1, Decimal("1.0")], {"x": 1}, -1, 2**31, -(2**31) - 1),
        *map(Decimal, ("1.0", "-0.0", "1.5", "99999999.99", "99999999.991", "1E+15", "1E+16", "1E-30", "2147483647.0")),
        *("T1\n", "ñ", "motos-part", "e\u0301" * 25, "text", 0, 1, 2**63 - 1, [None], {"group": "base"}, ["\u0301"]),
    )
)
KEYS = st.sampled_from(("code", "name", "price", "active", "unknown", "sort_order", "keywords", "", "include", "tiers"))


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every table or list in a document, with each of its keys or indexes."""
    for step, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, step
        if isinstance(item, dict | list):
            yield from places(item)


@st.composite
def mutated(draw: st.DrawFn, manifests: st.SearchStrategy[Catalogue]) -> Manifest:
    """A manifest with up to two of its values or keys changed, removed or added."""
    catalogue = draw(manifests)
    manifest: Manifest = copy.deepcopy(catalogue[draw(st.sampled_from(sorted(catalogue)))])
    for _ in range(draw(st.integers(0, 2))):
        found = list(places(manifest))
        if not found:
            break
        home, step = found[draw(st.integers(0, len(found) - 1))]
        change = draw(st.sampled_from(("replace", "remove", "add")))
        if change == "replace":
            home[step] = copy.deepcopy(draw(ODD))
        elif change == "remove":
            del home[step]
        elif isinstance(home, dict):
            home[draw(KEYS)] = copy.deepcopy(draw(ODD))
        else:
            home.append(copy.deepcopy(draw(ODD)))
    return manifest


def slow_verdict(part: Any) -> Any:
    """What the explaining reader is given for the fast one: nothing of lists, so that it looks at them itself."""
    return verdict(part) if "allOf" not in part else lambda _: False


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_the_fast_and_the_explaining_reader_give_the_same_verdict(world: World) -> None:
    schema = described(world.pack)
    accepts, explainer = verdict(schema), explain._validator_class(schema, slow_verdict)(schema)

    def agree(manifest: Manifest) -> None:
        accepted = accepts(manifest)
        event(f"accepted: {accepted}")
        assert explainer.is_valid(manifest) == accepted

    tried = given(mutated(world.catalogues) | mutated(world.shaped))(agree)
    for version in (Decimal("1.0"), True):
        tried = example(world.head | {"version": version})(tried)
    for content in (
        {"categories": [{"slug": "a\n", "name": "A", "client_type": "particular"}]},
        {"groups": {"base": ["A", "A"]}},
    ):
        tried = example(world.head | content)(tried)
    settings(max_examples=world.examples(200))(tried)()
