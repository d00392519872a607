"""What the contracts oblige to, where that is written, and what people should look at."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Uuid, text

from pipeline.database.columns import (
    choice,
    different,
    document,
    moment,
    number,
    reference,
    searched,
    unique,
    unmanaged,
    whole,
    words,
    yes_no,
)
from pipeline.packs.contracts.tables.base import (
    ANY_OBJECT,
    ENTITY_TYPES,
    FLAG_TYPES,
    OBJECTS,
    OBLIGATION_STATUSES,
    OBLIGATION_TYPES,
    VERDICTS,
    Base,
    many,
    one,
)

if TYPE_CHECKING:
    from pipeline.packs.contracts.tables.documents import Document

DIGEST = 32


class Obligation(Base, table=True):
    """Something that a document obliges a party to."""

    __tablename__ = "obligations"
    __table_args__ = (
        # The texts themselves may be longer than an index entry, so their digests stand in it.
        Index(
            "uq_obligations_doc_id_source_clause_obligation_text",
            "doc_id",
            text("md5(source_clause)"),
            text("md5(obligation_text)"),
            unique=True,
        ),
        different("id", "supersedes_id"),
        searched("verification_result"),
    )

    doc_id: uuid.UUID = reference(
        "documents.id", on_delete="CASCADE", about="The document that says it.", examples=["msa.pdf"]
    )
    source_clause: str = words(
        about="The clause it stands in. Together with the text it identifies the obligation in its document.",
        examples=["§ 4.2", "Section 9.1 Payment"],
    )
    obligation_text: str = words(
        about="What has to be done, in a sentence. Together with the clause it identifies the obligation in its "
        "document: another sentence is another obligation.",
        examples=["The supplier delivers within 10 working days of the order."],
    )
    obligation_type: str | None = choice(
        "obligation_type", OBLIGATION_TYPES, 20, about="What it is about.", null=True, index=True
    )
    responsible_party: str | None = words(
        255, about="Who has to do it, as the document's parties spell it.", examples=["Ostrava Castings"], null=True
    )
    counterparty: str | None = words(
        255, about="Whom it is owed to, as the document's parties spell it.", examples=["Aldebaran Robotics"], null=True
    )
    frequency: str | None = words(
        100, about="How often, in words.", examples=["once per order", "every quarter"], null=True
    )
    deadline: str | None = words(
        255, about="By when, in words.", examples=["10 working days after the order"], null=True
    )
    source_page: int | None = whole(
        "source_page", about="The page it stands on, from 1.", examples=[4], null=True, minimum=1
    )
    confidence: float | None = number(
        "confidence", about="How sure that is, from 0 to 1.", examples=[0.9], null=True, minimum=0, maximum=1
    )
    status: str = choice(
        "status",
        OBLIGATION_STATUSES,
        20,
        about="ACTIVE or UNRESOLVED while it holds, SUPERSEDED by another, or TERMINATED. The manifests decide.",
        default="ACTIVE",
        index=True,
    )
    extraction_model: str | None = words(
        100, about="What has read it out of the document.", examples=["reader-2"], null=True
    )
    verification_model: str | None = words(100, about="What has checked that.", examples=["checker-1"], null=True)
    verification_result: dict[str, Any] | None = document(
        ANY_OBJECT,
        about="What the check said. Whether an obligation is verified is told here and by flags, not by its status.",
        examples=[{"verified": True, "reason": "wording and page agree"}],
    )
    # Obligations that replaced others keep these from being deleted.
    supersedes_id: uuid.UUID | None = reference(
        "obligations.id",
        on_delete="NO ACTION",
        about="The obligation that this one replaces, by the parts of its key. It is SUPERSEDED from then on, and its "
        "entry stays in the manifests.",
        examples=["§ 4.2"],
        null=True,
    )
    updated_at: datetime = moment(on_update=True)

    document: "Document" = one("Document", "obligations")
    evidence: list["Evidence"] = many("Evidence", "obligation", order_by="Evidence.created_at")
    supersedes: "Obligation | None" = one("Obligation", "superseded_by", remote_side="Obligation.id")
    superseded_by: list["Obligation"] = many("Obligation", "supersedes")


class Evidence(Base, table=True):
    """Where an obligation was found and who checked it. Rows are added and never change: the database sees to it."""

    __tablename__ = "evidence"
    __table_args__ = (
        unique("obligation_id", "digest"),
        searched("amendment_history"),
    )

    # Evidence cannot be deleted, so neither can what it is about: a cascade would only fail one table later.
    obligation_id: uuid.UUID = reference(
        "obligations.id", on_delete="NO ACTION", about="The obligation it is about.", examples=["§ 4.2"]
    )
    doc_id: uuid.UUID = reference(
        "documents.id", on_delete="NO ACTION", about="The document it was found in.", examples=["msa.pdf"]
    )
    digest: str | None = words(
        DIGEST,
        about="What tells apart the evidence that manifests declare; empty for what others added.",
        examples=["0123456789abcdef0123456789abcdef"],
        null=True,
    )
    page_number: int | None = whole("page_number", about="The page, from 1.", examples=[4], null=True, minimum=1)
    section_reference: str | None = words(255, about="The section.", examples=["4.2 Delivery"], null=True)
    source_clause: str | None = words(
        about="The clause, word for word.", examples=["Supplier shall deliver within ten (10) working days."], null=True
    )
    extraction_model: str | None = words(100, about="What has read it.", examples=["reader-2"], null=True)
    verification_model: str | None = words(100, about="What has checked it.", examples=["checker-1"], null=True)
    verification_result: str | None = choice(
        "verification_result", VERDICTS, 20, about="What the check said.", null=True
    )
    confidence: float | None = number(
        "confidence", about="How sure that is, from 0 to 1.", examples=[0.9], null=True, minimum=0, maximum=1
    )
    amendment_history: list[dict[str, Any]] | None = document(
        OBJECTS,
        about="How amendments changed the obligation, oldest first.",
        examples=[[{"document": "2024/amendment-2.pdf", "change": "10 days instead of 15"}]],
    )

    obligation: "Obligation" = one("Obligation", "evidence")
    document: "Document" = one("Document", "evidence")


class Flag(Base, table=True):
    """Something about an obligation or a document that a person should look at.

    `entity_id` has no foreign key, for it may lead to two tables: a trigger asks whether the row is there.
    """

    __tablename__ = "flags"
    __table_args__ = (
        Index(None, "entity_type", "entity_id"),
        Index(None, "resolved"),
        CheckConstraint("resolved = (resolved_at IS NOT NULL)", name="resolved_at"),
    )

    entity_type: str = choice("entity_type", ENTITY_TYPES, 20, about="What it is about.")
    entity_id: uuid.UUID = unmanaged(Column(Uuid(), nullable=False))
    flag_type: str = choice("flag_type", FLAG_TYPES, 20, about="What is the matter.", index=True)
    message: str | None = words(about="What to look at.", examples=["Two agreements fit."], null=True)
    resolved: bool = yes_no(about="Whether somebody has dealt with it.", default=False)
    resolved_at: datetime | None = unmanaged(Column(DateTime(timezone=True), nullable=True))
