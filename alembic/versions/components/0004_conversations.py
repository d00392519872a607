"""Conversations and their messages."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "components_0004"
down_revision = "components_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _conversations()
    _messages()


def downgrade() -> None:
    """Drop the tables in reverse, with their indexes and constraints."""
    op.drop_table("messages")
    op.drop_table("conversations")


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("model_name", sa.String(length=100), server_default=sa.text("'gpt-4'"), nullable=False),
        sa.Column("system_prompt", sa.Text(), nullable=True),
        sa.Column("temperature", sa.Double(), server_default=sa.text("0.7"), nullable=False),
        sa.Column("max_tokens", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=50), server_default=sa.text("'active'"), nullable=False),
        sa.Column("message_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("total_tokens_used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('active', 'archived', 'deleted')", name=op.f("ck_conversations_status")),
        sa.CheckConstraint("max_tokens >= 1", name=op.f("ck_conversations_max_tokens")),
        sa.CheckConstraint("message_count >= 0", name=op.f("ck_conversations_message_count")),
        sa.CheckConstraint("temperature >= 0 AND temperature <= 2", name=op.f("ck_conversations_temperature")),
        sa.CheckConstraint("total_tokens_used >= 0", name=op.f("ck_conversations_total_tokens_used")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_conversations_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    op.create_index(op.f("ix_conversations_last_message_at"), "conversations", ["last_message_at"])
    op.create_index(op.f("ix_conversations_status"), "conversations", ["status"])
    op.create_index(op.f("ix_conversations_user_id"), "conversations", ["user_id"])
    op.create_index(op.f("ix_conversations_user_id_status"), "conversations", ["user_id", "status"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("parent_message_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=50), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("message_index", sa.Integer(), nullable=True),
        sa.Column("model_name", sa.String(length=100), nullable=True),
        sa.Column("prompt_tokens", sa.Integer(), nullable=True),
        sa.Column("completion_tokens", sa.Integer(), nullable=True),
        sa.Column("total_tokens", sa.Integer(), nullable=True),
        sa.Column("response_time_ms", sa.Integer(), nullable=True),
        sa.Column("context_documents", postgresql.JSONB(), nullable=True),
        sa.Column("retrieval_query", sa.Text(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.CheckConstraint("role IN ('user', 'assistant', 'system')", name=op.f("ck_messages_role")),
        sa.CheckConstraint("completion_tokens >= 0", name=op.f("ck_messages_completion_tokens")),
        sa.CheckConstraint("message_index >= 0", name=op.f("ck_messages_message_index")),
        sa.CheckConstraint("prompt_tokens >= 0", name=op.f("ck_messages_prompt_tokens")),
        sa.CheckConstraint("rating >= 1 AND rating <= 5", name=op.f("ck_messages_rating")),
        sa.CheckConstraint("response_time_ms >= 0", name=op.f("ck_messages_response_time_ms")),
        sa.CheckConstraint("total_tokens >= 0", name=op.f("ck_messages_total_tokens")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_message_id"], ["messages.id"], name=op.f("fk_messages_parent_message_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("conversation_id", "message_index", name=op.f("uq_conversation_message")),
    )
    op.create_index(op.f("ix_messages_conversation_created"), "messages", ["conversation_id", "created_at"])
    op.create_index(op.f("ix_messages_conversation_id"), "messages", ["conversation_id"])
    op.create_index(op.f("ix_messages_conversation_id_role"), "messages", ["conversation_id", "role"])
    op.create_index(op.f("ix_messages_conversation_tokens"), "messages", ["conversation_id", "total_tokens"])
    op.create_index(op.f("ix_messages_created_at"), "messages", ["created_at"])
    op.create_index(op.f("ix_messages_parent_message_id"), "messages", ["parent_message_id"])
    op.create_index(op.f("ix_messages_role"), "messages", ["role"])
