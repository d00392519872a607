"""Categories, and what hangs directly on them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "homologation_0001"
down_revision = None
branch_labels = ("homologation",)
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _vehicle_categories()
    _tariff_tiers()
    _base_documentation()
    _additional_services()
    _tariff_prompt_sections()


def downgrade() -> None:
    """Drop the tables in reverse, their indexes and constraints before them."""
    _drop(
        "tariff_prompt_sections",
        ix=["category_id"],
        ck=["section_type", "version"],
        uq=["category_id_section_type"],
        fk=["category_id"],
    )
    _drop("additional_services", ix=["category_id"], ck=["price"], uq=["category_id_code"], fk=["category_id"])
    _drop("base_documentation", ix=["category_id"], uq=["category_id_code"], fk=["category_id"])
    _drop(
        "tariff_tiers",
        ix=["category_id", "classification_rules"],
        ck=["max_elements", "min_elements", "min_elements_max_elements", "price"],
        uq=["category_id_code"],
        fk=["category_id"],
    )
    _drop("vehicle_categories", ix=["client_type"], ck=["client_type"], uq=["slug"])


def _vehicle_categories() -> None:
    op.create_table(
        "vehicle_categories",
        *_of_every_row(),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("client_type", sa.String(length=20), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("icon", sa.String(length=50), nullable=True),
        sa.Column("sort_order", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "client_type IN ('particular', 'professional')", name=op.f("ck_vehicle_categories_client_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_categories")),
        sa.UniqueConstraint("slug", name=op.f("uq_vehicle_categories_slug")),
    )
    op.create_index(op.f("ix_vehicle_categories_client_type"), "vehicle_categories", ["client_type"])


def _tariff_tiers() -> None:
    op.create_table(
        "tariff_tiers",
        *_of_every_row(),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("classification_rules", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("min_elements", sa.Integer(), nullable=True),
        sa.Column("max_elements", sa.Integer(), nullable=True),
        sa.Column("sort_order", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("max_elements >= 1", name=op.f("ck_tariff_tiers_max_elements")),
        sa.CheckConstraint("min_elements <= max_elements", name=op.f("ck_tariff_tiers_min_elements_max_elements")),
        sa.CheckConstraint("min_elements >= 0", name=op.f("ck_tariff_tiers_min_elements")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_tariff_tiers_price")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["vehicle_categories.id"], name=op.f("fk_tariff_tiers_category_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_tiers")),
        sa.UniqueConstraint("category_id", "code", name=op.f("uq_tariff_tiers_category_id_code")),
    )
    op.create_index(op.f("ix_tariff_tiers_category_id"), "tariff_tiers", ["category_id"])
    op.create_index(
        op.f("ix_tariff_tiers_classification_rules"),
        "tariff_tiers",
        ["classification_rules"],
        postgresql_using="gin",
        postgresql_ops={"classification_rules": "jsonb_path_ops"},
    )


def _base_documentation() -> None:
    op.create_table(
        "base_documentation",
        *_of_every_row(),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("is_mandatory", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("image_url", sa.String(length=500), nullable=True),
        sa.Column("sort_order", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["vehicle_categories.id"],
            name=op.f("fk_base_documentation_category_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_documentation")),
        sa.UniqueConstraint("category_id", "code", name=op.f("uq_base_documentation_category_id_code")),
    )
    op.create_index(op.f("ix_base_documentation_category_id"), "base_documentation", ["category_id"])


def _additional_services() -> None:
    op.create_table(
        "additional_services",
        *_of_every_row(),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("sort_order", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_additional_services_price")),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["vehicle_categories.id"],
            name=op.f("fk_additional_services_category_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_additional_services")),
        sa.UniqueConstraint(
            "category_id",
            "code",
            name=op.f("uq_additional_services_category_id_code"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_additional_services_category_id"), "additional_services", ["category_id"])


def _tariff_prompt_sections() -> None:
    op.create_table(
        "tariff_prompt_sections",
        *_of_every_row(),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("section_type", sa.String(length=50), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "section_type IN ('algorithm', 'recognition_table', 'special_cases', 'footer')",
            name=op.f("ck_tariff_prompt_sections_section_type"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_tariff_prompt_sections_version")),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["vehicle_categories.id"],
            name=op.f("fk_tariff_prompt_sections_category_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_prompt_sections")),
        sa.UniqueConstraint(
            "category_id", "section_type", name=op.f("uq_tariff_prompt_sections_category_id_section_type")
        ),
    )
    op.create_index(op.f("ix_tariff_prompt_sections_category_id"), "tariff_prompt_sections", ["category_id"])


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
