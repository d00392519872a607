"""Conversations with the assistant, and their messages."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.sql.naming import conv

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
)

if TYPE_CHECKING:
    from pipeline.packs.components.tables.people import User

TEMPERATURE_MAX = 2


class Conversation(Base, table=True):
    """What one user and the assistant said on one matter, with the model's settings and what it used up."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "user_id", "status"), Index(None, "last_message_at"))

    user_id: int = link("users.id", on_delete="CASCADE")
    title: str | None = line(500, null=True)
    description: str | None = prose(null=True)
    model_name: str = line(100, default="'gpt-4'")
    system_prompt: str | None = prose(null=True)
    temperature: float = measure("temperature", maximum=TEMPERATURE_MAX, null=False, default=0.7)
    max_tokens: int | None = count("max_tokens", minimum=1, null=True)
    status: str = state("status", ("active", "archived", "deleted"), 50, default="active")
    message_count: int = count("message_count", default=0)
    total_tokens_used: int = count("total_tokens_used", default=0)
    last_message_at: datetime | None = instant()

    user: "User" = one("User", "conversations")
    messages: list["Message"] = many("Message", "conversation", order="[Message.created_at, Message.id]")


class Message(Base, table=True):
    """One message. `parent_message` is what it answers; replies outlive it."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "message_index", name=conv("uq_conversation_message")),
        Index(None, "conversation_id", "role"),
        Index("ix_messages_conversation_tokens", "conversation_id", "total_tokens"),
        Index("ix_messages_conversation_created", "conversation_id", "created_at"),
        Index(None, "created_at"),
    )

    conversation_id: int = link("conversations.id", on_delete="CASCADE")
    parent_message_id: int | None = link("messages.id", on_delete="SET NULL", null=True)
    role: str = state("role", ("user", "assistant", "system"), 50)
    content: str = prose()
    message_index: int | None = count("message_index", null=True)  # place in the conversation
    model_name: str | None = line(100, null=True)
    prompt_tokens: int | None = count("prompt_tokens", null=True)
    completion_tokens: int | None = count("completion_tokens", null=True)
    total_tokens: int | None = count("total_tokens", null=True)
    response_time_ms: int | None = count("response_time_ms", null=True)
    context_documents: list[int] | None = payload()  # ids of the documents that the answer was made from
    retrieval_query: str | None = prose(null=True)
    rating: int | None = count("rating", minimum=1, maximum=5, null=True)
    feedback: str | None = prose(null=True)

    conversation: "Conversation" = one("Conversation", "messages")
    parent_message: "Message | None" = one("Message", "replies", remote_side="Message.id")
    replies: list["Message"] = one("Message", "parent_message", passive_deletes=True)
