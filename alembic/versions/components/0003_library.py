"""Documents and their chunks."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "components_0003"
down_revision = "components_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _documents()
    _document_chunks()


def downgrade() -> None:
    """Drop the tables in reverse, with their indexes and constraints."""
    op.drop_table("document_chunks")
    op.drop_table("documents")


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("filename", sa.String(length=500), nullable=False),
        sa.Column("file_path", sa.String(length=1000), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("processing_status", sa.String(length=50), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("extracted_text", sa.Text(), nullable=True),
        sa.Column("page_count", sa.Integer(), nullable=True),
        sa.Column("word_count", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("embedding_model", sa.String(length=100), nullable=True),
        sa.Column("chunk_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("tags", postgresql.JSONB(), nullable=True),
        sa.Column("category", sa.String(length=100), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "processing_status IN ('pending', 'processing', 'completed', 'failed')",
            name=op.f("ck_documents_processing_status"),
        ),
        sa.CheckConstraint("chunk_count >= 0", name=op.f("ck_documents_chunk_count")),
        sa.CheckConstraint("file_size >= 0", name=op.f("ck_documents_file_size")),
        sa.CheckConstraint("page_count >= 0", name=op.f("ck_documents_page_count")),
        sa.CheckConstraint("word_count >= 0", name=op.f("ck_documents_word_count")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_documents_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_content_hash"), "documents", ["content_hash"])
    op.create_index(op.f("ix_documents_content_type"), "documents", ["content_type"])
    op.create_index(op.f("ix_documents_processing_status"), "documents", ["processing_status"])
    op.create_index(op.f("ix_documents_processing_status_created_at"), "documents", ["processing_status", "created_at"])
    op.create_index(op.f("ix_documents_user_id"), "documents", ["user_id"])
    op.create_index(
        op.f("ix_documents_user_status_created"), "documents", ["user_id", "processing_status", "created_at"]
    )


def _document_chunks() -> None:
    op.create_table(
        "document_chunks",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("chunk_index", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("start_page", sa.Integer(), nullable=True),
        sa.Column("end_page", sa.Integer(), nullable=True),
        sa.Column("start_char", sa.Integer(), nullable=True),
        sa.Column("end_char", sa.Integer(), nullable=True),
        sa.Column("vector_id", sa.String(length=100), nullable=True),
        sa.Column("embedding_model", sa.String(length=100), nullable=True),
        sa.Column("token_count", sa.Integer(), nullable=True),
        sa.CheckConstraint("chunk_index >= 0", name=op.f("ck_document_chunks_chunk_index")),
        sa.CheckConstraint("end_char >= 0", name=op.f("ck_document_chunks_end_char")),
        sa.CheckConstraint("end_page >= 0", name=op.f("ck_document_chunks_end_page")),
        sa.CheckConstraint("start_char >= 0", name=op.f("ck_document_chunks_start_char")),
        sa.CheckConstraint("start_page >= 0", name=op.f("ck_document_chunks_start_page")),
        sa.CheckConstraint("token_count >= 0", name=op.f("ck_document_chunks_token_count")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_chunks_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_chunks")),
        sa.UniqueConstraint("document_id", "chunk_index", name=op.f("uq_document_chunk_index")),
    )
    op.create_index(op.f("ix_document_chunks_content_hash"), "document_chunks", ["content_hash"])
    op.create_index(op.f("ix_document_chunks_document_id"), "document_chunks", ["document_id"])
    op.create_index(op.f("ix_document_chunks_vector_id"), "document_chunks", ["vector_id"])
