"""What the schema rejects, in plain words, and that both of its checkers agree."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.manifest import validate as room
from pipeline.manifest.document import Document
from pipeline.manifest.explain import explainer
from pipeline.manifest.load import load
from pipeline.manifest.validate import validate, verdict
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.resource import Origin

ROOT = Path(__file__).parents[2]

CODE: dict[str, Any] = {
    "type": "string",
    "pattern": "^[A-Z][A-Z0-9_]*$",
    "minLength": 2,
    "maxLength": 12,
    "description": "Capital letters, digits and underscores.",
    "examples": ["ESCAPE"],
}
SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "Manifest",
    "type": "object",
    "required": ["pack", "version"],
    "additionalProperties": False,
    "properties": {
        "pack": {"const": "homologation"},
        "version": {"type": "integer", "minimum": 1, "maximum": 3},
        "elements": {"type": "array", "items": {"$ref": "#/definitions/element"}},
        "groups": {"type": "object", "additionalProperties": {"type": "array", "items": CODE, "uniqueItems": True}},
        "named": {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}, "minProperties": 1},
        "mapping": {
            "type": "array",
            "items": {
                "anyOf": [
                    {"type": "string", "minLength": 1},
                    {
                        "type": "object",
                        "required": ["group"],
                        "properties": {"group": CODE},
                        "additionalProperties": False,
                    },
                ]
            },
        },
        "strange": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}]},
        "pair": {"items": [{"type": "integer"}, {"type": "string"}]},
        "not_empty": {"not": {"const": ""}},
    },
    "definitions": {
        "element": {
            "title": "Element",
            "type": "object",
            "required": ["code", "name"],
            "additionalProperties": False,
            "properties": {
                "code": CODE,
                "name": {"type": "string", "minLength": 1, "maxLength": 20, "description": "What people read."},
                "severity": {"type": "string", "enum": ["info", "warning", "error"]},
                "price": {"type": "number", "minimum": 0, "exclusiveMaximum": 1000, "multipleOf": Decimal("0.01")},
                "sort_order": {"type": "integer"},
                "is_active": {"type": "boolean"},
                "keywords": {
                    "type": "array",
                    "items": {"type": "string"},
                    "minItems": 1,
                    "maxItems": 4,
                    "uniqueItems": True,
                },
                "image_url": {"type": "string", "pattern": "^/"},
                "rules": {"type": "object", "additionalProperties": True},
                "any": {"uniqueItems": True, "type": ["array", "object"]},
                "warnings": {"type": "array", "items": {"$ref": "#/definitions/element"}},
            },
        }
    },
}
HEAD: dict[str, Any] = {"pack": "homologation", "version": 1}
ELEMENT: dict[str, Any] = {"code": "ESCAPE", "name": "Escape"}


def document(data: dict[str, Any], file: str = "a.toml") -> Document:
    return Document(file, Path(file), "homologation", data, b"")


def findings(data: dict[str, Any]) -> list[Diagnostic]:
    found = validate([document(HEAD | data)], SCHEMA)
    assert all(one.severity == "error" and one.origin.file == "a.toml" for one in found)
    return found


def in_element(**values: Any) -> Diagnostic:
    """The one finding in an element with the given values, whose place is at or in that element."""
    (found,) = findings({"elements": [ELEMENT, ELEMENT | values]})
    assert found.origin.path[:2] == ("elements", 1)
    return found


def told(found: Diagnostic) -> tuple[str, tuple[str | int, ...], str, str]:
    return found.rule, found.origin.path[2:], found.message, found.hint


def test_nothing_is_said_of_what_fits() -> None:
    price = Decimal("999.99")
    warnings = [ELEMENT | {"price": price, "sort_order": Decimal("2.0"), "keywords": ["a", "á"], "is_active": False}]

    assert findings({"elements": [ELEMENT | {"warnings": warnings}], "mapping": ["a", {"group": "BASE"}]}) == []
    assert validate([], SCHEMA) == []


def test_unknown_keys() -> None:
    first, second = findings({"elements": [ELEMENT | {"nmae": "x", "zz\x1b": 1}]})

    assert first.rule == second.rule == "unknown-key"
    assert first.origin.path == ("elements", 0, "nmae")
    assert first.message == 'this element has no key "nmae"'
    assert first.hint == 'did you mean "name"?'
    assert second.origin.path == ("elements", 0, "zz\x1b")
    assert second.message == 'this element has no key "zz\\x1b"'
    assert second.hint.startswith('known keys: "code", "name", "severity"')


def test_an_unknown_key_that_is_a_part_of_a_known_one() -> None:
    assert in_element(url="/x").hint == 'did you mean "image_url"?'


def test_an_unknown_section() -> None:
    (found,) = findings({"element": []})

    assert (found.origin.path, found.message) == (("element",), 'the file has no key "element"')
    assert found.hint == 'did you mean "elements"?'


def test_missing_keys() -> None:
    code, name = findings({"elements": [{}]})

    assert told(code) == (
        "missing-key",
        (),
        'this element has no "code"',
        'Capital letters, digits and underscores, for example "ESCAPE"',
    )
    assert told(name) == ("missing-key", (), 'this element has no "name"', "What people read.")
    assert code.origin == Origin("a.toml", ("elements", 0))


def test_missing_keys_of_the_file() -> None:
    found = validate([document({})], SCHEMA)

    assert [(one.rule, one.origin.path, one.message) for one in found] == [
        ("missing-key", (), 'the file has no "pack"'),
        ("missing-key", (), 'the file has no "version"'),
    ]


@pytest.mark.parametrize(
    ("key", "value", "message", "hint"),
    [
        ("price", "12,50", '"price" must be a number, not text', "write it without quotes: 12.50"),
        ("price", "dear", '"price" must be a number, not text', ""),
        ("price", "inf", '"price" must be a number, not text', ""),
        ("price", True, '"price" must be a number, not true', ""),
        ("sort_order", Decimal("2.5"), '"sort_order" must be a whole number, not 2.5', ""),
        ("sort_order", "7", '"sort_order" must be a whole number, not text', "write it without quotes: 7"),
        ("sort_order", [1], '"sort_order" must be a whole number, not a list', ""),
        ("is_active", "True", '"is_active" must be true or false, not text', "write it without quotes: true"),
        ("is_active", "sí", '"is_active" must be true or false, not text', "write true or false"),
        ("is_active", 1, '"is_active" must be true or false, not a number', ""),
        ("name", 5, '"name" must be text, not a number', 'put it in quotes: "5"'),
        ("name", True, '"name" must be text, not true', 'put it in quotes: "true"'),
        ("name", None, '"name" must be text, not null', "leave out the key if there is no value"),
        ("name", {}, '"name" must be text, not a table', ""),
        ("keywords", "tubo", '"keywords" must be a list, not text', 'put it in brackets: ["tubo"]'),
        ("warnings", {}, '"warnings" must be a list, not a table', "a list of entries has two brackets: [[…]]"),
        ("rules", [], '"rules" must be a table, not a list', ""),
        ("any", "x", '"any" must be a list or a table, not text', 'put it in brackets: ["x"]'),
        ("severity", 5, '"severity" must be text, not a number', 'put it in quotes: "5"'),
    ],
)
def test_types(key: str, value: Any, message: str, hint: str) -> None:
    assert told(in_element(**{key: value})) == ("type", (key,), message, hint)


def test_an_item_of_the_wrong_type() -> None:
    assert told(in_element(keywords=["a", 2])) == (
        "type",
        ("keywords", 1),
        'item 2 of "keywords" must be text, not a number',
        'put it in quotes: "2"',
    )


def test_an_entry_of_the_wrong_type() -> None:
    (found,) = findings({"elements": ["ESCAPE"]})

    assert (found.rule, found.message) == ("type", 'item 1 of "elements" must be a table, not text')


def test_a_date_is_never_accepted() -> None:
    assert told(in_element(name=date(2026, 11, 21))) == (
        "type",
        ("name",),
        '"name" must be text, not a date or time',
        "",
    )


def test_values_of_a_list() -> None:
    assert told(in_element(severity="warnin\x1b")) == (
        "value-list",
        ("severity",),
        '"severity" must be "info", "warning" or "error", not "warnin\\x1b"',
        'did you mean "warning"?',
    )


def test_a_constant() -> None:
    (found,) = findings({"pack": "other"})

    assert (found.rule, found.message) == ("value-list", '"pack" must be "homologation", not "other"')


@pytest.mark.parametrize(
    ("price", "message"),
    [
        (-1, '"price" must be at least 0, not -1'),
        (1000, '"price" must be less than 1000, not 1000'),
        (Decimal("1000.5"), '"price" must be less than 1000, not 1000.5'),
    ],
)
def test_ranges(price: Any, message: str) -> None:
    assert told(in_element(price=price)) == ("range", ("price",), message, "")


def test_a_number_with_too_many_decimals() -> None:
    found = in_element(price=Decimal("1.005"))

    assert found.rule == "schema"
    assert found.message == '"price" is not as its schema wants it: is no multiple of 0.01'


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("name", "", '"name" must not be empty'),
        ("name", "ñ" * 21, '"name" has 21 characters; it may have at most 20'),
        ("code", "A", '"code" has 1 character; it may have at least 2'),
        ("keywords", [], '"keywords" must not be empty'),
        ("keywords", list("abcde"), '"keywords" has 5 items; it may have at most 4'),
    ],
)
def test_lengths(key: str, value: Any, message: str) -> None:
    found = in_element(**{key: value})

    assert told(found)[:3] == ("length", (key,), message)


def test_an_empty_table() -> None:
    (found,) = findings({"named": {}})

    assert (found.rule, found.message) == ("length", '"named" must not be empty')


@pytest.mark.parametrize("code", ["escape 1", "ESCAPE\n", "É1", "E" * 5 + "\x1b"])
def test_patterns(code: str) -> None:
    found = in_element(code=code)

    assert found.rule == "pattern"
    assert found.message.isprintable()
    assert found.message.startswith('"code" cannot be written as "')
    assert found.hint == 'Capital letters, digits and underscores, for example "ESCAPE"'


def test_a_pattern_without_description() -> None:
    assert in_element(image_url="x").hint == "it must fit the pattern ^/"


def test_names_of_keys() -> None:
    (found,) = findings({"named": {"Ab": 1}})

    assert (found.rule, found.origin.path) == ("pattern", ("named", "Ab"))
    assert found.message == '"Ab" cannot be written as "Ab"'


def test_repeated_items() -> None:
    (found,) = findings({"groups": {"base": ["A1", "B1", "A1"]}})

    assert (found.rule, found.origin.path) == ("duplicate-item", ("groups", "base", 2))
    assert found.message == '"base" holds "A1" twice'
    assert found.also == (Origin("a.toml", ("groups", "base", 0)),)


@pytest.mark.parametrize(
    ("items", "count"), [([1, Decimal("1.0")], 1), ([True, 1, [1], [True]], 0), ([{"a": 1}] * 3, 2)]
)
def test_which_items_are_equal(items: list[Any], count: int) -> None:
    assert len(findings({"elements": [ELEMENT | {"any": items}]})) == count


@pytest.mark.parametrize(
    ("item", "rule", "path", "message"),
    [
        (5, "type", (), 'item 1 of "mapping" must be text or a table, not a number'),
        ("", "length", (), 'item 1 of "mapping" must not be empty'),
        ({}, "missing-key", (), 'entry 1 of "mapping" has no "group"'),
        ({"group": "x y"}, "pattern", ("group",), '"group" cannot be written as "x y"'),
    ],
)
def test_alternatives(item: Any, rule: str, path: tuple[str, ...], message: str) -> None:
    (found,) = findings({"mapping": [item]})

    assert (found.rule, found.origin.path, found.message) == (rule, ("mapping", 0, *path), message)


@pytest.mark.parametrize("data", [{"strange": 7}, {"not_empty": ""}])
def test_what_has_no_words_of_its_own(data: dict[str, Any]) -> None:
    (found,) = findings(data)

    assert found.rule == "schema"
    assert found.origin.path == tuple(data)
    assert found.message.startswith(f'"{next(iter(data))}" is not as its schema wants it: ')


def test_what_no_value_fits() -> None:
    (found,) = validate([document({"no": 1})], {"properties": {"no": False}})

    assert (found.rule, found.hint) == ("schema", "")


def test_one_finding_for_each_value() -> None:
    (found,) = findings({"strange": "x" * 1000})

    assert found.rule == "type"
    assert len(found.message) < 200


def test_positional_items() -> None:
    (found,) = findings({"pair": [1, 2]})

    assert (found.rule, found.origin.path) == ("type", ("pair", 1))


def test_only_rejected_documents_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [document(HEAD, "good.toml"), document({}, "bad.toml"), document({"pack": 1}, "worse.toml")]

    assert [one.origin.file for one in validate(documents, SCHEMA)] == ["bad.toml"] * 2 + ["worse.toml"] * 2


def test_a_rejection_that_cannot_be_explained_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "verdict", lambda _: lambda _: False)

    (found,) = validate([document(HEAD)], {"type": "object"})

    assert (found.rule, found.origin) == ("schema", Origin("a.toml"))


def test_one_fault_among_many_entries_is_explained_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    elements = [ELEMENT] * 20_000
    elements[7000] = ELEMENT | {"price": "x"}

    (found,) = findings({"elements": elements})

    assert found.origin.path == ("elements", 7000, "price")


# Two checkers, one verdict

NAMES = ["pack", "version", "elements", "code", "name", "price", "keywords", "group", "any", "x"]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 5),
    st.sampled_from([Decimal("1.0"), Decimal("2.50"), Decimal("0.001"), Decimal("1E+2"), Decimal("-0.0"), 10**18]),
    st.sampled_from(
        ["", "A", "AB", "AB\n", "a", "É", "é", "e\u0301", "info", "homologation", "😀", "\u0661", "/x", "\u2028"]
    ),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
)
VALID: dict[str, Any] = HEAD | {
    "elements": [
        ELEMENT | {"price": Decimal("1.50"), "keywords": ["a", "b"], "rules": {"x": [1, True]}, "any": [1, True, "1"]},
        ELEMENT | {"warnings": [ELEMENT | {"severity": "info"}], "sort_order": 3, "is_active": True},
    ],
    "groups": {"base": ["A1", "B1"]},
    "mapping": ["x", {"group": "BASE"}],
    "named": {"a": 1},
    "pair": [1, "x"],
    "strange": 1,
}


def mutated(draw: st.DataObject, data: dict[str, Any]) -> dict[str, Any]:
    """The data with up to three changes anywhere in it."""
    data = copy.deepcopy(data)
    for _ in range(draw.draw(st.integers(0, 3))):
        inside: Any = data
        while True:
            steps = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
            step = draw.draw(st.sampled_from(steps)) if steps else None
            if step is None or not isinstance(inside[step], dict | list) or draw.draw(st.integers(0, 3)) == 0:
                break
            inside = inside[step]
        match draw.draw(st.sampled_from(["set", "remove", "add"])):
            case "set" if step is not None:
                inside[step] = draw.draw(VALUES)
            case "remove" if step is not None:
                del inside[step]
            case _ if isinstance(inside, dict):
                inside[draw.draw(st.sampled_from(NAMES))] = draw.draw(VALUES)
            case _:
                inside.insert(draw.draw(st.integers(0, len(inside))), draw.draw(VALUES))
    return data


def alone(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Leaves all but patterns to jsonschema, so that it reaches its own verdict."""
    return verdict(schema) if "allOf" not in schema else lambda _: False


def agree(schema: dict[str, Any], data: dict[str, Any]) -> None:
    accepted = verdict(schema)(data)
    assert (not explainer(schema, alone)(document(data))) == accepted
    found = explainer(schema, verdict)(document(data))
    assert (not found) == accepted
    assert all(text.isprintable() for one in found for text in (one.message, one.hint))


@settings(deadline=None)
@given(st.data())
def test_both_checkers_agree(draw: st.DataObject) -> None:
    agree(SCHEMA, mutated(draw, VALID))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_both_checkers_agree_on_anything(data: dict[str, Any]) -> None:
    agree(SCHEMA, data)


REAL = json.loads((ROOT / "schemas/homologation/manifest.schema.json").read_text("utf-8"), parse_float=Decimal)
MANIFESTS = load(ROOT / "manifests", {"homologation": 1})[0]


@settings(deadline=None)
@given(st.data())
def test_both_checkers_agree_on_the_catalogue(draw: st.DataObject) -> None:
    manifest = draw.draw(st.sampled_from(MANIFESTS))

    agree(REAL, mutated(draw, manifest.data))
