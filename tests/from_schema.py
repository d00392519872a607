"""Manifests that the real JSON Schema makes by itself, mended where a check asks for more than it can say."""

from __future__ import annotations

import json
import re
import unicodedata
import warnings
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

from pipeline.config import bundled
from pipeline.manifest.schema import FILE_NAME
from tests.strategies import HEAD, Catalogue, Entry, booleans, integers, texts

PACK = "homologation"
MOTOS = "motos-part"
_SECTIONS = ("images", "required_fields", "warnings", "parent", "variant_type", "variant_code")
_CONDITION = ("condition_field", "condition_operator", "condition_value")
ANYTHING = st.dictionaries(texts, integers | booleans | texts, max_size=2)
"""An object that the schema says nothing more of."""
_LONG = "Ñandú 🛵 l\u0327 \n"


@cache
def definitions(pack: str) -> dict[str, Any]:
    """The definitions in a pack's schema."""
    found = json.loads((bundled("schemas") / pack / FILE_NAME).read_text("utf-8"))["definitions"]
    return dict(found)


@cache
def one(name: str, pack: str = PACK, without: tuple[str, ...] = (*_SECTIONS, *_CONDITION)) -> st.SearchStrategy[Entry]:
    """An entry as a definition of the schema allows it, without what it refers to and what is nested in it."""
    definition = definitions(pack)[name]
    values = {key: value_of(key, part) for key, part in definition["properties"].items() if key not in without}
    required = set(definition["required"])
    found = st.fixed_dictionaries(
        {key: value for key, value in values.items() if key in required},
        optional={key: value for key, value in values.items() if key not in required},
    )
    return found.map(_mended) if pack == PACK else found


@cache
def entries(name: str, code: str, at_least: int = 0) -> st.SearchStrategy[list[Entry]]:
    """Up to two entries with codes of their own."""
    return several(one(name), code, at_least)


def several(entry: st.SearchStrategy[Entry], code: str, at_least: int = 0) -> st.SearchStrategy[list[Entry]]:
    """Up to two such entries with codes of their own."""
    return st.lists(entry, min_size=at_least, max_size=2).map(lambda found: list(_distinct(found, code)))


def value_of(name: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values as the schema of one property allows them, its longest text and its limits among them."""
    limits = [Decimal(repr(schema[bound])) for bound in ("minimum", "maximum") if bound in schema]
    if name == "price":
        prices = from_schema(schema).map(lambda price: Decimal(repr(price)).quantize(Decimal("0.01")))
        return st.sampled_from(limits) | prices
    if (
        schema.get("type") == "object"
    ):  # hypothesis-jsonschema makes objects with what newer Hypothesis has not any more
        parts = {part: value_of(part, inner) for part, inner in schema.get("properties", {}).items()}
        return st.fixed_dictionaries({}, optional=parts) if parts else ANYTHING
    if schema.get("items") == {"type": "object"}:
        return st.lists(ANYTHING, max_size=2)
    value = from_schema(schema).map(_clean)
    if schema.get("type") == "string" and "pattern" not in schema and "enum" not in schema:
        longest = unicodedata.normalize("NFC", _LONG * 200)[: schema.get("maxLength", 2000)]
        return value | st.just(longest)
    if schema.get("type") == "integer":
        return value | st.sampled_from([int(limit) for limit in limits])
    return value | st.sampled_from(limits) if schema.get("type") == "number" else value


def _clean(value: Any) -> Any:
    """The value without control characters, which no manifest may hold, and without equals in lists."""
    if isinstance(value, str):
        kept = "".join(char for char in value if unicodedata.category(char) != "Cc" or char in "\t\n\r")
        return kept or "x"
    if isinstance(value, list):
        return list(_distinct(map(_clean, value)))
    if isinstance(value, dict):
        return {name: _clean(item) for name, item in value.items()}
    return Decimal(repr(value)) if isinstance(value, float) else value


def _distinct(items: Iterable[Any], name: str | None = None) -> Iterable[Any]:
    """The items of which no earlier one is equal, or has an equal value under `name`, in NFC."""
    known: set[Any] = set()
    for item in items:
        value = item if name is None else item[name]
        code = unicodedata.normalize("NFC", value) if isinstance(value, str) else repr(value)
        if code not in known:
            known.add(code)
            yield item


def _mended(entry: Entry) -> Entry:
    """The entry with its limits the right way round, patterns that compile, and values of the type they claim."""
    for part in (entry, entry.get("validation_rules", {})):
        for low, high in (("min_elements", "max_elements"), ("min", "max"), ("min_length", "max_length")):
            if low in part and high in part:
                part[low], part[high] = sorted((part[low], part[high]))
        for name in ("pattern", "detection_pattern"):
            if name in part and not _compiles(part[name]):
                part[name] = ".*"
    if "options" in entry:
        entry["field_type"] = "select"
    elif entry.get("field_type") == "select":
        entry["field_type"] = "number"
    if "value_type" in entry:
        entry["value"] = {"integer": "-7", "boolean": "true", "json": "[1.0]"}.get(entry["value_type"], entry["value"])
    return entry


def _compiles(pattern: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


@st.composite
def _elements(draw: st.DrawFn) -> list[Entry]:
    """Elements under one another, with images, fields under conditions, and warnings."""
    found = draw(entries("element", "code", 1))
    for above, element in pairwise(found):
        kinds = definitions(PACK)["element"]["properties"]
        variant = {name: value_of(name, kinds[name]) for name in ("variant_type", "variant_code")}
        element.update({"parent": above["code"]} | draw(st.just({}) | st.fixed_dictionaries(variant)))
    found[0]["images"] = draw(entries("image", "title", 1))
    fields = found[-1]["required_fields"] = draw(entries("required_field", "field_name", 1))
    for above, field in pairwise(fields):
        operator = draw(st.sampled_from(("exists", "not_exists")))
        field.update({"condition_field": above["field_name"], "condition_operator": operator})
    return found


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """A catalogue of one category made by the schema, and a mapping with whatever limits it allows."""
    category = draw(one("category")) | {"slug": MOTOS}
    company = {
        section: draw(entries(name, key))
        for section, name, key in (("policies", "policy", "key"), ("settings", "setting", "key"))
    }
    tiers = draw(entries("tier", "code"))
    elements = draw(_elements())
    inside: dict[str, Any] = {
        section: draw(entries(name, key))
        for section, name, key in (
            ("documents", "document", "code"),
            ("services", "service", "code"),
            ("prompt_sections", "prompt_section", "section_type"),
            ("constraints", "constraint", "code"),
            ("warnings", "warning", "code"),
        )
    }
    known = {item["code"] for item in inside["warnings"]}
    own = draw(entries("element.warning", "code"))
    elements[0]["warnings"] = [item for item in own if item["code"] not in known]
    scoped = HEAD | {"category": MOTOS}
    mapping = {tier["code"]: _included(draw, elements) for tier in tiers}
    return {
        "company.toml": HEAD | {"categories": [category]} | company,
        "catalogue.toml": scoped | {"tiers": tiers, "elements": elements} | inside,
        "mapping.json": scoped | {"tiers": mapping},
    }


def _included(draw: st.DrawFn, elements: list[Entry]) -> Entry:
    """What a tier includes, with limits of its own."""
    limits = definitions(PACK)["tier.mapping"]["properties"]
    low: st.SearchStrategy[Entry] = st.just({}) | st.fixed_dictionaries(
        {"min_quantity": value_of("min_quantity", limits["min_quantity"])}
    )
    return draw(low) | {"elements": [element["code"] for element in elements]}
