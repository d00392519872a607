"""Customers and their conversations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "homologation_0005"
down_revision = "homologation_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _users()
    _conversation_history()
    _conversation_messages()


def downgrade() -> None:
    """Drop the tables in reverse, their indexes and constraints before them."""
    _drop(
        "conversation_messages",
        ix=["chatwoot_message_id", "conversation_history_id", "conversation_history_id_created_at", "created_at"],
        ck=["image_count", "role"],
        fk=["conversation_history_id"],
    )
    _drop("conversation_history", ix=["user_id"], ck=["message_count"], uq=["chatwoot_conversation_id"], fk=["user_id"])
    _drop("users", ix=["chatwoot_contact_id"], ck=["client_type"], uq=["phone"])


def _users() -> None:
    op.create_table(
        "users",
        *_of_every_row(),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=True),
        sa.Column("last_name", sa.String(length=100), nullable=True),
        sa.Column("email", sa.String(length=255), nullable=True),
        sa.Column("nif_cif", sa.String(length=20), nullable=True),
        sa.Column("company_name", sa.String(length=200), nullable=True),
        sa.Column("client_type", sa.String(length=20), server_default=sa.text("'particular'"), nullable=False),
        sa.Column("domicilio_calle", sa.String(length=255), nullable=True),
        sa.Column("domicilio_localidad", sa.String(length=100), nullable=True),
        sa.Column("domicilio_provincia", sa.String(length=100), nullable=True),
        sa.Column("domicilio_cp", sa.String(length=10), nullable=True),
        sa.Column("chatwoot_contact_id", sa.Integer(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("client_type IN ('particular', 'professional')", name=op.f("ck_users_client_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("phone", name=op.f("uq_users_phone")),
    )
    op.create_index(op.f("ix_users_chatwoot_contact_id"), "users", ["chatwoot_contact_id"])


def _conversation_history() -> None:
    op.create_table(
        "conversation_history",
        *_of_every_row(),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("chatwoot_conversation_id", sa.String(length=100), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("message_count >= 0", name=op.f("ck_conversation_history_message_count")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_conversation_history_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_history")),
        sa.UniqueConstraint("chatwoot_conversation_id", name=op.f("uq_conversation_history_chatwoot_conversation_id")),
    )
    op.create_index(op.f("ix_conversation_history_user_id"), "conversation_history", ["user_id"])


def _conversation_messages() -> None:
    op.create_table(
        "conversation_messages",
        *_of_every_row(),
        sa.Column("conversation_history_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("chatwoot_message_id", sa.Integer(), nullable=True),
        sa.Column("has_images", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("image_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("image_count >= 0", name=op.f("ck_conversation_messages_image_count")),
        sa.CheckConstraint("role IN ('user', 'assistant')", name=op.f("ck_conversation_messages_role")),
        sa.ForeignKeyConstraint(
            ["conversation_history_id"],
            ["conversation_history.id"],
            name=op.f("fk_conversation_messages_conversation_history_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_messages")),
    )
    op.create_index(
        op.f("ix_conversation_messages_chatwoot_message_id"), "conversation_messages", ["chatwoot_message_id"]
    )
    op.create_index(
        op.f("ix_conversation_messages_conversation_history_id"), "conversation_messages", ["conversation_history_id"]
    )
    op.create_index(
        op.f("ix_conversation_messages_conversation_history_id_created_at"),
        "conversation_messages",
        ["conversation_history_id", "created_at"],
    )
    op.create_index(op.f("ix_conversation_messages_created_at"), "conversation_messages", ["created_at"])


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
