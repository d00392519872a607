"""The JSON Schema of a pack's manifests: written from kinds and described columns, read back as fields.

Draft 7, because that is what editors and test tools read alike. What the engine needs beyond JSON Schema
(a column's type, scale and default) stands under `x-pipeline`, so that checking manifests never has to
import the tables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from pipeline.errors import PipelineError
from pipeline.manifest import examples, full_reference, moves
from pipeline.manifest.stored_fields import restore, store
from pipeline.model import values
from pipeline.model.kind import AppendOnly, Field, Kind, Mapping
from pipeline.model.pack import Pack
from pipeline.model.values import Value

FILE_NAME = "manifest.schema.json"
DRAFT = "http://json-schema.org/draft-07/schema#"
_CODE: dict[str, Any] = {"type": "string", "minLength": 1}
_ACTIVE: dict[str, Any] = {
    "type": "boolean",
    "default": True,
    "title": "Active",
    "description": "Whether it is in use. Say `active = false` to retire it and keep it in the manifest.",
    "examples": [False],
}
_PROTECTED: dict[str, Any] = {
    "type": "boolean",
    "default": False,
    "title": "Protected",
    "description": "Whether it is kept from being retired by mistake. It retires only after an apply in which "
    "this is false.",
    "examples": [True],
}


class Described(Protocol):
    """A column as its table describes it: its field (None for a reference) and its JSON Schema."""

    @property
    def field(self) -> Field | None:
        """The field, None for a reference."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of what a manifest may write."""


Columns = MappingOf[str, MappingOf[str, Described]]
"""Described columns by kind and name."""


def build(pack: Pack, columns: Columns) -> dict[str, Any]:
    """The schema of one manifest file of the pack, the same for the same tables and kinds."""
    properties = _head(pack, columns)
    for kind in pack.top_level():
        properties[kind.section] = _section(kind)
    properties[moves.SECTION] = moves.section()
    definitions: dict[str, Any] = {moves.SECTION: moves.entry(pack)}
    if pack.examples is not None:
        properties |= examples.section(pack.examples())
        definitions |= examples.definition(pack.examples())
    for kind in pack.kinds:
        if kind.along is None and not _is_mapped(pack, kind) and pack.is_written(kind):
            definitions[kind.name] = _entry(pack, kind, columns, None)
            definitions |= _nested_with_link(pack, kind, columns)
    for mapping in pack.mappings:
        _add_mapping(pack, mapping, columns, properties, definitions)
    return {
        "$schema": DRAFT,
        "title": f"Manifest of the pack {pack.name}",
        "description": "Reference data as people write it. A file names its pack and version; sections may be split "
        "over as many files as people like.",
        "type": "object",
        "required": ["pack", "version"],
        "additionalProperties": False,
        "properties": properties,
        "definitions": definitions,
        "x-pipeline": {
            kind.name: {name: store(item.field) for name, item in columns[kind.name].items() if item.field}
            for kind in pack.kinds
        },
    }


def text(schema: MappingOf[str, Any]) -> str:
    """The schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def read(folder: Path) -> dict[str, Any]:
    """The committed schema of a pack, numbers exact. Raises PipelineError where it is missing or broken."""
    path = folder / FILE_NAME
    try:
        schema: dict[str, Any] = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    except FileNotFoundError as error:
        raise PipelineError(f"There is no {path}. Write it with `pipeline schema`.") from error
    except ValueError as error:
        raise PipelineError(f"{path} is no JSON: {error}. Write it again with `pipeline schema`.") from error
    return schema


def complete(pack: Pack, schema: MappingOf[str, Any]) -> Pack:
    """The pack with the fields of its kinds, as the schema tells them."""
    stored = schema.get("x-pipeline", {})
    missing = [kind.name for kind in pack.kinds if kind.name not in stored]
    if missing:
        raise PipelineError(
            f"The JSON Schema of pack {pack.name} knows nothing of kind {missing[0]}. Write it with `pipeline schema`."
        )
    kinds = tuple(replace(kind, fields=restore(stored[kind.name])) for kind in pack.kinds)
    return replace(pack, kinds=kinds)


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _head(pack: Pack, columns: Columns) -> dict[str, Any]:
    """What stands at the top of a file, before its sections."""
    head: dict[str, Any] = {
        "$schema": {
            "type": "string",
            "title": "Schema",
            "description": "In JSON manifests: where editors find this schema. TOML manifests have a #:schema line.",
            "examples": [f"../../schemas/{pack.name}/{FILE_NAME}"],
        },
        "pack": {
            "const": pack.name,
            "title": "Pack",
            "description": "The domain this manifest belongs to.",
            "examples": [pack.name],
        },
        "version": {
            "type": "integer",
            "minimum": 1,
            "maximum": pack.version,
            "title": "Version",
            "description": "The version of the manifest format this file is written in.",
            "examples": [pack.version],
        },
    }
    return head | {pack.scope: _scope(pack, columns)} if pack.scope else head


def _scope(pack: Pack, columns: Columns) -> dict[str, Any]:
    scope = pack.kind[pack.scope]
    code = dict(columns[scope.name][scope.code].schema)
    return code | {
        "title": _title(pack.scope),
        "description": f"The {pack.scope} that everything in this file belongs to.",
    }


def _section(kind: Kind) -> dict[str, Any]:
    return {
        "type": "array",
        "title": _title(kind.section),
        "description": f"One entry per {kind.name.replace('_', ' ')}.",
        "items": {"$ref": f"#/definitions/{kind.name}"},
    }


def _is_mapped(pack: Pack, kind: Kind) -> bool:
    return any(kind.name in (mapping.member, mapping.include) for mapping in pack.mappings)


def links(pack: Pack, kind: Kind, nest: Kind) -> list[Kind]:
    """The kinds whose fields are written in entries of `kind` that stand nested in `nest`."""
    return [
        link
        for link in pack.kinds
        if link.along == kind.name and {ref.to for ref in link.refs} == {kind.name, nest.name}
    ]


def _nested_with_link(pack: Pack, nest: Kind, columns: Columns) -> dict[str, Any]:
    linked = [pack.kind[name] for name in nest.children if links(pack, pack.kind[name], nest)]
    return {f"{nest.name}.{kind.name}": _entry(pack, kind, columns, nest) for kind in linked}


def _entry(pack: Pack, kind: Kind, columns: Columns, nest: Kind | None) -> dict[str, Any]:
    """The schema of one entry of a kind, or of one that stands in `nest` and carries a link's fields too."""
    described = {
        name: item
        for name, item in columns[kind.name].items()
        if name not in kind.unwritten and (name == kind.code or not kind.derived)
    }
    for link in links(pack, kind, nest) if nest else ():
        described |= columns[link.name]
    properties = {name: _property(name, item) for name, item in described.items()}
    properties |= {
        ref.name: full_reference.schema(pack, ref, columns, properties[ref.name]) for ref in kind.refs if ref.full
    }
    required = {name for name, item in described.items() if item.field and item.field.required}
    if kind.code not in kind.unwritten:
        required.add(kind.code)
    if not isinstance(kind.retire, AppendOnly):
        properties |= {"active": dict(_ACTIVE), "protected": dict(_PROTECTED)}
    for child in kind.children:
        linked = bool(links(pack, pack.kind[child], kind))
        target = f"{kind.name}.{child}" if linked else child
        properties[pack.kind[child].section] = _section(pack.kind[child]) | {
            "items": {"$ref": f"#/definitions/{target}"}
        }
    return {
        "type": "object",
        "title": _title(kind.name),
        "required": sorted(required, key=list(properties).index),
        "additionalProperties": False,
        "properties": properties,
    }


def _property(name: str, item: Described) -> dict[str, Any]:
    schema = {"title": _title(name)} | item.schema
    if item.field and item.field.default is not None:
        schema["default"] = _plain(item.field.default)
    return schema


def _plain(default: Value) -> Any:
    """A default as it stands in a schema's text."""
    if isinstance(default, values.Json):
        return json.loads(default)
    return float(default) if isinstance(default, Decimal) else default


def _add_mapping(
    pack: Pack, mapping: Mapping, columns: Columns, properties: dict[str, Any], definitions: dict[str, Any]
) -> None:
    """Let the subject's section also be a table by code, and add the section of named groups."""
    subject, member = pack.kind[mapping.subject], pack.kind[mapping.member]
    other = pack.kind[member.ref[member.code].to]
    single = {name: _property(name, item) for name, item in columns[member.name].items()} | {"protected": _PROTECTED}
    limits = {name: item for name, item in single.items() if name != mapping.group}
    codes = {kind.name: list(columns[kind.name][kind.code].schema.get("examples", [])) for kind in (subject, other)}
    properties["groups"] = {
        "type": "object",
        "title": "Groups",
        "description": f"Lists of {other.section} under a name, so that a list is written once.",
        "examples": [{"base": codes[other.name]}],
        "additionalProperties": {"type": "array", "items": dict(_CODE), "uniqueItems": True},
    }
    if mapping.group:
        length = single[mapping.group].get("maxLength")
        properties["groups"]["propertyNames"] = {"minLength": 1} | ({"maxLength": length} if length else {})
    properties[subject.section] |= {
        "type": ["array", "object"],
        "description": f"One entry per {subject.name}; or, as tables by code, what each {subject.name} includes.",
        "additionalProperties": {"$ref": f"#/definitions/{subject.name}.mapping"},
    }
    definitions[f"{subject.name}.mapping"] = {
        "type": "object",
        "title": f"What the {subject.name} includes",
        "additionalProperties": False,
        "properties": {
            "groups": _listed("group", "name of a group", ["base"], limits)
            | {"title": "Groups", "description": "Groups whose every member is included."},
            other.section: _listed(other.name, f"code of the {other.name}", codes[other.name], single)
            | {"title": _title(other.section), "description": f"Single {other.section} that are included."},
            "includes": {
                "type": "array",
                "items": dict(_CODE),
                "uniqueItems": True,
                "title": "Includes",
                "description": f"Codes of the {subject.section} that are included as a whole.",
                "examples": [codes[subject.name]],
            },
            **limits,
        },
    }


def _listed(word: str, what: str, examples: list[str], limits: dict[str, Any]) -> dict[str, Any]:
    """A list of names, each by itself or in a table with limits of its own."""
    name = _CODE | {"title": _title(word), "description": f"The {what}.", "examples": examples}
    chosen = {
        "type": ["string", "object"],
        "minLength": 1,
        "required": [word],
        "additionalProperties": False,
        "properties": {word: name, **limits},
    }
    return {"type": "array", "items": chosen, "examples": [examples]}
