"""The JSON Schema of the manifests: complete for people and editors, and in step with the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest
import sqlalchemy as sa

from pipeline.commands import schema as generated
from pipeline.config import Settings, bundled
from pipeline.database.columns import words
from pipeline.database.fields import Described, describe, require_in_step
from pipeline.database.tables import tables
from pipeline.errors import OutdatedSchemaError, PipelineError
from pipeline.manifest import schema
from pipeline.manifest.validate import verdict
from pipeline.model.kind import Field
from pipeline.model.pack import Pack
from pipeline.packs import CATALOG
from pipeline.packs.homologation import PACK

SCHEMA = schema.read(bundled("schemas") / PACK.name)
DEFINITIONS = {"definitions": SCHEMA["definitions"]}


def properties(part: dict[str, Any], *path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property below a part of the schema, with its path as people would say it."""
    for name, found in part.get("properties", {}).items():
        yield "/".join((*path, name)), found
        yield from properties(found, *path, name)
    if isinstance(part.get("items"), dict):
        yield from properties(part["items"], *path)


ALL = dict(properties(SCHEMA)) | {
    path: found for name, part in SCHEMA["definitions"].items() for path, found in properties(part, name)
}


def is_section(part: dict[str, Any]) -> bool:
    return "$ref" in part.get("items", {})


def with_column(pack: Pack, table: str, name: str) -> Pack:
    """The pack as it would be with one more column in one of its tables."""
    metadata = sa.MetaData()
    for known in tables(pack).values():
        known.to_metadata(metadata)
    column = words(20, about="The colour.", examples=["rojo"], null=True).sa_column
    column.name = column.key = name
    metadata.tables[table].append_column(column)
    return replace(pack, metadata=lambda: metadata)


@pytest.mark.parametrize("pack", CATALOG, ids=lambda pack: pack.name)
async def test_the_committed_file_is_the_generated_one(pack: Pack) -> None:
    path = bundled("schemas") / pack.name / schema.FILE_NAME

    assert await generated(Settings(schemas=bundled("schemas")), (pack,)) == {path: path.read_text("utf-8")}


@pytest.mark.parametrize("pack", CATALOG, ids=lambda pack: pack.name)
def test_it_is_valid_draft_7(pack: Pack) -> None:
    jsonschema.Draft7Validator.check_schema(schema.read(bundled("schemas") / pack.name))
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_properties_are_found_at_every_level() -> None:
    assert {
        "pack",
        "elements",
        "element/required_fields",
        "element.warning/threshold_quantity",
        "required_field/validation_rules/min_length",
        "tier.mapping/groups/group",
    } <= ALL.keys()


@pytest.mark.parametrize("path", ALL)
def test_every_property_has_a_title_and_a_description(path: str) -> None:
    assert ALL[path]["title"]
    assert ALL[path]["title"][0].isupper()
    assert ALL[path]["description"].endswith(".")


@pytest.mark.parametrize("path", [path for path, part in ALL.items() if not is_section(part)])
def test_every_property_has_examples_that_are_valid(path: str) -> None:
    accepts = verdict({"allOf": [ALL[path]], **DEFINITIONS})

    assert ALL[path]["examples"]
    assert [example for example in ALL[path]["examples"] if not accepts(example)] == []


@pytest.mark.parametrize("path", [path for path, part in ALL.items() if "default" in part])
def test_every_default_is_valid(path: str) -> None:
    assert verdict({"allOf": [ALL[path]], **DEFINITIONS})(ALL[path]["default"])


@pytest.mark.parametrize("name", SCHEMA["definitions"])
def test_every_entry_allows_just_the_keys_it_knows(name: str) -> None:
    assert SCHEMA["definitions"][name]["additionalProperties"] is False
    assert SCHEMA["definitions"][name]["title"]


def test_an_entry_needs_its_code_and_what_has_no_default() -> None:
    required = {name: part.get("required") for name, part in SCHEMA["definitions"].items()}

    assert required["tier"] == ["code", "name", "price"]
    assert required["required_field"] == ["field_name", "label"]
    assert required["element.warning"] == ["code", "message"]
    assert required["tier.mapping"] is None


def test_the_fields_read_from_it_are_those_of_the_tables() -> None:
    require_in_step(schema.complete(PACK, SCHEMA))

    tier = schema.complete(PACK, SCHEMA).kind["tier"].field
    assert tier["price"] == Field("price", "decimal", required=True, scale=2)
    assert tier["sort_order"] == Field("sort_order", "integer", default=0)
    assert tier["classification_rules"].default == "{}"


def test_a_decimal_default_is_read_back_exactly(tmp_path: Path) -> None:
    described = {
        kind.name: dict(columns) | ({"rate": _rate()} if kind.name == "tier" else {})
        for kind, columns in ((kind, describe(PACK)[kind.name]) for kind in PACK.kinds)
    }
    (tmp_path / schema.FILE_NAME).write_text(schema.text(schema.build(PACK, described)), "utf-8")

    assert schema.complete(PACK, schema.read(tmp_path)).kind["tier"].field["rate"] == _rate().field


def _rate() -> Described:
    return Described(Field("rate", "decimal", default=Decimal("0.210"), scale=3), {"type": "number"})


def test_a_table_that_changed_asks_for_a_new_schema() -> None:
    changed = with_column(schema.complete(PACK, SCHEMA), "elements", "colour")

    with pytest.raises(OutdatedSchemaError, match="kind element as it is now"):
        require_in_step(changed)


def test_a_new_column_shows_up_in_the_schema_and_in_the_kind() -> None:
    changed = with_column(PACK, "elements", "colour")
    built = schema.build(changed, describe(changed))

    assert built["definitions"]["element"]["properties"]["colour"] == {
        "title": "Colour",
        "type": "string",
        "maxLength": 20,
        "minLength": 1,
        "description": "The colour.",
        "examples": ["rojo"],
    }
    assert schema.complete(changed, built).kind["element"].field["colour"] == Field("colour", "text")
    require_in_step(schema.complete(changed, built))


def test_a_missing_file_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="Write it with `pipeline schema`"):
        schema.read(tmp_path)


def test_a_broken_file_names_the_command(tmp_path: Path) -> None:
    (tmp_path / schema.FILE_NAME).write_text("{", "utf-8")

    with pytest.raises(PipelineError, match="is no JSON"):
        schema.read(tmp_path)


def test_a_kind_the_schema_knows_nothing_of_names_the_command() -> None:
    older = SCHEMA | {"x-pipeline": {name: part for name, part in SCHEMA["x-pipeline"].items() if name != "policy"}}

    with pytest.raises(PipelineError, match="knows nothing of kind policy"):
        schema.complete(PACK, older)
