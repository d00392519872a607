"""The administration panel's users, their visits and their pictures."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "homologation_0008"
down_revision = "homologation_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _admin_users()
    _admin_access_log()
    _uploaded_images()


def downgrade() -> None:
    """Drop the tables in reverse, their indexes and constraints before them."""
    _drop("uploaded_images", ix=["category"], ck=["file_size", "height", "width"], uq=["stored_filename"])
    _drop("admin_access_log", ix=["created_at", "user_id"], ck=["action"], fk=["user_id"])
    _drop("admin_users", ix=["created_by"], ck=["role"], uq=["username"], fk=["created_by"])


def _admin_users() -> None:
    op.create_table(
        "admin_users",
        *_of_every_row(),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("username", sa.String(length=50), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=20), server_default=sa.text("'user'"), nullable=False),
        sa.Column("display_name", sa.String(length=100), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("role IN ('admin', 'user')", name=op.f("ck_admin_users_role")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["admin_users.id"], name=op.f("fk_admin_users_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_users")),
        sa.UniqueConstraint("username", name=op.f("uq_admin_users_username")),
    )
    op.create_index(op.f("ix_admin_users_created_by"), "admin_users", ["created_by"])


def _admin_access_log() -> None:
    op.create_table(
        "admin_access_log",
        *_of_every_row(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("ip_address", sa.String(length=45), nullable=True),
        sa.Column("user_agent", sa.String(length=500), nullable=True),
        sa.Column("details", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("action IN ('login', 'logout', 'login_failed')", name=op.f("ck_admin_access_log_action")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["admin_users.id"], name=op.f("fk_admin_access_log_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_access_log")),
    )
    op.create_index(op.f("ix_admin_access_log_created_at"), "admin_access_log", ["created_at"])
    op.create_index(op.f("ix_admin_access_log_user_id"), "admin_access_log", ["user_id"])


def _uploaded_images() -> None:
    op.create_table(
        "uploaded_images",
        *_of_every_row(),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("stored_filename", sa.String(length=255), nullable=False),
        sa.Column("mime_type", sa.String(length=100), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=50), nullable=True),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("uploaded_by", sa.String(length=100), nullable=True),
        sa.CheckConstraint("file_size >= 0", name=op.f("ck_uploaded_images_file_size")),
        sa.CheckConstraint("height >= 0", name=op.f("ck_uploaded_images_height")),
        sa.CheckConstraint("width >= 0", name=op.f("ck_uploaded_images_width")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploaded_images")),
        sa.UniqueConstraint("stored_filename", name=op.f("uq_uploaded_images_stored_filename")),
    )
    op.create_index(op.f("ix_uploaded_images_category"), "uploaded_images", ["category"])


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
