"""Organizations, documents, how these hang together, and what machines have read from them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "contracts_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _organizations()
    _documents()
    _document_links()
    _dangling_references()
    _fingerprints()
    _pages()


def downgrade() -> None:
    """Drop the tables in reverse."""
    op.drop_table("pages")
    op.drop_table("fingerprints")
    op.drop_table("dangling_references")
    op.drop_table("document_links")
    op.drop_table("documents")
    op.drop_table("organizations")


def _organizations() -> None:
    op.create_table(
        "organizations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("folder_path", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("name", name=op.f("uq_organizations_name")),
    )


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("file_path", sa.String(length=500), nullable=False),
        sa.Column("file_size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=20), server_default=sa.text("'VALID'"), nullable=False),
        sa.Column("doc_type", sa.String(length=20), server_default=sa.text("'UNKNOWN'"), nullable=False),
        sa.Column("parties", postgresql.JSONB(), nullable=True),
        sa.Column("effective_date", sa.Date(), nullable=True),
        sa.Column("parent_reference_raw", sa.Text(), nullable=True),
        sa.Column("classification_confidence", sa.Double(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "doc_type IN ('MSA', 'SOW', 'Amendment', 'Addendum', 'NDA', 'Order Form', 'Other', 'UNKNOWN')",
            name=op.f("ck_documents_doc_type"),
        ),
        sa.CheckConstraint("jsonb_typeof(parties) = 'array'", name=op.f("ck_documents_parties")),
        sa.CheckConstraint("status IN ('VALID', 'INVALID', 'NEEDS_PASSWORD')", name=op.f("ck_documents_status")),
        sa.CheckConstraint(
            "classification_confidence >= 0 AND classification_confidence <= 1",
            name=op.f("ck_documents_classification_confidence"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_documents_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("org_id", "file_path", name=op.f("uq_documents_org_id_file_path")),
    )
    op.create_index(op.f("ix_documents_effective_date"), "documents", ["effective_date"])
    op.create_index(op.f("ix_documents_org_id"), "documents", ["org_id"])
    op.create_index(
        op.f("ix_documents_parties"),
        "documents",
        ["parties"],
        postgresql_using="gin",
        postgresql_ops={"parties": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_documents_status"), "documents", ["status"])


def _document_links() -> None:
    op.create_table(
        "document_links",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("child_doc_id", sa.Uuid(), nullable=False),
        sa.Column("parent_doc_id", sa.Uuid(), nullable=True),
        sa.Column("link_status", sa.String(length=20), server_default=sa.text("'UNLINKED'"), nullable=False),
        sa.Column("candidates", postgresql.JSONB(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(link_status = 'AMBIGUOUS') = (candidates IS NOT NULL)",
            name=op.f("ck_document_links_ambiguous_candidates"),
        ),
        sa.CheckConstraint(
            "(link_status = 'LINKED') = (parent_doc_id IS NOT NULL)", name=op.f("ck_document_links_linked_parent")
        ),
        sa.CheckConstraint(
            "link_status IN ('LINKED', 'UNLINKED', 'AMBIGUOUS')", name=op.f("ck_document_links_link_status")
        ),
        sa.CheckConstraint("child_doc_id <> parent_doc_id", name=op.f("ck_document_links_child_doc_id_parent_doc_id")),
        sa.ForeignKeyConstraint(
            ["child_doc_id"], ["documents.id"], name=op.f("fk_document_links_child_doc_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_doc_id"], ["documents.id"], name=op.f("fk_document_links_parent_doc_id"), ondelete="NO ACTION"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_links")),
        sa.UniqueConstraint(
            "child_doc_id",
            "parent_doc_id",
            name=op.f("uq_document_links_child_doc_id_parent_doc_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        op.f("ix_document_links_candidates"),
        "document_links",
        ["candidates"],
        postgresql_using="gin",
        postgresql_ops={"candidates": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_document_links_child_doc_id"), "document_links", ["child_doc_id"])
    op.create_index(op.f("ix_document_links_link_status"), "document_links", ["link_status"])
    op.create_index(op.f("ix_document_links_parent_doc_id"), "document_links", ["parent_doc_id"])


def _dangling_references() -> None:
    op.create_table(
        "dangling_references",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("doc_id", sa.Uuid(), nullable=False),
        sa.Column("reference_text", sa.Text(), nullable=False),
        sa.Column("attempted_matches", postgresql.JSONB(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["doc_id"], ["documents.id"], name=op.f("fk_dangling_references_doc_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dangling_references")),
    )
    op.create_index(
        op.f("ix_dangling_references_attempted_matches"),
        "dangling_references",
        ["attempted_matches"],
        postgresql_using="gin",
        postgresql_ops={"attempted_matches": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_dangling_references_doc_id"), "dangling_references", ["doc_id"])
    op.create_index(
        op.f("uq_dangling_references_doc_id_reference_text"),
        "dangling_references",
        ["doc_id", sa.literal_column("md5(reference_text)")],
        unique=True,
    )


def _fingerprints() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("doc_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("simhash", sa.BigInteger(), nullable=True),
        sa.Column("minhash_signature", sa.Text(), nullable=True),
        sa.Column("identity_tokens", sa.Text(), nullable=True),
        sa.Column("blocking_keys", postgresql.JSONB(), nullable=True),
        sa.Column("structural_fingerprint", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["doc_id"], ["documents.id"], name=op.f("fk_fingerprints_doc_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fingerprints")),
        sa.UniqueConstraint("doc_id", name=op.f("uq_fingerprints_doc_id")),
    )
    op.create_index(
        op.f("ix_fingerprints_blocking_keys"),
        "fingerprints",
        ["blocking_keys"],
        postgresql_using="gin",
        postgresql_ops={"blocking_keys": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_fingerprints_content_hash"), "fingerprints", ["content_hash"])
    op.create_index(op.f("ix_fingerprints_sha256"), "fingerprints", ["sha256"])
    op.create_index(op.f("ix_fingerprints_structural_fingerprint"), "fingerprints", ["structural_fingerprint"])


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("doc_id", sa.Uuid(), nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("tables_markdown", sa.Text(), nullable=True),
        sa.Column("ocr_confidence", sa.Double(), nullable=True),
        sa.CheckConstraint("ocr_confidence >= 0 AND ocr_confidence <= 1", name=op.f("ck_pages_ocr_confidence")),
        sa.CheckConstraint("page_number >= 1", name=op.f("ck_pages_page_number")),
        sa.ForeignKeyConstraint(["doc_id"], ["documents.id"], name=op.f("fk_pages_doc_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("doc_id", "page_number", name=op.f("uq_pages_doc_id_page_number")),
    )
    op.create_index(op.f("ix_pages_doc_id"), "pages", ["doc_id"])
