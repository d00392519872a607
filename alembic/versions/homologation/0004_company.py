"""Policies, settings and limits on the assistant's answers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from alembic import op

revision = "homologation_0004"
down_revision = "homologation_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _policies()
    _system_settings()
    _response_constraints()


def downgrade() -> None:
    """Drop the tables in reverse, their indexes and constraints before them."""
    _drop(
        "response_constraints", ix=["category_id"], ck=["constraint_type"], uq=["category_id_code"], fk=["category_id"]
    )
    _drop("system_settings", ck=["value_type"], uq=["key"])
    _drop("policies", ix=["category"], uq=["key"])


def _policies() -> None:
    op.create_table(
        "policies",
        *_of_every_row(),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=50), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("key", name=op.f("uq_policies_key")),
    )
    op.create_index(op.f("ix_policies_category"), "policies", ["category"])


def _system_settings() -> None:
    op.create_table(
        "system_settings",
        *_of_every_row(),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("value", sa.String(length=1000), nullable=False),
        sa.Column("value_type", sa.String(length=20), server_default=sa.text("'string'"), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("is_mutable", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "value_type IN ('string', 'integer', 'boolean', 'json')", name=op.f("ck_system_settings_value_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_settings")),
        sa.UniqueConstraint("key", name=op.f("uq_system_settings_key")),
    )


def _response_constraints() -> None:
    op.create_table(
        "response_constraints",
        *_of_every_row(),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("constraint_type", sa.String(length=50), nullable=False),
        sa.Column("detection_pattern", sa.String(length=500), nullable=False),
        sa.Column("required_tool", sa.String(length=200), nullable=False),
        sa.Column("error_injection", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "constraint_type IN ('price_requires_tool', 'variant_requires_tool', 'docs_from_tool_only',"
            " 'images_require_active', 'images_narration_blocked')",
            name=op.f("ck_response_constraints_constraint_type"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["vehicle_categories.id"],
            name=op.f("fk_response_constraints_category_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_constraints")),
        sa.UniqueConstraint(
            "category_id",
            "code",
            name=op.f("uq_response_constraints_category_id_code"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_response_constraints_category_id"), "response_constraints", ["category_id"])


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
