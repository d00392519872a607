"""The library that answers are looked up in: documents, and the chunks whose vectors Qdrant keeps."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.sql.naming import conv

from pipeline.packs.components.tables.base import Base, count, line, link, many, one, payload, prose, state

if TYPE_CHECKING:
    from pipeline.packs.components.tables.people import User

PROCESSING = ("pending", "processing", "completed", "failed")


class Document(Base, table=True):
    """An uploaded file, its text, and how far it is processed."""

    __tablename__ = "documents"
    __table_args__ = (
        Index(None, "content_type"),
        Index(None, "content_hash"),
        Index(None, "processing_status", "created_at"),
        Index("ix_documents_user_status_created", "user_id", "processing_status", "created_at"),
    )

    user_id: int = link("users.id", on_delete="CASCADE")
    title: str = line(500)
    filename: str = line(500)
    file_path: str = line(1000)
    content_type: str | None = line(100, null=True)  # MIME type
    file_size: int | None = count("file_size", null=True)  # bytes
    content_hash: str | None = line(64, null=True)  # SHA-256
    processing_status: str = state("processing_status", PROCESSING, 50, default="pending")
    extracted_text: str | None = prose(null=True)
    page_count: int | None = count("page_count", null=True)
    word_count: int | None = count("word_count", null=True)
    language: str | None = line(10, null=True)
    embedding_model: str | None = line(100, null=True)  # the name of the model that made the vectors
    chunk_count: int = count("chunk_count", default=0)
    tags: list[Any] | None = payload()
    category: str | None = line(100, null=True)
    description: str | None = prose(null=True)

    user: "User" = one("User", "documents")
    chunks: list["DocumentChunk"] = many("DocumentChunk", "document", order="DocumentChunk.chunk_index")


class DocumentChunk(Base, table=True):
    """A piece of a document's text. `vector_id` is the id of its point in Qdrant."""

    __tablename__ = "document_chunks"
    __table_args__ = (
        UniqueConstraint("document_id", "chunk_index", name=conv("uq_document_chunk_index")),
        Index(None, "content_hash"),
    )

    document_id: int = link("documents.id", on_delete="CASCADE")
    chunk_index: int = count("chunk_index")  # from 0
    content: str = prose()
    content_hash: str | None = line(64, null=True)  # SHA-256
    start_page: int | None = count("start_page", null=True)
    end_page: int | None = count("end_page", null=True)
    start_char: int | None = count("start_char", null=True)
    end_char: int | None = count("end_char", null=True)
    vector_id: str | None = line(100, null=True, index=True)
    embedding_model: str | None = line(100, null=True)
    token_count: int | None = count("token_count", null=True)

    document: "Document" = one("Document", "chunks")
