"""The group that an inclusion came by."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "homologation_0010"
down_revision = "homologation_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody knows yet which group the rows that stand there came by."""
    op.add_column("tier_element_inclusions", sa.Column("group_name", sa.String(length=100), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("tier_element_inclusions", "group_name")
