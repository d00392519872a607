"""The embedding models, and how answers are measured."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "components_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _embedding_models()
    _evaluation_runs()


def downgrade() -> None:
    """Drop the tables in reverse, with their indexes and constraints."""
    op.drop_table("evaluation_runs")
    op.drop_table("embedding_models")


def _embedding_models() -> None:
    op.create_table(
        "embedding_models",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("provider", sa.String(length=50), nullable=False),
        sa.Column("model_id", sa.String(length=200), nullable=True),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("max_tokens", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("configuration", postgresql.JSONB(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("is_default"), "="),
            where=sa.text("is_default AND is_active"),
            deferrable=True,
            initially="IMMEDIATE",
            using="btree",
            name=op.f("ex_embedding_models_default"),
        ),
        sa.CheckConstraint("dimension >= 1", name=op.f("ck_embedding_models_dimension")),
        sa.CheckConstraint("max_tokens >= 1", name=op.f("ck_embedding_models_max_tokens")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embedding_models")),
        sa.UniqueConstraint("name", name=op.f("uq_embedding_models_name")),
    )


def _evaluation_runs() -> None:
    op.create_table(
        "evaluation_runs",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("model_name", sa.String(length=100), nullable=False),
        sa.Column("embedding_model_id", sa.Integer(), nullable=True),
        sa.Column("dataset_name", sa.String(length=200), nullable=True),
        sa.Column("evaluation_type", sa.String(length=50), server_default=sa.text("'generation'"), nullable=False),
        sa.Column("config", postgresql.JSONB(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("status", sa.String(length=50), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("metrics", postgresql.JSONB(), nullable=True),
        sa.Column("total_questions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("completed_questions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "evaluation_type IN ('chat', 'generation', 'qa', 'rag', 'retrieval')",
            name=op.f("ck_evaluation_runs_evaluation_type"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'running', 'completed', 'failed')", name=op.f("ck_evaluation_runs_status")
        ),
        sa.CheckConstraint("completed_questions >= 0", name=op.f("ck_evaluation_runs_completed_questions")),
        sa.CheckConstraint("total_questions >= 0", name=op.f("ck_evaluation_runs_total_questions")),
        sa.ForeignKeyConstraint(
            ["embedding_model_id"],
            ["embedding_models.id"],
            name=op.f("fk_evaluation_runs_embedding_model_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_runs")),
        sa.UniqueConstraint("name", name=op.f("uq_evaluation_runs_name")),
    )
    op.create_index(op.f("ix_evaluation_runs_embedding_model_id"), "evaluation_runs", ["embedding_model_id"])
    op.create_index(
        op.f("ix_evaluation_runs_model_name_evaluation_type"), "evaluation_runs", ["model_name", "evaluation_type"]
    )
    op.create_index(op.f("ix_evaluation_runs_status"), "evaluation_runs", ["status"])
    op.create_index(op.f("ix_evaluation_runs_status_created_at"), "evaluation_runs", ["status", "created_at"])
