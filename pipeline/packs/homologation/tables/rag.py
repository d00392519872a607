"""Regulations that the assistant looks things up in, and what it asked and found. The vectors lie in Qdrant."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index

from pipeline.database.columns import retire_flag, searched, unique
from pipeline.database.operational import count, instant, line, link, payload, prose, score, state, truth
from pipeline.packs.homologation.tables.base import Changing, Operational, endless, many, one

if TYPE_CHECKING:
    from pipeline.packs.homologation.tables.core import User


class RegulatoryDocument(Changing, table=True):
    """A regulation as a file: where it comes from, how far it is read in, and what it takes the place of."""

    __tablename__ = "regulatory_documents"
    __table_args__ = (
        unique("stored_filename"),
        unique("file_hash"),
        Index(None, "document_type"),
        Index(None, "status", "is_active"),
        searched("tags"),
    )

    title: str = line(500)
    document_type: str = line(100)  # reglamento, directiva, orden, resolucion and whatever else there is
    document_number: str | None = line(100, null=True)
    filename: str = line(255)
    stored_filename: str = line(255)
    file_size: int = count("file_size")  # bytes
    file_hash: str = line(64)  # SHA-256
    status: str = state("status", ("pending", "processing", "indexed", "failed", "inactive"), 20, default="pending")
    processing_progress: int = count("processing_progress", maximum=100, default=0)  # per cent
    error_message: str | None = prose(null=True)
    total_pages: int | None = count("total_pages", null=True)
    total_chunks: int | None = count("total_chunks", null=True)
    extraction_method: str | None = state("extraction_method", ("docling", "pymupdf"), 50, null=True)
    description: str | None = prose(null=True)
    tags: list[str] = payload("[]")
    section_mappings: dict[str, Any] = payload("{}")
    publication_date: datetime | None = instant(null=True)
    version: int = count("version", minimum=1, default=1)
    supersedes_id: uuid.UUID | None = link("regulatory_documents.id", on_delete="SET NULL", null=True)
    is_active: bool = retire_flag()
    activated_at: datetime | None = instant(null=True)
    deactivated_at: datetime | None = instant(null=True)
    uploaded_by: str | None = line(100, null=True)
    indexed_at: datetime | None = instant(null=True)

    supersedes: "RegulatoryDocument | None" = one(
        "RegulatoryDocument", "superseded_by", depth=1, remote_side="RegulatoryDocument.id"
    )
    superseded_by: list["RegulatoryDocument"] = many("RegulatoryDocument", "supersedes", depth=1, owned=False)
    chunks: list["DocumentChunk"] = endless("DocumentChunk", "document", order="DocumentChunk.chunk_index")


class DocumentChunk(Operational, table=True):
    """A passage of a regulation, as it is searched for by its meaning."""

    __tablename__ = "document_chunks"
    __table_args__ = (
        unique("document_id", "chunk_index"),
        unique("qdrant_point_id"),
        Index(None, "article_number"),
    )

    document_id: uuid.UUID = link("regulatory_documents.id", on_delete="CASCADE")
    chunk_index: int = count("chunk_index")  # from 0
    qdrant_point_id: str = line(100)
    content: str = prose()
    content_hash: str = line(64)  # SHA-256
    page_numbers: list[int] = payload("[]")
    section_title: str | None = line(500, null=True)
    article_number: str | None = line(50, null=True)
    heading_hierarchy: list[str] = payload("[]")  # the headings above it, the outermost first
    char_count: int = count("char_count")
    token_count: int | None = count("token_count", null=True)
    chunk_type: str = state("chunk_type", ("content", "table", "list", "definition"), 50, default="content")
    metadata_: dict[str, Any] = payload("{}", name="metadata")

    document: "RegulatoryDocument" = one("RegulatoryDocument", "chunks", depth=1)
    citations: list["QueryCitation"] = endless("QueryCitation", "chunk")


class RAGQuery(Operational, table=True):
    """A question that the regulations were searched for, with the time that each step took."""

    __tablename__ = "rag_queries"
    __table_args__ = (Index(None, "query_hash"), Index(None, "created_at"))

    query_text: str = prose()
    query_hash: str = line(64)  # SHA-256
    user_id: uuid.UUID | None = link("users.id", on_delete="SET NULL", null=True)
    conversation_id: str | None = line(100, null=True)  # Chatwoot's; kept when the conversation is gone
    retrieval_ms: int | None = count("retrieval_ms", null=True)
    rerank_ms: int | None = count("rerank_ms", null=True)
    llm_ms: int | None = count("llm_ms", null=True)
    total_ms: int = count("total_ms")
    num_results_retrieved: int = count("num_results_retrieved")
    num_results_reranked: int = count("num_results_reranked")
    num_results_used: int = count("num_results_used")
    reranker_used: str | None = state("reranker_used", ("bge", "cohere", "none"), 50, null=True)
    response_generated: bool = truth()
    llm_model: str | None = line(100, null=True)
    was_cache_hit: bool = truth(default=False)
    cache_key: str | None = line(100, null=True)

    user: "User | None" = one("User", depth=1)
    citations: list["QueryCitation"] = many("QueryCitation", "query", depth=1, order="QueryCitation.rank")


class QueryCitation(Operational, table=True):
    """A passage that a question found, with its rank and scores."""

    __tablename__ = "query_citations"

    query_id: uuid.UUID = link("rag_queries.id", on_delete="CASCADE")
    document_id: uuid.UUID = link("regulatory_documents.id", on_delete="CASCADE")
    chunk_id: uuid.UUID = link("document_chunks.id", on_delete="CASCADE")
    rank: int = count("rank", minimum=1)  # from 1
    similarity_score: Decimal | None = score("similarity_score")
    rerank_score: Decimal | None = score("rerank_score")
    used_in_context: bool = truth(default=True)

    query: "RAGQuery" = one("RAGQuery", "citations", depth=1)
    document: "RegulatoryDocument" = one("RegulatoryDocument", depth=2)
    chunk: "DocumentChunk" = one("DocumentChunk", "citations", depth=2)
