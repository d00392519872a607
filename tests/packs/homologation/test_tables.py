"""What the tables say of themselves, without a database."""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import RelationshipProperty, configure_mappers

from pipeline.packs.homologation.kinds import KINDS
from pipeline.packs.homologation.tables import Base

TABLES = Base.metadata.sorted_tables
COLUMNS = [column for table in TABLES for column in table.columns]
MANAGED = [
    column for kind in KINDS for column in Base.metadata.tables[kind.table].columns if column.info.get("managed")
]
IDENTIFIER_MAX = 63
RELATIONSHIPS = sorted((way for mapper in Base._sa_registry.mappers for way in mapper.relationships), key=str)
ENDLESS = {
    "AdminUser.access_logs",
    "AdminUser.audits",
    "AdminUser.resolved_errors",
    "ConversationHistory.escalations",
    "ConversationHistory.llm_calls",
    "ConversationHistory.messages",
    "ConversationHistory.tool_calls",
    "DocumentChunk.citations",
    "RegulatoryDocument.chunks",
    "User.cases",
    "User.conversations",
}
"""What piles up as long as the system runs."""

by_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
by_column = pytest.mark.parametrize("column", dict.fromkeys(MANAGED), ids=str)


def test_mappers_are_configured_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        configure_mappers()


@by_table
def test_every_row_has_an_id_and_times(table: sa.Table) -> None:
    assert isinstance(table.c.id.type, sa.Uuid)
    assert str(table.c.id.server_default.arg) == "gen_random_uuid()"  # type: ignore[union-attr]  # it has one
    for name in {"created_at", "updated_at"} & set(table.c.keys()) | {"created_at"}:
        assert not table.c[name].nullable
        assert table.c[name].server_default is not None
    if "updated_at" in table.c:
        assert table.c.updated_at.onupdate is not None
    for column in table.c:
        if isinstance(column.type, sa.DateTime):
            assert column.type.timezone, f"{column} has no timezone"


@pytest.mark.parametrize("table", sorted({kind.table for kind in KINDS}))
def test_managed_rows_are_retired_by_a_flag_and_know_when_they_changed(table: str) -> None:
    columns = Base.metadata.tables[table].c
    assert columns.is_active.server_default is not None
    assert columns.updated_at.onupdate is not None


@by_table
def test_foreign_keys_say_what_happens_on_delete_and_are_indexed(table: sa.Table) -> None:
    indexed = {next(iter(index.columns)).name for index in table.indexes if len(index.columns) == 1}
    for key in table.foreign_keys:
        assert key.ondelete in ("CASCADE", "SET NULL"), key
        assert key.parent.name in indexed, f"{key.parent} has no index"
        assert (key.ondelete == "CASCADE") or key.parent.nullable, f"{key.parent} cannot be set to NULL"


@by_table
def test_constraints_and_indexes_have_names_of_their_own(table: sa.Table) -> None:
    preparer = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]  # SQLAlchemy does not type it
    names = [preparer.format_constraint(constraint) for constraint in table.constraints]
    names += [preparer.format_index(index) for index in table.indexes]
    assert len(names) == len(set(names))
    for name in names:
        assert re.fullmatch(f"(pk|uq|ck|fk|ix)_{table.name}.*", str(name)), name
        assert len(str(name)) <= IDENTIFIER_MAX, name


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_natural_keys_are_unique(kind: Any) -> None:
    table = Base.metadata.tables[kind.table]
    key = {kind.ref[part].column if part in kind.ref else part for part in kind.key}
    guards = [
        constraint
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint) and {column.name for column in constraint.columns} == key
    ]
    assert len(guards) == 1
    if any(kind.ref[part].optional for part in kind.key if part in kind.ref):
        assert guards[0].dialect_options["postgresql"]["nulls_not_distinct"]


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_column_says_whether_manifests_write_it(column: sa.Column[Any]) -> None:
    ours = column.table.name in {kind.table for kind in KINDS}
    operational = {"id", "is_active", "created_at", "updated_at", "validated_at"}
    assert column.info["managed"] is (ours and column.name not in operational)


@by_column
def test_managed_columns_are_described_with_examples(column: sa.Column[Any]) -> None:
    assert re.fullmatch(r"[A-Z].*[.]", column.info["description"]), "a sentence, please"
    assert column.info["examples"]
    if not column.foreign_keys:
        for example in column.info["examples"]:
            check(column, example)


@by_column
def test_defaults_fit_their_column(column: sa.Column[Any]) -> None:
    default = column.info.get("default")
    assert (default is None) == (column.server_default is None)
    if default is not None:
        check(column, json.loads(default) if isinstance(column.type, JSONB) else default)


def check(column: sa.Column[Any], value: Any) -> None:
    """Hold a value to all that the column says of its values."""
    info = column.info
    match column.type:
        case sa.Boolean():
            assert isinstance(value, bool)
        case sa.Integer():
            assert type(value) is int
            assert info.get("minimum", -(2**31)) <= value <= info.get("maximum", 2**31 - 1)
        case sa.Numeric():
            assert re.fullmatch(r"\d{1,8}\.\d\d", value)
        case JSONB():
            jsonschema.Draft7Validator.check_schema(info["schema"])
            jsonschema.Draft7Validator(info["schema"]).validate(value)
        case sa.String(length=length):
            assert isinstance(value, str)
            assert info["minLength"] <= len(value) if "minLength" in info else value in info["enum"]
            assert length is None or len(value) <= length
            assert re.search(info.get("pattern", ""), value)
        case other:
            raise AssertionError(f"manifests cannot write {other}")


@pytest.mark.parametrize("column", [column for column in COLUMNS if isinstance(column.type, JSONB)], ids=str)
def test_json_has_a_default_or_may_be_absent(column: sa.Column[Any]) -> None:
    assert getattr(column.type, "none_as_null", False), "absence is SQL NULL, never JSON null"
    assert column.nullable == (column.server_default is None)


@pytest.mark.parametrize("column", [column for column in MANAGED if isinstance(column.type, JSONB)], ids=str)
def test_json_schemas_are_closed_and_bounded(column: sa.Column[Any]) -> None:
    schema = column.info["schema"]
    if schema["type"] == "object":
        assert schema["additionalProperties"] is False
    for part in schema.get("properties", {}).values():
        assert part["title"]
        assert part["description"]
        jsonschema.Draft7Validator(part).validate(part["examples"][0])
        if part["type"] in ("integer", "number"):
            assert {"minimum", "maximum"} <= part.keys()


@pytest.mark.parametrize("pattern", sorted({column.info.get("pattern", "x") for column in MANAGED}))
def test_patterns_leave_no_room_for_a_path(pattern: str) -> None:
    assert not re.search(pattern, "A/B")
    assert not re.search(pattern, "A B") or pattern == "x"


@pytest.mark.parametrize("related", RELATIONSHIPS, ids=str)
def test_relationships_are_loaded_along_unless_they_never_end(related: RelationshipProperty[Any]) -> None:
    endless = related.uselist and str(related) in ENDLESS
    assert related.lazy == ("raise" if endless else "selectin")
    if related.uselist:
        assert related.back_populates
        assert related.passive_deletes, "the database deletes what is below"


@by_table
def test_every_foreign_key_is_a_relationship(table: sa.Table) -> None:
    ways = {column.name for related in RELATIONSHIPS for column in related.local_columns if column.table is table}
    assert {key.parent.name for key in table.foreign_keys} <= ways


def test_prices_are_amounts_of_their_tables() -> None:
    priced = {kind.name: [Base.metadata.tables[kind.table].columns[name] for name in kind.prices] for kind in KINDS}

    assert {name: [column.name for column in found] for name, found in priced.items() if found} == {
        "tier": ["price"],
        "service": ["price"],
    }
    assert all(isinstance(column.type, sa.Numeric) for found in priced.values() for column in found)
