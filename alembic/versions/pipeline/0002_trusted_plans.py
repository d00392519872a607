"""Who applied a plan and why, what the ledger held before, protected resources, and moves."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "pipeline_0002"
down_revision = "pipeline_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision. Earlier runs keep what was known of them."""
    run_columns: list[sa.Column[object]] = [
        sa.Column("actor", sa.Text(), server_default=sa.text("CURRENT_USER"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("git_commit", sa.String(length=64), nullable=True),
        sa.Column("git_clean", sa.Boolean(), nullable=True),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("allowed", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("moved", sa.Integer(), server_default=sa.text("0"), nullable=False),
    ]
    for column in run_columns:
        op.add_column("runs", column, schema="pipeline")
    op.execute("UPDATE pipeline.runs SET actor = database_user")
    op.add_column("ledger", _protected(), schema="pipeline")
    for column in (
        sa.Column("moved_from", sa.Text(), nullable=True),
        sa.Column("row_id", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        _protected(),
        sa.Column("digest", sa.String(length=32), server_default="", nullable=False),
        sa.Column("recorded", postgresql.JSONB(), nullable=True),
    ):
        op.add_column("changes", column, schema="pipeline")
    op.execute(
        "UPDATE pipeline.changes c SET active = l.active, digest = l.digest, row_id = l.row_id"
        " FROM pipeline.runs r, pipeline.ledger l"
        " WHERE r.id = c.run_id AND l.pack = r.pack AND l.kind = c.kind AND l.key = c.key"
    )
    for name in ("row_id", "active", "protected", "digest"):
        op.alter_column("changes", name, server_default=None, schema="pipeline")
    op.create_table(
        "moves",
        sa.Column("pack", sa.String(length=50), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("from_key", sa.Text(), nullable=False),
        sa.Column("to_key", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pack", "kind", "from_key", "to_key", name=op.f("pk_moves")),
        schema="pipeline",
    )


def downgrade() -> None:
    """Take the tables back to the revision before."""
    op.drop_table("moves", schema="pipeline")
    for name in ("recorded", "digest", "protected", "active", "row_id", "moved_from"):
        op.drop_column("changes", name, schema="pipeline")
    op.drop_column("ledger", "protected", schema="pipeline")
    for name in ("moved", "allowed", "undoes", "git_clean", "git_commit", "scope", "reason", "actor"):
        op.drop_column("runs", name, schema="pipeline")


def _protected() -> sa.Column[bool]:
    return sa.Column("protected", sa.Boolean(), server_default=sa.text("false"), nullable=False)
