"""What the tables say of themselves in packs that live in a schema of their own."""

from __future__ import annotations

import re

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import configure_mappers

from pipeline.database.tables import tables
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.packs.components import PACK as COMPONENTS
from pipeline.packs.quiz import PACK as QUIZ

PACKS = (COMPONENTS, QUIZ)
TABLES = [(pack, table) for pack in PACKS for table in tables(pack).values()]
KINDS = [(pack, kind) for pack in PACKS for kind in pack.kinds]

by_table = pytest.mark.parametrize(("pack", "table"), TABLES, ids=lambda item: item.name)
by_kind = pytest.mark.parametrize(("pack", "kind"), KINDS, ids=lambda item: item.name)


def test_the_tables() -> None:
    assert {pack.name: sorted(tables(pack)) for pack in PACKS} == {
        "components": [
            *("conversations", "document_chunks", "documents", "embedding_models", "evaluation_runs", "messages"),
            *("requirement_exports", "users"),
        ],
        "quiz": ["categories", "category_preferences", "documents", "questions"],
    }


def test_mappers_are_configured_without_a_warning() -> None:
    configure_mappers()


@by_table
def test_ids_and_times(pack: Pack, table: sa.Table) -> None:
    if pack is COMPONENTS:
        assert table.c.id.identity is not None
        assert not table.c.id.identity.always
    else:
        assert isinstance(table.c.id.type, sa.String)
        assert table.c.id.type.length == 36
        assert table.c.id.server_default is not None
    for name in ("created_at", "updated_at"):
        assert getattr(table.c[name].type, "timezone", False)
        assert not table.c[name].nullable
    assert table.c.updated_at.onupdate is not None


@by_table
def test_foreign_keys_say_what_happens_on_delete_and_are_indexed(pack: Pack, table: sa.Table) -> None:
    indexed = {next(iter(index.columns)).name for index in table.indexes}
    indexed |= {next(iter(found.columns)).name for found in table.constraints if isinstance(found, sa.UniqueConstraint)}
    for key in table.foreign_keys:
        assert key.ondelete == ("SET NULL" if key.parent.nullable else "CASCADE")
        assert key.parent.name in indexed, key.parent


@by_table
def test_constraints_and_indexes_have_names_of_their_own(pack: Pack, table: sa.Table) -> None:
    preparer = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]  # SQLAlchemy does not type it
    names = [preparer.format_constraint(constraint) for constraint in table.constraints]
    names += [preparer.format_index(index) for index in table.indexes]
    assert None not in names
    assert len(names) == len(set(names))
    assert all(len(str(name)) <= 63 for name in names)


def test_names_that_programs_know() -> None:
    questions = tables(QUIZ)["questions"]
    assert {"idx_category_id", "idx_category_difficulty"} <= {index.name for index in questions.indexes}
    assert "rating_range" in {constraint.name for constraint in questions.constraints}
    preferences = tables(QUIZ)["category_preferences"]
    assert "unique_preference" in {constraint.name for constraint in preferences.constraints}
    chunks = tables(COMPONENTS)["document_chunks"]
    assert "uq_document_chunk_index" in {constraint.name for constraint in chunks.constraints}


@by_table
def test_json_is_binary(pack: Pack, table: sa.Table) -> None:
    assert not [column for column in table.c if isinstance(column.type, sa.JSON) and not isinstance(column.type, JSONB)]


@by_kind
def test_natural_keys_are_unique(pack: Pack, kind: Kind) -> None:
    table = tables(pack)[kind.table]
    key = {kind.ref[part].column if part in kind.ref else part for part in kind.key}
    unique = [constraint for constraint in table.constraints if isinstance(constraint, sa.UniqueConstraint)]
    assert key in [{column.name for column in constraint.columns} for constraint in unique]


@by_kind
def test_what_manifests_write_is_described_with_examples_that_fit(pack: Pack, kind: Kind) -> None:
    placed = {ref.column for ref in kind.refs if ref.placed}
    for column in tables(pack)[kind.table].c:
        if column.info["managed"] and column.name not in placed:
            assert re.fullmatch(r"[A-Z].*[.]", column.info["description"]), column
            assert column.info["examples"], column
            for example in column.info["examples"]:
                jsonschema.validate(example, column.info.get("schema", {}))
                assert re.search(column.info.get("pattern", ""), str(example))
