"""What the tables of the pack share: the base class, value lists, and JSON shapes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import registry, relationship
from sqlmodel import Relationship, SQLModel

from pipeline.database.columns import metadata, moment, uuid_key

DOCUMENT_STATUSES = ("VALID", "INVALID", "NEEDS_PASSWORD")
DOC_TYPES = ("MSA", "SOW", "Amendment", "Addendum", "NDA", "Order Form", "Other", "UNKNOWN")
LINK_STATUSES = ("LINKED", "UNLINKED", "AMBIGUOUS")
OBLIGATION_TYPES = (
    "Delivery",
    "Financial",
    "Compliance",
    "SLA",
    "Confidentiality",
    "Termination",
    "Indemnification",
    "Governance",
)
OBLIGATION_STATUSES = ("ACTIVE", "SUPERSEDED", "UNRESOLVED", "TERMINATED")
VERDICTS = ("CONFIRMED", "DISPUTED", "UNVERIFIED")
ENTITY_TYPES = ("obligation", "document")
FLAG_TYPES = ("UNVERIFIED", "UNLINKED", "AMBIGUOUS", "UNRESOLVED", "LOW_CONFIDENCE")

ANY_OBJECT: dict[str, Any] = {"type": "object"}
OBJECTS: dict[str, Any] = {"type": "array", "items": {"type": "object"}}
TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True}


class Base(SQLModel, registry=registry(metadata=metadata())):
    """Base of the pack's tables. Every row has an id and knows when it was made."""

    id: uuid.UUID = uuid_key()
    created_at: datetime = moment()


def many(target: str, back: str, **more: Any) -> Any:
    """The rows that refer to this one. They are loaded when a statement asks for them, and never deleted along: what
    a deleted row takes with it is the database's to decide."""
    return Relationship(
        sa_relationship=relationship(target, back_populates=back, lazy="raise", passive_deletes="all", **more)
    )


def one(target: str, back: str, **more: Any) -> Any:
    """The row that this one refers to, loaded when a statement asks for it."""
    return Relationship(sa_relationship=relationship(target, back_populates=back, lazy="raise", **more))
