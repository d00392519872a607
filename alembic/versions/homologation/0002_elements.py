"""Elements, their pictures and their required fields."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "homologation_0002"
down_revision = "homologation_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _elements()
    _element_images()
    _element_required_fields()


def downgrade() -> None:
    """Drop the tables in reverse, their indexes and constraints before them."""
    _drop(
        "element_required_fields",
        ix=["condition_field_id", "element_id", "element_id_is_active"],
        ck=["condition_operator", "field_type"],
        uq=["element_id_field_name"],
        fk=["condition_field_id", "element_id"],
    )
    _drop(
        "element_images",
        ix=["element_id", "element_id_image_type"],
        ck=["image_type", "status"],
        uq=["element_id_title"],
        fk=["element_id"],
    )
    _drop(
        "elements",
        ix=[
            "aliases",
            "category_id",
            "category_id_is_active",
            "keywords",
            "multi_select_keywords",
            "parent_element_id",
        ],
        uq=["category_id_code"],
        fk=["category_id", "parent_element_id"],
    )


def _elements() -> None:
    op.create_table(
        "elements",
        *_of_every_row(),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("keywords", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("aliases", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("parent_element_id", sa.Uuid(), nullable=True),
        sa.Column("variant_type", sa.String(length=50), nullable=True),
        sa.Column("variant_code", sa.String(length=50), nullable=True),
        sa.Column("question_hint", sa.Text(), nullable=True),
        sa.Column("multi_select_keywords", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("inherit_parent_data", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sort_order", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["vehicle_categories.id"], name=op.f("fk_elements_category_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_element_id"], ["elements.id"], name=op.f("fk_elements_parent_element_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elements")),
        sa.UniqueConstraint("category_id", "code", name=op.f("uq_elements_category_id_code")),
    )
    op.create_index(
        op.f("ix_elements_aliases"),
        "elements",
        ["aliases"],
        postgresql_using="gin",
        postgresql_ops={"aliases": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_elements_category_id"), "elements", ["category_id"])
    op.create_index(op.f("ix_elements_category_id_is_active"), "elements", ["category_id", "is_active"])
    op.create_index(
        op.f("ix_elements_keywords"),
        "elements",
        ["keywords"],
        postgresql_using="gin",
        postgresql_ops={"keywords": "jsonb_path_ops"},
    )
    op.create_index(
        op.f("ix_elements_multi_select_keywords"),
        "elements",
        ["multi_select_keywords"],
        postgresql_using="gin",
        postgresql_ops={"multi_select_keywords": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_elements_parent_element_id"), "elements", ["parent_element_id"])


def _element_images() -> None:
    op.create_table(
        "element_images",
        *_of_every_row(),
        sa.Column("element_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("alt_text", sa.String(length=500), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("user_instruction", sa.Text(), nullable=True),
        sa.Column("image_type", sa.String(length=50), server_default=sa.text("'example'"), nullable=False),
        sa.Column("status", sa.String(length=20), server_default=sa.text("'placeholder'"), nullable=False),
        sa.Column("is_required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sort_order", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "image_type IN ('example', 'required_document', 'warning', 'step', 'calculation')",
            name=op.f("ck_element_images_image_type"),
        ),
        sa.CheckConstraint("status IN ('active', 'placeholder', 'unavailable')", name=op.f("ck_element_images_status")),
        sa.ForeignKeyConstraint(
            ["element_id"], ["elements.id"], name=op.f("fk_element_images_element_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_element_images")),
        sa.UniqueConstraint("element_id", "title", name=op.f("uq_element_images_element_id_title")),
    )
    op.create_index(op.f("ix_element_images_element_id"), "element_images", ["element_id"])
    op.create_index(op.f("ix_element_images_element_id_image_type"), "element_images", ["element_id", "image_type"])


def _element_required_fields() -> None:
    op.create_table(
        "element_required_fields",
        *_of_every_row(),
        sa.Column("element_id", sa.Uuid(), nullable=False),
        sa.Column("field_name", sa.String(length=100), nullable=False),
        sa.Column("field_type", sa.String(length=50), server_default=sa.text("'text'"), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("placeholder", sa.String(length=200), nullable=True),
        sa.Column("is_required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("options", postgresql.JSONB(), nullable=True),
        sa.Column("validation_rules", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("example_value", sa.String(length=200), nullable=True),
        sa.Column("llm_instruction", sa.Text(), nullable=True),
        sa.Column("condition_field_id", sa.Uuid(), nullable=True),
        sa.Column("condition_operator", sa.String(length=50), nullable=True),
        sa.Column("condition_value", sa.String(length=200), nullable=True),
        sa.Column("sort_order", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "condition_operator IN ('equals', 'not_equals', 'exists', 'not_exists',"
            " 'contains', 'greater_than', 'less_than')",
            name=op.f("ck_element_required_fields_condition_operator"),
        ),
        sa.CheckConstraint(
            "field_type IN ('text', 'number', 'boolean', 'select')", name=op.f("ck_element_required_fields_field_type")
        ),
        sa.ForeignKeyConstraint(
            ["condition_field_id"],
            ["element_required_fields.id"],
            name=op.f("fk_element_required_fields_condition_field_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["element_id"], ["elements.id"], name=op.f("fk_element_required_fields_element_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_element_required_fields")),
        sa.UniqueConstraint("element_id", "field_name", name=op.f("uq_element_required_fields_element_id_field_name")),
    )
    op.create_index(
        op.f("ix_element_required_fields_condition_field_id"), "element_required_fields", ["condition_field_id"]
    )
    op.create_index(op.f("ix_element_required_fields_element_id"), "element_required_fields", ["element_id"])
    op.create_index(
        op.f("ix_element_required_fields_element_id_is_active"), "element_required_fields", ["element_id", "is_active"]
    )


def _of_every_row() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def _drop(table: str, **named: list[str]) -> None:
    """Drop a table after its indexes and constraints, by the kind and the rest of their names."""
    for kind, names in named.items():
        for name in names:
            if kind == "ix":
                op.drop_index(op.f(f"ix_{table}_{name}"), table_name=table)
            else:
                op.drop_constraint(op.f(f"{kind}_{table}_{name}"), table)
    op.drop_table(table)
