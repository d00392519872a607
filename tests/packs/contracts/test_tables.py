"""What the tables say of themselves, without a database."""

from __future__ import annotations

import warnings

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import configure_mappers

from pipeline.packs.contracts.kinds import KINDS
from pipeline.packs.contracts.tables import Base

TABLES = Base.metadata.sorted_tables
BY_NAME = Base.metadata.tables
by_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def test_the_nine_tables() -> None:
    assert sorted(table.name for table in TABLES) == [
        "dangling_references",
        "document_links",
        "documents",
        "evidence",
        "fingerprints",
        "flags",
        "obligations",
        "organizations",
        "pages",
    ]
    assert {kind.table for kind in KINDS} == {*BY_NAME} - {"fingerprints", "flags", "pages"}
    assert all(table.schema is None for table in TABLES)


def test_mappers_are_configured_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        configure_mappers()


@by_table
def test_every_row_has_an_id_and_times_with_a_zone(table: sa.Table) -> None:
    assert isinstance(table.c.id.type, sa.Uuid)
    assert table.c.id.server_default is not None
    assert table.c.created_at.server_default is not None
    for column in table.columns:
        assert not isinstance(column.type, sa.DateTime) or column.type.timezone, column
    assert ("updated_at" in table.c) == (table.name in {kind.table for kind in KINDS} - {"evidence"})


@by_table
def test_foreign_keys_say_what_happens_on_delete_and_are_indexed(table: sa.Table) -> None:
    lists = [[str(part).rpartition(".")[2] for part in index.expressions] for index in table.indexes]
    lists += [
        [column.name for column in found.columns]
        for found in table.constraints
        if isinstance(found, sa.UniqueConstraint)
    ]
    for key in table.foreign_keys:
        assert key.ondelete in ("CASCADE", "NO ACTION"), key
        assert [key.parent.name] in lists, f"{key.parent} has no index"
    assert len(lists) == len({tuple(found) for found in lists}), "two indexes of the same columns"


@by_table
def test_constraints_and_indexes_have_short_names_of_their_own(table: sa.Table) -> None:
    preparer = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]  # SQLAlchemy does not type it
    names = [str(preparer.format_constraint(constraint)) for constraint in table.constraints]
    names += [str(preparer.format_index(index)) for index in table.indexes]

    assert len(names) == len(set(names))
    assert all(len(name) <= 63 for name in names)
    assert all("None" not in name for name in names)


@by_table
def test_json_is_searched_by_what_it_contains(table: sa.Table) -> None:
    searched = {
        column.name
        for index in table.indexes
        if index.dialect_options["postgresql"]["using"] == "gin"
        for column in index.columns
    }
    assert searched == {column.name for column in table.columns if isinstance(column.type, JSONB)}


@by_table
def test_lists_of_values_are_checked(table: sa.Table) -> None:
    checks = {
        constraint.name: str(constraint.sqltext)
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    for column in table.columns:
        for value in column.info.get("enum", ()):
            assert f"'{value}'" in checks[f"ck_{table.name}_{column.name}"]


@by_table
def test_what_manifests_write_is_described(table: sa.Table) -> None:
    for column in table.columns:
        if column.info.get("managed"):
            assert len(column.info["description"]) > 5, column
            schema = column.info.get("schema")
            for example in column.info["examples"] if schema else ():
                jsonschema.validate(example, schema)
