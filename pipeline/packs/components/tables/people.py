"""Who works in the workshop, and the requirements of components that they approved."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index

from pipeline.database.columns import retire_flag, unique
from pipeline.packs.components.tables.base import (
    Base,
    count,
    instant,
    line,
    link,
    many,
    measure,
    one,
    payload,
    prose,
    state,
    truth,
)

if TYPE_CHECKING:
    from pipeline.packs.components.tables.conversations import Conversation
    from pipeline.packs.components.tables.library import Document

COMPONENT_TYPES = ("Button", "Card", "Input", "Select", "Checkbox", "Radio", "Switch", "Tabs", "Badge", "Alert")


class User(Base, table=True):
    """An account. What belongs to it goes with it."""

    __tablename__ = "users"
    __table_args__ = (unique("email"), unique("username"))

    email: str = line(255)
    username: str = line(100)
    hashed_password: str = line(255)  # bcrypt
    full_name: str | None = line(255, null=True)
    is_active: bool = retire_flag()
    is_admin: bool = truth(default=False)
    avatar_url: str | None = line(500, null=True)
    bio: str | None = prose(null=True)
    preferences: dict[str, Any] = payload(null=False, default="{}")
    last_login_at: datetime | None = instant()
    login_count: int = count("login_count", default=0)

    conversations: list["Conversation"] = many("Conversation", "user")
    documents: list["Document"] = many("Document", "user")
    requirement_exports: list["RequirementExport"] = many("RequirementExport", "user")


class RequirementExport(Base, table=True):
    """The requirements of one component as they were proposed, reviewed and exported."""

    __tablename__ = "requirement_exports"
    __table_args__ = (
        unique("export_id"),
        Index(None, "status", "created_at"),
        Index(None, "exported_at"),
        Index(None, "proposed_at"),
    )

    user_id: int = link("users.id", on_delete="CASCADE")
    export_id: str = line(100, default="(gen_random_uuid())::text")  # how other programs call the export
    component_type: str = state("component_type", COMPONENT_TYPES, 100)
    component_confidence: float | None = measure("component_confidence")
    requirements: dict[str, Any] = payload(null=False)  # props, events, states and accessibility
    source_type: str | None = state("source_type", ("figma", "screenshot", "design_file"), 50, null=True)
    source_metadata: dict[str, Any] | None = payload()
    tokens: dict[str, Any] | None = payload()  # design tokens
    total_requirements: int = count("total_requirements", default=0)
    approved_count: int = count("approved_count", default=0)
    edited_count: int = count("edited_count", default=0)
    custom_added_count: int = count("custom_added_count", default=0)
    proposal_latency_ms: int | None = count("proposal_latency_ms", null=True)
    approval_duration_ms: int | None = count("approval_duration_ms", null=True)
    proposed_at: datetime = instant(null=False, default="now()")
    approved_at: datetime | None = instant()
    exported_at: datetime = instant(null=False, default="now()")
    used_in_pattern_retrieval: bool = truth(default=False)
    used_in_code_generation: bool = truth(default=False)
    pattern_retrieval_at: datetime | None = instant()
    code_generation_at: datetime | None = instant()
    precision_score: float | None = measure("precision_score")
    recall_score: float | None = measure("recall_score")
    user_edit_rate: float | None = measure("user_edit_rate")  # edited of all
    status: str = line(50, default="'exported'")
    notes: str | None = prose(null=True)

    user: "User" = one("User", "requirement_exports")
