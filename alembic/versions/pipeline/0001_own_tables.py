"""The pipeline's own schema and tables: ledger, runs and change log."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "pipeline_0001"
down_revision = None
branch_labels = ("pipeline",)
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.execute(sa.schema.CreateSchema("pipeline"))
    op.create_table(
        "ledger",
        sa.Column("pack", sa.String(length=50), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("values", postgresql.JSONB(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pack", "kind", "key", name=op.f("pk_ledger")),
        schema="pipeline",
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("pack", sa.String(length=50), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("database_user", sa.Text(), server_default=sa.text("CURRENT_USER"), nullable=False),
        sa.Column("plan_digest", sa.String(length=32), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("reactivated", sa.Integer(), nullable=False),
        sa.Column("deactivated", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        schema="pipeline",
    )
    op.create_table(
        "changes",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("declared", postgresql.JSONB(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_changes")),
        schema="pipeline",
    )


def downgrade() -> None:
    """Take the tables back to the revision before."""
    op.drop_table("changes", schema="pipeline")
    op.drop_table("runs", schema="pipeline")
    op.drop_table("ledger", schema="pipeline")
    op.execute(sa.schema.DropSchema("pipeline"))
