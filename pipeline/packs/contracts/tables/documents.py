"""Organizations, their documents, how these hang together, and what machines have read from them."""

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Double, ForeignKey, Index, Uuid, text

from pipeline.database.columns import (
    choice,
    day,
    different,
    document,
    moment,
    number,
    reference,
    retire_flag,
    searched,
    unique,
    unmanaged,
    whole,
    words,
)
from pipeline.packs.contracts.tables.base import (
    ANY_OBJECT,
    DOC_TYPES,
    DOCUMENT_STATUSES,
    LINK_STATUSES,
    OBJECTS,
    TEXTS,
    Base,
    many,
    one,
)

if TYPE_CHECKING:
    from pipeline.packs.contracts.tables.obligations import Evidence, Obligation

FILE_PATH = 500
"""Characters of a path: it is part of a unique key, and an index entry holds 2,700 bytes."""


class Organization(Base, table=True):
    """A client whose contracts are on the register."""

    __tablename__ = "organizations"
    __table_args__ = (unique("name"),)

    is_active: bool = retire_flag()
    name: str = words(
        255,
        about="The organization's name. It identifies the organization: other manifests say `organization = …` with "
        "it, and a new name is declared under `[[moved]]`.",
        examples=["Aldebaran Robotics", "Norte Logistics"],
    )
    folder_path: str | None = words(
        about="The folder in which the organization's documents are kept.",
        examples=["clients/aldebaran"],
        null=True,
    )
    updated_at: datetime = moment(on_update=True)

    documents: list["Document"] = many("Document", "organization", order_by="Document.file_path")


class Document(Base, table=True):
    """A contract or what changes one: a file with a type, parties and a date."""

    __tablename__ = "documents"
    __table_args__ = (
        unique("org_id", "file_path"),
        searched("parties"),
        Index(None, "effective_date"),
        CheckConstraint("jsonb_typeof(parties) = 'array'", name="parties"),
    )

    is_active: bool = retire_flag()
    org_id: uuid.UUID = reference(
        "organizations.id",
        on_delete="CASCADE",
        about="The organization that the document is of.",
        examples=["Aldebaran Robotics"],
    )
    filename: str = words(
        255,
        about="The file's name, without its folder. References of other documents may name it so.",
        examples=["master-agreement.pdf", "amendment-2.pdf"],
    )
    file_path: str = words(
        FILE_PATH,
        about="Where the file lies below the organization's folder. It identifies the document.",
        examples=["2023/master-agreement.pdf", "2024/amendment-2.pdf"],
    )
    file_size_bytes: int | None = whole(
        "file_size_bytes", about="How large the file is, in bytes.", examples=[482133], null=True, bits=64
    )
    status: str = choice(
        "status",
        DOCUMENT_STATUSES,
        20,
        about="Whether the file can be read: VALID, INVALID, or NEEDS_PASSWORD.",
        default="VALID",
        index=True,
    )
    doc_type: str = choice(
        "doc_type",
        DOC_TYPES,
        20,
        about="What kind of document it is.",
        default="UNKNOWN",
    )
    parties: list[str] | None = document(
        TEXTS,
        about="The parties' names, as the document spells them.",
        examples=[["Aldebaran Robotics", "Ostrava Castings"]],
    )
    effective_date: date | None = day(
        about="From when on the document is in force.", examples=["2023-01-10"], null=True
    )
    parent_reference_raw: str | None = words(
        about="What the document calls its parent, word for word: a path, a file name, or a type with a date. One "
        "document that fits is linked; none, or several, are kept as open questions.",
        examples=["MSA dated 2023-01-10", "2023/master-agreement.pdf"],
        null=True,
    )
    classification_confidence: float | None = number(
        "classification_confidence",
        about="How sure it is that the type is right, from 0 to 1.",
        examples=[0.97],
        null=True,
        minimum=0,
        maximum=1,
    )
    updated_at: datetime = moment(on_update=True)

    organization: "Organization" = one("Organization", "documents")
    fingerprint: "Fingerprint | None" = one("Fingerprint", "document", uselist=False, passive_deletes="all")
    pages: list["Page"] = many("Page", "document", order_by="Page.page_number")
    obligations: list["Obligation"] = many("Obligation", "document")
    evidence: list["Evidence"] = many("Evidence", "document")
    parent_links: list["DocumentLink"] = many(
        "DocumentLink", "child_document", foreign_keys="DocumentLink.child_doc_id"
    )
    child_links: list["DocumentLink"] = many(
        "DocumentLink", "parent_document", foreign_keys="DocumentLink.parent_doc_id"
    )
    dangling_references: list["DanglingReference"] = many("DanglingReference", "document")


class DocumentLink(Base, table=True):
    """That a document hangs on another; or, without a parent, that it should and which one is not known."""

    __tablename__ = "document_links"
    __table_args__ = (
        # Of links without a parent a document has one: what its references were is in the candidates, or dangling.
        unique("child_doc_id", "parent_doc_id", nulls_distinct=False),
        CheckConstraint("(link_status = 'LINKED') = (parent_doc_id IS NOT NULL)", name="linked_parent"),
        CheckConstraint("(link_status = 'AMBIGUOUS') = (candidates IS NOT NULL)", name="ambiguous_candidates"),
        different("child_doc_id", "parent_doc_id"),
        searched("candidates"),
    )

    is_active: bool = retire_flag()
    child_doc_id: uuid.UUID = reference(
        "documents.id", on_delete="CASCADE", about="The document that hangs on the other.", examples=["amendment-2.pdf"]
    )
    # Set to NULL, a link would be LINKED to nothing. Documents retire; one that others hang on cannot be deleted.
    parent_doc_id: uuid.UUID | None = reference(
        "documents.id",
        on_delete="NO ACTION",
        about="What the document hangs on: the parent's path or file name, or its type and date. One document that "
        "fits is linked; none, or several, are kept as open questions.",
        examples=["2023/master-agreement.pdf", "MSA dated 2023-01-10"],
        null=True,
    )
    link_status: str = choice(
        "link_status",
        LINK_STATUSES,
        20,
        about="LINKED to its parent, UNLINKED while there is none, AMBIGUOUS while several fit.",
        default="UNLINKED",
        index=True,
    )
    candidates: list[dict[str, Any]] | None = document(
        OBJECTS,
        about="The documents that fit, for each reference that several do.",
        examples=[[{"reference": "msa.pdf", "documents": ["2022/msa.pdf", "2023/msa.pdf"]}]],
    )
    updated_at: datetime = moment(on_update=True)

    child_document: "Document" = one("Document", "parent_links", foreign_keys="DocumentLink.child_doc_id")
    parent_document: "Document | None" = one("Document", "child_links", foreign_keys="DocumentLink.parent_doc_id")


class DanglingReference(Base, table=True):
    """A reference to a parent that is not on the register yet."""

    __tablename__ = "dangling_references"
    __table_args__ = (
        Index("uq_dangling_references_doc_id_reference_text", "doc_id", text("md5(reference_text)"), unique=True),
        searched("attempted_matches"),
    )

    is_active: bool = retire_flag()
    doc_id: uuid.UUID = reference(
        "documents.id", on_delete="CASCADE", about="The document that refers.", examples=["amendment-2.pdf"]
    )
    reference_text: str = words(about="What it calls its parent.", examples=["MSA dated 2023-01-10"])
    attempted_matches: list[dict[str, Any]] | None = document(
        OBJECTS,
        about="How the parent was looked for, and why it was not found.",
        examples=[[{"by": "file name", "found": "no document has this name"}]],
    )
    updated_at: datetime = moment(on_update=True)

    document: "Document" = one("Document", "dangling_references")


class Fingerprint(Base, table=True):
    """What a file looks like to a machine, for finding it again and what resembles it."""

    __tablename__ = "fingerprints"
    __table_args__ = (unique("doc_id"), searched("blocking_keys"))

    doc_id: uuid.UUID = unmanaged(
        Column(Uuid(), ForeignKey("documents.id", ondelete="CASCADE"), nullable=False)  # the UNIQUE is its index
    )
    sha256: str | None = words(64, about="SHA-256 of the file.", examples=["9f86d0"], null=True, index=True)
    content_hash: str | None = words(64, about="Hash of the text.", examples=["9f86d0"], null=True, index=True)
    simhash: int | None = unmanaged(Column(BigInteger(), nullable=True))
    minhash_signature: str | None = words(about="MinHash of the text's words.", examples=["12 907 3"], null=True)
    identity_tokens: str | None = words(about="Words that tell it apart.", examples=["MSA 2023"], null=True)
    blocking_keys: dict[str, Any] | None = document(
        ANY_OBJECT, about="Fields that narrow down what it is compared with.", examples=[{"year": 2023}]
    )
    structural_fingerprint: str | None = words(
        64, about="Hash of headings and layout.", examples=["9f86d0"], null=True, index=True
    )

    document: "Document" = one("Document", "fingerprint")


class Page(Base, table=True):
    """A page as it was read."""

    __tablename__ = "pages"
    __table_args__ = (
        unique("doc_id", "page_number"),
        CheckConstraint("ocr_confidence >= 0 AND ocr_confidence <= 1", name="ocr_confidence"),
    )

    doc_id: uuid.UUID = reference("documents.id", on_delete="CASCADE", about="The document.", examples=["msa.pdf"])
    page_number: int = whole("page_number", about="Its number, from 1.", examples=[1], minimum=1)
    text: str | None = words(about="The text.", examples=["1. Scope"], null=True)
    tables_markdown: str | None = words(about="The tables, as Markdown.", examples=["| a |"], null=True)
    ocr_confidence: float | None = unmanaged(Column(Double(), nullable=True))

    document: "Document" = one("Document", "pages")
