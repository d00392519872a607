"""Cases with their pictures and data, and calls for a person's help."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "homologation_0007"
down_revision = "homologation_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _escalations()
    _cases()
    _case_images()
    _case_element_data()


def downgrade() -> None:
    """Drop the tables in reverse, their indexes and constraints before them."""
    _drop(
        "case_element_data",
        ix=["case_id", "case_id_status"],
        ck=["status"],
        uq=["case_id_element_code"],
        fk=["case_id"],
    )
    _drop(
        "case_images",
        ix=["case_id", "chatwoot_message_id", "element_code"],
        ck=["file_size", "image_type"],
        uq=["stored_filename"],
        fk=["case_id"],
    )
    _drop(
        "cases",
        ix=[
            "category_id",
            "conversation_id",
            "conversation_id_status",
            "element_codes",
            "escalation_id",
            "status",
            "status_created_at",
            "tariff_tier_id",
            "user_id",
            "user_id_status",
        ],
        ck=[
            "altura_final",
            "ancho_final",
            "longitud_final",
            "plazas_finales",
            "plazas_iniciales",
            "status",
            "tariff_amount",
        ],
        fk=["category_id", "escalation_id", "tariff_tier_id", "user_id"],
    )
    _drop(
        "escalations",
        ix=["conversation_history_id", "status", "status_triggered_at", "triggered_at", "user_id"],
        ck=["source", "status"],
        fk=["conversation_history_id", "user_id"],
    )


def _escalations() -> None:
    op.create_table(
        "escalations",
        *_of_every_row(),
        sa.Column("conversation_history_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=50), server_default=sa.text("'tool_call'"), nullable=False),
        sa.Column("status", sa.String(length=20), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("triggered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=100), nullable=True),
        sa.Column("metadata", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("source IN ('tool_call', 'auto_escalation', 'error')", name=op.f("ck_escalations_source")),
        sa.CheckConstraint("status IN ('pending', 'in_progress', 'resolved')", name=op.f("ck_escalations_status")),
        sa.ForeignKeyConstraint(
            ["conversation_history_id"],
            ["conversation_history.id"],
            name=op.f("fk_escalations_conversation_history_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_escalations_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    op.create_index(op.f("ix_escalations_conversation_history_id"), "escalations", ["conversation_history_id"])
    op.create_index(op.f("ix_escalations_status"), "escalations", ["status"])
    op.create_index(op.f("ix_escalations_status_triggered_at"), "escalations", ["status", "triggered_at"])
    op.create_index(op.f("ix_escalations_triggered_at"), "escalations", ["triggered_at"])
    op.create_index(op.f("ix_escalations_user_id"), "escalations", ["user_id"])


def _cases() -> None:
    op.create_table(
        "cases",
        *_of_every_row(),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("conversation_id", sa.String(length=100), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=30), server_default=sa.text("'collecting'"), nullable=False),
        sa.Column("vehiculo_marca", sa.String(length=100), nullable=True),
        sa.Column("vehiculo_modelo", sa.String(length=100), nullable=True),
        sa.Column("vehiculo_anio", sa.Integer(), nullable=True),
        sa.Column("vehiculo_matricula", sa.String(length=20), nullable=True),
        sa.Column("vehiculo_bastidor", sa.String(length=50), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("element_codes", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("tariff_tier_id", sa.Uuid(), nullable=True),
        sa.Column("tariff_amount", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("itv_nombre", sa.String(length=200), nullable=True),
        sa.Column("taller_propio", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("taller_nombre", sa.String(length=200), nullable=True),
        sa.Column("taller_responsable", sa.String(length=200), nullable=True),
        sa.Column("taller_domicilio", sa.String(length=255), nullable=True),
        sa.Column("taller_provincia", sa.String(length=100), nullable=True),
        sa.Column("taller_ciudad", sa.String(length=100), nullable=True),
        sa.Column("taller_telefono", sa.String(length=20), nullable=True),
        sa.Column("taller_registro_industrial", sa.String(length=50), nullable=True),
        sa.Column("taller_actividad", sa.String(length=200), nullable=True),
        sa.Column("cambio_plazas", sa.Boolean(), nullable=True),
        sa.Column("plazas_iniciales", sa.Integer(), nullable=True),
        sa.Column("plazas_finales", sa.Integer(), nullable=True),
        sa.Column("cambio_altura", sa.Boolean(), nullable=True),
        sa.Column("altura_final", sa.Float(), nullable=True),
        sa.Column("cambio_ancho", sa.Boolean(), nullable=True),
        sa.Column("ancho_final", sa.Float(), nullable=True),
        sa.Column("cambio_longitud", sa.Boolean(), nullable=True),
        sa.Column("longitud_final", sa.Float(), nullable=True),
        sa.Column("escalation_id", sa.Uuid(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=100), nullable=True),
        sa.CheckConstraint("altura_final > 0", name=op.f("ck_cases_altura_final")),
        sa.CheckConstraint("ancho_final > 0", name=op.f("ck_cases_ancho_final")),
        sa.CheckConstraint("longitud_final > 0", name=op.f("ck_cases_longitud_final")),
        sa.CheckConstraint("plazas_finales >= 0", name=op.f("ck_cases_plazas_finales")),
        sa.CheckConstraint("plazas_iniciales >= 0", name=op.f("ck_cases_plazas_iniciales")),
        sa.CheckConstraint(
            "status IN ('collecting', 'pending_images', 'pending_review', 'in_progress', 'resolved',"
            " 'cancelled', 'abandoned')",
            name=op.f("ck_cases_status"),
        ),
        sa.CheckConstraint("tariff_amount >= 0", name=op.f("ck_cases_tariff_amount")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["vehicle_categories.id"], name=op.f("fk_cases_category_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalations.id"], name=op.f("fk_cases_escalation_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["tariff_tier_id"], ["tariff_tiers.id"], name=op.f("fk_cases_tariff_tier_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cases_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_category_id"), "cases", ["category_id"])
    op.create_index(op.f("ix_cases_conversation_id"), "cases", ["conversation_id"])
    op.create_index(op.f("ix_cases_conversation_id_status"), "cases", ["conversation_id", "status"])
    op.create_index(
        op.f("ix_cases_element_codes"),
        "cases",
        ["element_codes"],
        postgresql_using="gin",
        postgresql_ops={"element_codes": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_cases_escalation_id"), "cases", ["escalation_id"], unique=True)
    op.create_index(op.f("ix_cases_status"), "cases", ["status"])
    op.create_index(op.f("ix_cases_status_created_at"), "cases", ["status", "created_at"])
    op.create_index(op.f("ix_cases_tariff_tier_id"), "cases", ["tariff_tier_id"])
    op.create_index(op.f("ix_cases_user_id"), "cases", ["user_id"])
    op.create_index(op.f("ix_cases_user_id_status"), "cases", ["user_id", "status"])


def _case_images() -> None:
    op.create_table(
        "case_images",
        *_of_every_row(),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("stored_filename", sa.String(length=255), nullable=False),
        sa.Column("original_filename", sa.String(length=255), nullable=True),
        sa.Column("mime_type", sa.String(length=100), server_default=sa.text("'image/jpeg'"), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=True),
        sa.Column("display_name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("element_code", sa.String(length=50), nullable=True),
        sa.Column("image_type", sa.String(length=50), server_default=sa.text("'base_documentation'"), nullable=False),
        sa.Column("chatwoot_message_id", sa.Integer(), nullable=True),
        sa.Column("is_valid", sa.Boolean(), nullable=True),
        sa.Column("validation_notes", sa.Text(), nullable=True),
        sa.CheckConstraint("file_size >= 0", name=op.f("ck_case_images_file_size")),
        sa.CheckConstraint(
            "image_type IN ('base_documentation', 'element_photo', 'other')", name=op.f("ck_case_images_image_type")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_images_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_images")),
        sa.UniqueConstraint("stored_filename", name=op.f("uq_case_images_stored_filename")),
    )
    op.create_index(op.f("ix_case_images_case_id"), "case_images", ["case_id"])
    op.create_index(op.f("ix_case_images_chatwoot_message_id"), "case_images", ["chatwoot_message_id"])
    op.create_index(op.f("ix_case_images_element_code"), "case_images", ["element_code"])


def _case_element_data() -> None:
    op.create_table(
        "case_element_data",
        *_of_every_row(),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("element_code", sa.String(length=50), nullable=False),
        sa.Column("status", sa.String(length=30), server_default=sa.text("'pending_photos'"), nullable=False),
        sa.Column("field_values", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("photos_completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data_completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending_photos', 'pending_data', 'completed')", name=op.f("ck_case_element_data_status")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_element_data_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_element_data")),
        sa.UniqueConstraint("case_id", "element_code", name=op.f("uq_case_element_data_case_id_element_code")),
    )
    op.create_index(op.f("ix_case_element_data_case_id"), "case_element_data", ["case_id"])
    op.create_index(op.f("ix_case_element_data_case_id_status"), "case_element_data", ["case_id", "status"])


def _of_every_row() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
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
