"""Hypothesis strategies for whole small catalogues of the homologation pack, as plain data that TOML can hold.

Codes come from short lists, so that two catalogues have most addresses in common and differ in what they say:
that is where updates, moves, retirements and returns come from. References are valid by construction.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from hypothesis import settings
from hypothesis import strategies as st

Entry: TypeAlias = dict[str, Any]
Manifest: TypeAlias = dict[str, Any]
Catalogue: TypeAlias = dict[str, Manifest]
"""Manifests by the name of their file."""

settings.register_profile("pipeline", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("pipeline")

HEAD: Entry = {"pack": "homologation", "version": 1}
SLUGS = ("motos-part", "aseicars-prof")
TIERS = ("T1", "T2", "T3")
ELEMENTS = ("LUCES", "FARO", "ESCAPE")
WARNINGS = ("marcado", "proyecto", "led")
FIELDS = ("tipo", "potencia", "marca")
TITLES = ("Vista", "Anve\u0301s", 'Con "comillas"\\ y\nsalto')

LETTERS = "aZ7 ñÜ·€«\"'\\\n\t{}[]#=,:-" + "e\u0301\u0338\u200d\u212b\ufb01" + "🛵中"
"""Quotes, escapes, line ends, and characters that change or join with their neighbours in NFC."""

texts = st.text(LETTERS, min_size=1, max_size=5) | st.sampled_from(
    ("Anv\u00e9s", "Anve\u0301s", "\u0301", "a\n\u0301", "true", "null", "{}", "'''", '"""', "\\u0041", "👩‍🔧")
)
integers = st.sampled_from((-(2**31), -1, 0, 1, 10, 2**31 - 1))
booleans = st.booleans()
prices = st.sampled_from((410, 0, *map(Decimal, ("0.00", "-0.0", "0.01", "59.5", "1E+2", "175.000", "99999999.99"))))
words = st.lists(
    st.sampled_from(("faro", "Luz", "línea", "\n\u0301", '"', "\\", "🛵", "Ångström", "{}")), unique=True, max_size=3
)
numbers = st.sampled_from((-3, 60, *map(Decimal, ("-1E+15", "0.10", "1.0", "999999999999999.999"))))


def entry(required: Mapping[str, st.SearchStrategy[Any]], **optional: st.SearchStrategy[Any]) -> Any:
    """An entry of a section: every optional key may be there or not, and `active` too."""
    return st.fixed_dictionaries(dict(required), optional=optional | {"active": booleans})


def some(entries: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[list[Any]]:
    """Any of the entries, in the order given."""
    return st.fixed_dictionaries({}, optional=dict(entries)).map(lambda found: list(found.values()))


categories = {
    slug: entry(
        {"slug": st.just(slug), "name": texts, "client_type": st.sampled_from(("particular", "professional"))},
        description=texts,
        icon=texts,
        sort_order=integers,
    )
    for slug in SLUGS
}
_rules = st.fixed_dictionaries({}, optional={"applies_if_any": words, "priority": integers})
# Every minimum is below every maximum, of manifests and of edits by hand alike.
_limits: dict[str, st.SearchStrategy[Any]] = {
    "min_quantity": st.sampled_from((0, 1)),
    "max_quantity": st.sampled_from((1, 2**31 - 1)),
    "notes": texts,
}
_limits_alone = _limits | {"group_name": st.sampled_from(("base", "otros"))}
tiers = some(
    {
        code: entry(
            {"code": st.just(code), "name": texts, "price": prices},
            description=texts,
            conditions=texts,
            classification_rules=_rules,
            min_elements=st.sampled_from((0, 1)),
            max_elements=st.sampled_from((1, 2**31 - 1)),
            sort_order=integers,
        )
        for code in TIERS
    }
)
_document = {"title": texts, "description": texts}
documents = some(
    {code: entry({"code": st.just(code)} | _document, is_mandatory=booleans) for code in ("fotos", "ficha")}
)
services = some(
    {
        code: entry({"code": st.just(code), "name": texts, "price": prices}, description=texts, sort_order=integers)
        for code in ("urgencia", "gestion")
    }
)
prompt_sections = some(
    {
        code: entry({"section_type": st.just(code), "content": texts}, version=st.sampled_from((1, 2**31 - 1)))
        for code in ("algorithm", "footer")
    }
)
_policy = {"value": texts, "category": st.sampled_from(("general", "precios"))}
policies = some({key: entry({"key": st.just(key)} | _policy) for key in ("iva", "plazo")})
_setting_values: st.SearchStrategy[Entry] = st.sampled_from(
    (
        {"value": ""},
        {"value": "Anve\u0301s\n'''", "value_type": "string"},
        {"value": "-007", "value_type": "integer"},
        {"value": "true", "value_type": "boolean"},
        {"value": '{"a": [1.50, null]}', "value_type": "json"},
    )
)
settings_ = some(
    {
        key: st.builds(
            lambda written, value: written | value,
            entry({"key": st.just(key)}, description=texts, is_mutable=booleans),
            _setting_values,
        )
        for key in ("agent_enabled", "currency")
    }
)
constraints = some(
    {
        code: entry(
            {
                "code": st.just(code),
                "constraint_type": st.sampled_from(("price_requires_tool", "docs_from_tool_only")),
                "detection_pattern": st.sampled_from((r"\d+\s*€", "(?i)foto", "[\"']")),
                "required_tool": texts,
                "error_injection": texts,
            },
            priority=integers,
        )
        for code in ("precio", "fotos")
    }
)
images = some(
    {
        title: entry(
            {"title": st.just(title), "url": texts},
            alt_text=texts,
            image_type=st.sampled_from(("example", "step")),
            status=st.sampled_from(("active", "placeholder")),
            is_required=booleans,
            sort_order=integers,
        )
        for title in TITLES
    }
)
_field_types: dict[str, Entry] = {
    "tipo": {"field_type": "select", "options": ["Led", "Haló\u0301geno", "\n\u0301"]},
    "potencia": {"field_type": "number"},
    "marca": {},
}
_conditions: dict[str, tuple[Entry, ...]] = {
    "tipo": (
        {"condition_operator": "equals", "condition_value": "Led"},
        {"condition_operator": "contains", "condition_value": "\u0301"},
        {"condition_operator": "exists"},
    ),
    "potencia": ({"condition_operator": "greater_than", "condition_value": "-1.50"},),
    "marca": ({"condition_operator": "not_equals", "condition_value": '"\\'},),
}


_fields = some(
    {
        name: entry(
            {"field_name": st.just(name), "label": texts},
            placeholder=texts,
            is_required=booleans,
            validation_rules=st.fixed_dictionaries({}, optional={"min": st.just(-(10**15)), "max": numbers}),
            sort_order=integers,
        )
        for name in FIELDS
    }
)


@st.composite
def required_fields(draw: st.DrawFn) -> list[Entry]:
    """Fields of one element, each under a condition on any of them or under none."""
    found = draw(_fields)
    names = [field["field_name"] for field in found]
    for position, field in enumerate(found):
        field.update(_field_types[field["field_name"]])
        target = draw(st.sampled_from((None, *names[:position])))  # only those before it, so that there is no cycle
        if target:
            field.update({"condition_field": target} | draw(st.sampled_from(_conditions[target])))
    return found


_elements = some(
    {
        code: entry(
            {"code": st.just(code), "name": texts},
            description=texts,
            keywords=words,
            aliases=words,
            inherit_parent_data=booleans,
            sort_order=integers,
        )
        for code in ELEMENTS
    }
)


@st.composite
def elements(draw: st.DrawFn) -> list[Entry]:
    """Elements of one category with what is nested in them, warnings aside."""
    found = draw(_elements)
    for position, element in enumerate(found):
        parent = draw(st.sampled_from((None, *(other["code"] for other in found[:position]))))
        if parent:
            variant = {"variant_type": "position", "variant_code": element["code"]}
            element.update({"parent": parent} | draw(st.sampled_from(({}, variant))))
    if found:
        chosen = draw(st.sampled_from(found))
        chosen |= draw(st.fixed_dictionaries({}, optional={"images": images, "required_fields": required_fields()}))
    return found


_warnings = {
    code: entry(
        {"code": st.just(code), "message": texts},
        severity=st.sampled_from(("info", "error")),
        trigger_conditions=st.fixed_dictionaries({}, optional={"element_keywords": words, "always_show": booleans}),
    )
    for code in WARNINGS
}
_links = st.fixed_dictionaries(
    {}, optional={"show_condition": st.sampled_from(("always", "on_exceed_max")), "threshold_quantity": st.just(2)}
)


def _place_warnings(draw: st.DrawFn, manifest: Manifest) -> None:
    """Hang every warning on the category, a tier or an element, or leave it out."""
    for code in WARNINGS:
        places: list[Manifest] = [manifest, *manifest["tiers"], *manifest["elements"]]
        chosen = draw(st.integers(0, len(places)))
        if chosen < len(places):
            link = draw(_links) if chosen > len(manifest["tiers"]) else {}
            places[chosen].setdefault("warnings", []).append(draw(_warnings[code]) | link)


def _listed(word: str, name: str) -> st.SearchStrategy[Any]:
    """A name in a list of the mapping, by itself or as a table with limits."""
    table: st.SearchStrategy[Any] = st.fixed_dictionaries({word: st.just(name)}, optional=_limits)
    return st.just(name) | table


def _mapping(draw: st.DrawFn, slug: str, tier_codes: list[str], codes: list[str]) -> Manifest:
    """What the tiers include: no element twice, no tier itself, with limits of tier, group and element."""
    split = draw(st.integers(0, len(codes)))
    groups = {"base": codes[:split]}
    tables: dict[str, Entry] = {}
    for position, code in enumerate(tier_codes):
        table: Entry = draw(st.fixed_dictionaries({}, optional=_limits))
        if draw(booleans):
            table["groups"] = [
                draw(st.just("base") | st.fixed_dictionaries({"group": st.just("base")}, optional=_limits))
            ]
        singles = codes[split:] if "groups" in table else codes
        if draw(booleans) and singles:
            limited = st.fixed_dictionaries({"element": st.just(singles[0])}, optional=_limits_alone)
            table["elements"] = [draw(st.just(singles[0]) | limited), *singles[1:]]
        if draw(booleans):
            table["includes"] = tier_codes[position + 1 :]
        tables[code] = table
    return HEAD | {"category": slug, "groups": groups, "tiers": tables}


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """A whole catalogue of no, one or two categories in a few files. It has warnings at most, never errors."""
    slugs = draw(st.sampled_from((SLUGS[:1], SLUGS, SLUGS[1:], ())))
    company = st.fixed_dictionaries(
        {}, optional={"services": services, "policies": policies, "settings": settings_, "constraints": constraints}
    )
    found = {"company.toml": HEAD | {"categories": [draw(categories[slug]) for slug in slugs]} | draw(company)}
    for slug in slugs:
        manifest = HEAD | {"category": slug, "tiers": draw(tiers), "elements": draw(elements())}
        _place_warnings(draw, manifest)
        manifest |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "documents": documents,
                    "services": services,
                    "prompt_sections": prompt_sections,
                    "constraints": constraints,
                },
            )
        )
        found[f"{slug}/catalogue.toml"] = manifest
        codes = ([tier["code"] for tier in manifest["tiers"]], [item["code"] for item in manifest["elements"]])
        found[f"{slug}/mapping.toml"] = _mapping(draw, slug, *codes)
    return found
