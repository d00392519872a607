"""Accounts, and the requirements that people approved."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "components_0002"
down_revision = "components_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _users()
    _requirement_exports()


def downgrade() -> None:
    """Drop the tables in reverse, with their indexes and constraints."""
    op.drop_table("requirement_exports")
    op.drop_table("users")


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("hashed_password", sa.String(length=255), nullable=False),
        sa.Column("full_name", sa.String(length=255), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("avatar_url", sa.String(length=500), nullable=True),
        sa.Column("bio", sa.Text(), nullable=True),
        sa.Column("preferences", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("login_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("login_count >= 0", name=op.f("ck_users_login_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )


def _requirement_exports() -> None:
    op.create_table(
        "requirement_exports",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "export_id", sa.String(length=100), server_default=sa.text("(gen_random_uuid())::text"), nullable=False
        ),
        sa.Column("component_type", sa.String(length=100), nullable=False),
        sa.Column("component_confidence", sa.Double(), nullable=True),
        sa.Column("requirements", postgresql.JSONB(), nullable=False),
        sa.Column("source_type", sa.String(length=50), nullable=True),
        sa.Column("source_metadata", postgresql.JSONB(), nullable=True),
        sa.Column("tokens", postgresql.JSONB(), nullable=True),
        sa.Column("total_requirements", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("approved_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("edited_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("custom_added_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("proposal_latency_ms", sa.Integer(), nullable=True),
        sa.Column("approval_duration_ms", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("used_in_pattern_retrieval", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("used_in_code_generation", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("pattern_retrieval_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_generation_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("precision_score", sa.Double(), nullable=True),
        sa.Column("recall_score", sa.Double(), nullable=True),
        sa.Column("user_edit_rate", sa.Double(), nullable=True),
        sa.Column("status", sa.String(length=50), server_default=sa.text("'exported'"), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "component_type IN ('Button', 'Card', 'Input', 'Select', 'Checkbox', "
            "'Radio', 'Switch', 'Tabs', 'Badge', 'Alert')",
            name=op.f("ck_requirement_exports_component_type"),
        ),
        sa.CheckConstraint(
            "source_type IN ('figma', 'screenshot', 'design_file')", name=op.f("ck_requirement_exports_source_type")
        ),
        sa.CheckConstraint("approval_duration_ms >= 0", name=op.f("ck_requirement_exports_approval_duration_ms")),
        sa.CheckConstraint("approved_count >= 0", name=op.f("ck_requirement_exports_approved_count")),
        sa.CheckConstraint(
            "component_confidence >= 0 AND component_confidence <= 1",
            name=op.f("ck_requirement_exports_component_confidence"),
        ),
        sa.CheckConstraint("custom_added_count >= 0", name=op.f("ck_requirement_exports_custom_added_count")),
        sa.CheckConstraint("edited_count >= 0", name=op.f("ck_requirement_exports_edited_count")),
        sa.CheckConstraint(
            "precision_score >= 0 AND precision_score <= 1", name=op.f("ck_requirement_exports_precision_score")
        ),
        sa.CheckConstraint("proposal_latency_ms >= 0", name=op.f("ck_requirement_exports_proposal_latency_ms")),
        sa.CheckConstraint("recall_score >= 0 AND recall_score <= 1", name=op.f("ck_requirement_exports_recall_score")),
        sa.CheckConstraint("total_requirements >= 0", name=op.f("ck_requirement_exports_total_requirements")),
        sa.CheckConstraint(
            "user_edit_rate >= 0 AND user_edit_rate <= 1", name=op.f("ck_requirement_exports_user_edit_rate")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_requirement_exports_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_exports")),
        sa.UniqueConstraint("export_id", name=op.f("uq_requirement_exports_export_id")),
    )
    op.create_index(op.f("ix_requirement_exports_component_type"), "requirement_exports", ["component_type"])
    op.create_index(op.f("ix_requirement_exports_exported_at"), "requirement_exports", ["exported_at"])
    op.create_index(op.f("ix_requirement_exports_proposed_at"), "requirement_exports", ["proposed_at"])
    op.create_index(op.f("ix_requirement_exports_source_type"), "requirement_exports", ["source_type"])
    op.create_index(op.f("ix_requirement_exports_status_created_at"), "requirement_exports", ["status", "created_at"])
    op.create_index(op.f("ix_requirement_exports_user_id"), "requirement_exports", ["user_id"])
