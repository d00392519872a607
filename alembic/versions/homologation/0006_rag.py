"""Regulations that are searched, and what was asked of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "homologation_0006"
down_revision = "homologation_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _regulatory_documents()
    _document_chunks()
    _rag_queries()
    _query_citations()


def downgrade() -> None:
    """Drop the tables in reverse, their indexes and constraints before them."""
    _drop(
        "query_citations",
        ix=["chunk_id", "document_id", "query_id"],
        ck=["rank", "rerank_score", "similarity_score"],
        fk=["chunk_id", "document_id", "query_id"],
    )
    _drop(
        "rag_queries",
        ix=["created_at", "query_hash", "user_id"],
        ck=[
            "llm_ms",
            "num_results_reranked",
            "num_results_retrieved",
            "num_results_used",
            "rerank_ms",
            "reranker_used",
            "retrieval_ms",
            "total_ms",
        ],
        fk=["user_id"],
    )
    _drop(
        "document_chunks",
        ix=["article_number", "document_id"],
        ck=["char_count", "chunk_index", "chunk_type", "token_count"],
        uq=["document_id_chunk_index", "qdrant_point_id"],
        fk=["document_id"],
    )
    _drop(
        "regulatory_documents",
        ix=["document_type", "status_is_active", "supersedes_id", "tags"],
        ck=[
            "extraction_method",
            "file_size",
            "processing_progress",
            "status",
            "total_chunks",
            "total_pages",
            "version",
        ],
        uq=["file_hash", "stored_filename"],
        fk=["supersedes_id"],
    )


def _regulatory_documents() -> None:
    op.create_table(
        "regulatory_documents",
        *_of_every_row(),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("document_type", sa.String(length=100), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=True),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("stored_filename", sa.String(length=255), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("processing_progress", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("total_pages", sa.Integer(), nullable=True),
        sa.Column("total_chunks", sa.Integer(), nullable=True),
        sa.Column("extraction_method", sa.String(length=50), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("section_mappings", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("publication_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uploaded_by", sa.String(length=100), nullable=True),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "extraction_method IN ('docling', 'pymupdf')", name=op.f("ck_regulatory_documents_extraction_method")
        ),
        sa.CheckConstraint("file_size >= 0", name=op.f("ck_regulatory_documents_file_size")),
        sa.CheckConstraint(
            "processing_progress >= 0 AND processing_progress <= 100",
            name=op.f("ck_regulatory_documents_processing_progress"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'processing', 'indexed', 'failed', 'inactive')",
            name=op.f("ck_regulatory_documents_status"),
        ),
        sa.CheckConstraint("total_chunks >= 0", name=op.f("ck_regulatory_documents_total_chunks")),
        sa.CheckConstraint("total_pages >= 0", name=op.f("ck_regulatory_documents_total_pages")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_regulatory_documents_version")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["regulatory_documents.id"],
            name=op.f("fk_regulatory_documents_supersedes_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulatory_documents")),
        sa.UniqueConstraint("file_hash", name=op.f("uq_regulatory_documents_file_hash")),
        sa.UniqueConstraint("stored_filename", name=op.f("uq_regulatory_documents_stored_filename")),
    )
    op.create_index(op.f("ix_regulatory_documents_document_type"), "regulatory_documents", ["document_type"])
    op.create_index(op.f("ix_regulatory_documents_status_is_active"), "regulatory_documents", ["status", "is_active"])
    op.create_index(op.f("ix_regulatory_documents_supersedes_id"), "regulatory_documents", ["supersedes_id"])
    op.create_index(
        op.f("ix_regulatory_documents_tags"),
        "regulatory_documents",
        ["tags"],
        postgresql_using="gin",
        postgresql_ops={"tags": "jsonb_path_ops"},
    )


def _document_chunks() -> None:
    op.create_table(
        "document_chunks",
        *_of_every_row(),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("chunk_index", sa.Integer(), nullable=False),
        sa.Column("qdrant_point_id", sa.String(length=100), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("page_numbers", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("section_title", sa.String(length=500), nullable=True),
        sa.Column("article_number", sa.String(length=50), nullable=True),
        sa.Column("heading_hierarchy", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("char_count", sa.Integer(), nullable=False),
        sa.Column("token_count", sa.Integer(), nullable=True),
        sa.Column("chunk_type", sa.String(length=50), server_default=sa.text("'content'"), nullable=False),
        sa.Column("metadata", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("char_count >= 0", name=op.f("ck_document_chunks_char_count")),
        sa.CheckConstraint("chunk_index >= 0", name=op.f("ck_document_chunks_chunk_index")),
        sa.CheckConstraint(
            "chunk_type IN ('content', 'table', 'list', 'definition')", name=op.f("ck_document_chunks_chunk_type")
        ),
        sa.CheckConstraint("token_count >= 0", name=op.f("ck_document_chunks_token_count")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["regulatory_documents.id"],
            name=op.f("fk_document_chunks_document_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_chunks")),
        sa.UniqueConstraint("document_id", "chunk_index", name=op.f("uq_document_chunks_document_id_chunk_index")),
        sa.UniqueConstraint("qdrant_point_id", name=op.f("uq_document_chunks_qdrant_point_id")),
    )
    op.create_index(op.f("ix_document_chunks_article_number"), "document_chunks", ["article_number"])
    op.create_index(op.f("ix_document_chunks_document_id"), "document_chunks", ["document_id"])


def _rag_queries() -> None:
    op.create_table(
        "rag_queries",
        *_of_every_row(),
        sa.Column("query_text", sa.Text(), nullable=False),
        sa.Column("query_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.String(length=100), nullable=True),
        sa.Column("retrieval_ms", sa.Integer(), nullable=True),
        sa.Column("rerank_ms", sa.Integer(), nullable=True),
        sa.Column("llm_ms", sa.Integer(), nullable=True),
        sa.Column("total_ms", sa.Integer(), nullable=False),
        sa.Column("num_results_retrieved", sa.Integer(), nullable=False),
        sa.Column("num_results_reranked", sa.Integer(), nullable=False),
        sa.Column("num_results_used", sa.Integer(), nullable=False),
        sa.Column("reranker_used", sa.String(length=50), nullable=True),
        sa.Column("response_generated", sa.Boolean(), nullable=False),
        sa.Column("llm_model", sa.String(length=100), nullable=True),
        sa.Column("was_cache_hit", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("cache_key", sa.String(length=100), nullable=True),
        sa.CheckConstraint("llm_ms >= 0", name=op.f("ck_rag_queries_llm_ms")),
        sa.CheckConstraint("num_results_reranked >= 0", name=op.f("ck_rag_queries_num_results_reranked")),
        sa.CheckConstraint("num_results_retrieved >= 0", name=op.f("ck_rag_queries_num_results_retrieved")),
        sa.CheckConstraint("num_results_used >= 0", name=op.f("ck_rag_queries_num_results_used")),
        sa.CheckConstraint("rerank_ms >= 0", name=op.f("ck_rag_queries_rerank_ms")),
        sa.CheckConstraint("reranker_used IN ('bge', 'cohere', 'none')", name=op.f("ck_rag_queries_reranker_used")),
        sa.CheckConstraint("retrieval_ms >= 0", name=op.f("ck_rag_queries_retrieval_ms")),
        sa.CheckConstraint("total_ms >= 0", name=op.f("ck_rag_queries_total_ms")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rag_queries_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rag_queries")),
    )
    op.create_index(op.f("ix_rag_queries_created_at"), "rag_queries", ["created_at"])
    op.create_index(op.f("ix_rag_queries_query_hash"), "rag_queries", ["query_hash"])
    op.create_index(op.f("ix_rag_queries_user_id"), "rag_queries", ["user_id"])


def _query_citations() -> None:
    op.create_table(
        "query_citations",
        *_of_every_row(),
        sa.Column("query_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("chunk_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("similarity_score", sa.Numeric(precision=5, scale=4), nullable=True),
        sa.Column("rerank_score", sa.Numeric(precision=5, scale=4), nullable=True),
        sa.Column("used_in_context", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_query_citations_rank")),
        sa.CheckConstraint("rerank_score >= 0 AND rerank_score <= 1", name=op.f("ck_query_citations_rerank_score")),
        sa.CheckConstraint(
            "similarity_score >= 0 AND similarity_score <= 1", name=op.f("ck_query_citations_similarity_score")
        ),
        sa.ForeignKeyConstraint(
            ["chunk_id"], ["document_chunks.id"], name=op.f("fk_query_citations_chunk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["regulatory_documents.id"],
            name=op.f("fk_query_citations_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["query_id"], ["rag_queries.id"], name=op.f("fk_query_citations_query_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_query_citations")),
    )
    op.create_index(op.f("ix_query_citations_chunk_id"), "query_citations", ["chunk_id"])
    op.create_index(op.f("ix_query_citations_document_id"), "query_citations", ["document_id"])
    op.create_index(op.f("ix_query_citations_query_id"), "query_citations", ["query_id"])


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
