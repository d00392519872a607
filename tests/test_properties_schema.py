"""The schema's word holds: PostgreSQL takes what it admits and gives it back, and both its readers agree on it."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, example, given, settings
from hypothesis import strategies as st

from pipeline.config import bundled
from pipeline.manifest import explain, schema
from pipeline.manifest.validate import verdict
from pipeline.model.values import Value
from tests import from_schema, strategies
from tests.strategies import Catalogue, Entry, Manifest
from tests.workbench import Workbench, workbench

SCHEMA = schema.read(bundled("schemas") / "homologation")
ACCEPTS = verdict(SCHEMA)
HOME = (from_schema.MOTOS,)
NESTED = {"images": "image", "required_fields": "required_field", "warnings": "warning"}
SECTIONS = {
    "tiers": "tier",
    "documents": "document",
    "services": "service",
    "prompt_sections": "prompt_section",
    "constraints": "constraint",
    "elements": "element",
    "warnings": "warning",
}
CODES = {"image": "title", "required_field": "field_name", "prompt_section": "section_type"}


@pytest.fixture
async def bench(database: str, folder: Path) -> AsyncIterator[Workbench]:
    async with workbench(database, folder) as made:
        yield made


def composed(value: Any) -> Any:
    """The value with all its texts in NFC."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [composed(item) for item in value]
    if isinstance(value, dict):
        return {composed(name): composed(item) for name, item in value.items()}
    return value


def rows(catalogue: Catalogue) -> Iterator[tuple[str, Any, Entry]]:
    """Kind, key and entry of what stands in a catalogue that the schema made."""
    company, inside = catalogue["company.toml"], catalogue["catalogue.toml"]
    for entry in company["categories"]:
        yield "category", HOME, entry
    for section, kind in (("policies", "policy"), ("settings", "setting")):
        yield from ((kind, (entry["key"],), entry) for entry in company[section])
    for section, kind in SECTIONS.items():
        for entry in inside[section]:
            yield kind, (HOME, composed(entry[CODES.get(kind, "code")])), entry
    for element in inside["elements"]:
        owner = HOME, element["code"]
        for section, kind in NESTED.items():
            for entry in element.get(section, ()):
                code = composed(entry[CODES.get(kind, "code")])
                yield kind, (HOME if kind == "warning" else owner, code), entry
        for entry in element.get("warnings", ()):
            yield "element_warning", (owner, (HOME, entry["code"])), entry
    for tier, table in catalogue["mapping.json"]["tiers"].items():
        limits = {name: value for name, value in table.items() if name != "elements"}
        yield from (("inclusion", ((HOME, tier), (HOME, code)), limits) for code in table["elements"])


def plain(value: Value, written: Any) -> Any:
    """What was read, in the shape in which it was written."""
    if isinstance(written, dict | list):
        return json.loads(str(value), parse_float=Decimal)
    return value[-1] if isinstance(value, tuple) else value


# The database of a test is emptied before each of its examples, so they share it without seeing each other.
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(from_schema.catalogues())
async def test_postgresql_accepts_what_the_schema_admits_and_gives_it_back(
    bench: Workbench, catalogue: Catalogue
) -> None:
    await bench.reset()
    validation = bench.validate(catalogue)
    event(f"valid: {validation.ok}")
    assume(validation.ok)

    await bench.apply(validation)

    pack = validation.packs[0]
    state = (await bench.snapshot(pack)).state
    found = list(rows(catalogue))
    for kind, key, entry in found:
        row = state[kind][key]
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


EXPLAINER = explain._validator_class(SCHEMA, slow_verdict)(SCHEMA)


@settings(max_examples=200)
@given(mutated(strategies.catalogues()) | mutated(from_schema.catalogues()))
@example({"pack": "homologation", "version": Decimal("1.0")})
@example({"pack": "homologation", "version": True})
@example(
    {"pack": "homologation", "version": 1, "categories": [{"slug": "a\n", "name": "A", "client_type": "particular"}]}
)
@example({"pack": "homologation", "version": 1, "groups": {"base": ["A", "A"]}})
def test_the_fast_and_the_explaining_reader_give_the_same_verdict(manifest: Manifest) -> None:
    accepted = ACCEPTS(manifest)
    event(f"accepted: {accepted}")

    assert EXPLAINER.is_valid(manifest) == accepted
