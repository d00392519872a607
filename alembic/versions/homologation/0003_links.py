"""What tiers include, and the warnings about categories, tiers and elements."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "homologation_0003"
down_revision = "homologation_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _tier_element_inclusions()
    _warnings()
    _element_warning_associations()


def downgrade() -> None:
    """Drop the tables in reverse, their indexes and constraints before them."""
    _drop(
        "element_warning_associations",
        ix=["element_id", "warning_id"],
        ck=["show_condition", "threshold_quantity"],
        uq=["element_id_warning_id"],
        fk=["element_id", "warning_id"],
    )
    _drop(
        "warnings",
        ix=["category_id", "element_id", "owner_category_id", "tier_id", "trigger_conditions"],
        ck=["one_scope", "severity"],
        uq=["owner_category_id_code"],
        fk=["category_id", "element_id", "owner_category_id", "tier_id"],
    )
    _drop(
        "tier_element_inclusions",
        ix=["element_id", "included_tier_id", "tier_id"],
        ck=["max_quantity", "min_quantity", "min_quantity_max_quantity", "one_target", "tier_id_included_tier_id"],
        uq=["tier_id_element_id", "tier_id_included_tier_id"],
        fk=["element_id", "included_tier_id", "tier_id"],
    )


def _tier_element_inclusions() -> None:
    op.create_table(
        "tier_element_inclusions",
        *_of_every_row(),
        sa.Column("tier_id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.Uuid(), nullable=True),
        sa.Column("included_tier_id", sa.Uuid(), nullable=True),
        sa.Column("min_quantity", sa.Integer(), nullable=True),
        sa.Column("max_quantity", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.CheckConstraint("max_quantity >= 0", name=op.f("ck_tier_element_inclusions_max_quantity")),
        sa.CheckConstraint(
            "min_quantity <= max_quantity", name=op.f("ck_tier_element_inclusions_min_quantity_max_quantity")
        ),
        sa.CheckConstraint("min_quantity >= 0", name=op.f("ck_tier_element_inclusions_min_quantity")),
        sa.CheckConstraint(
            "num_nonnulls(element_id, included_tier_id) = 1", name=op.f("ck_tier_element_inclusions_one_target")
        ),
        sa.CheckConstraint(
            "tier_id <> included_tier_id", name=op.f("ck_tier_element_inclusions_tier_id_included_tier_id")
        ),
        sa.ForeignKeyConstraint(
            ["element_id"], ["elements.id"], name=op.f("fk_tier_element_inclusions_element_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["included_tier_id"],
            ["tariff_tiers.id"],
            name=op.f("fk_tier_element_inclusions_included_tier_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tier_id"], ["tariff_tiers.id"], name=op.f("fk_tier_element_inclusions_tier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_element_inclusions")),
        sa.UniqueConstraint("tier_id", "element_id", name=op.f("uq_tier_element_inclusions_tier_id_element_id")),
        sa.UniqueConstraint(
            "tier_id", "included_tier_id", name=op.f("uq_tier_element_inclusions_tier_id_included_tier_id")
        ),
    )
    op.create_index(op.f("ix_tier_element_inclusions_element_id"), "tier_element_inclusions", ["element_id"])
    op.create_index(
        op.f("ix_tier_element_inclusions_included_tier_id"), "tier_element_inclusions", ["included_tier_id"]
    )
    op.create_index(op.f("ix_tier_element_inclusions_tier_id"), "tier_element_inclusions", ["tier_id"])


def _warnings() -> None:
    op.create_table(
        "warnings",
        *_of_every_row(),
        sa.Column("owner_category_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=20), server_default=sa.text("'warning'"), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("tier_id", sa.Uuid(), nullable=True),
        sa.Column("element_id", sa.Uuid(), nullable=True),
        sa.Column("trigger_conditions", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("severity IN ('info', 'warning', 'error')", name=op.f("ck_warnings_severity")),
        sa.CheckConstraint("num_nonnulls(category_id, tier_id, element_id) = 1", name=op.f("ck_warnings_one_scope")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["vehicle_categories.id"], name=op.f("fk_warnings_category_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["element_id"], ["elements.id"], name=op.f("fk_warnings_element_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_category_id"],
            ["vehicle_categories.id"],
            name=op.f("fk_warnings_owner_category_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tier_id"], ["tariff_tiers.id"], name=op.f("fk_warnings_tier_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warnings")),
        sa.UniqueConstraint("owner_category_id", "code", name=op.f("uq_warnings_owner_category_id_code")),
    )
    op.create_index(op.f("ix_warnings_category_id"), "warnings", ["category_id"])
    op.create_index(op.f("ix_warnings_element_id"), "warnings", ["element_id"])
    op.create_index(op.f("ix_warnings_owner_category_id"), "warnings", ["owner_category_id"])
    op.create_index(op.f("ix_warnings_tier_id"), "warnings", ["tier_id"])
    op.create_index(
        op.f("ix_warnings_trigger_conditions"),
        "warnings",
        ["trigger_conditions"],
        postgresql_using="gin",
        postgresql_ops={"trigger_conditions": "jsonb_path_ops"},
    )


def _element_warning_associations() -> None:
    op.create_table(
        "element_warning_associations",
        *_of_every_row(),
        sa.Column("element_id", sa.Uuid(), nullable=False),
        sa.Column("warning_id", sa.Uuid(), nullable=False),
        sa.Column("show_condition", sa.String(length=50), server_default=sa.text("'always'"), nullable=False),
        sa.Column("threshold_quantity", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "show_condition IN ('always', 'on_exceed_max', 'on_below_min')",
            name=op.f("ck_element_warning_associations_show_condition"),
        ),
        sa.CheckConstraint("threshold_quantity >= 0", name=op.f("ck_element_warning_associations_threshold_quantity")),
        sa.ForeignKeyConstraint(
            ["element_id"], ["elements.id"], name=op.f("fk_element_warning_associations_element_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["warning_id"], ["warnings.id"], name=op.f("fk_element_warning_associations_warning_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_element_warning_associations")),
        sa.UniqueConstraint(
            "element_id", "warning_id", name=op.f("uq_element_warning_associations_element_id_warning_id")
        ),
    )
    op.create_index(op.f("ix_element_warning_associations_element_id"), "element_warning_associations", ["element_id"])
    op.create_index(op.f("ix_element_warning_associations_warning_id"), "element_warning_associations", ["warning_id"])


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
