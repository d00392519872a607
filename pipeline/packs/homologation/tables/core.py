"""The customers and their conversations, and what the company says and does everywhere."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index

from pipeline.database.columns import choice, moment, unique, words, yes_no
from pipeline.database.operational import count, instant, line, link, number, payload, prose, state, truth
from pipeline.packs.homologation.tables.base import NAME, Changing, Managed, Operational, endless, one

if TYPE_CHECKING:
    from pipeline.packs.homologation.tables.cases import Case, Escalation
    from pipeline.packs.homologation.tables.monitoring import LLMUsageMetric, ToolCallLog


class User(Changing, table=True):
    """A customer who writes to the company, with the address that goes on the case's papers."""

    __tablename__ = "users"
    __table_args__ = (unique("phone"),)

    phone: str = line(20)  # E.164, as WhatsApp gives it
    first_name: str | None = line(100, null=True)
    last_name: str | None = line(100, null=True)
    email: str | None = line(255, null=True)
    nif_cif: str | None = line(20, null=True)  # the tax number of a person or a company
    company_name: str | None = line(200, null=True)
    client_type: str = state("client_type", ("particular", "professional"), 20, default="particular")
    domicilio_calle: str | None = line(255, null=True)
    domicilio_localidad: str | None = line(100, null=True)
    domicilio_provincia: str | None = line(100, null=True)
    domicilio_cp: str | None = line(10, null=True)
    chatwoot_contact_id: int | None = number(null=True, index=True)
    metadata_: dict[str, Any] = payload("{}", name="metadata")

    conversations: list["ConversationHistory"] = endless("ConversationHistory", "user", owned=False)
    cases: list["Case"] = endless("Case", "user", owned=False)


class ConversationHistory(Operational, table=True):
    """A conversation with a customer: when it was, and what became of it."""

    __tablename__ = "conversation_history"
    __table_args__ = (unique("chatwoot_conversation_id"),)

    user_id: uuid.UUID | None = link("users.id", on_delete="SET NULL", null=True)
    chatwoot_conversation_id: str = line(100)
    started_at: datetime = moment()
    ended_at: datetime | None = instant(null=True)
    message_count: int = count("message_count", default=0)
    summary: str | None = prose(null=True)
    metadata_: dict[str, Any] = payload("{}", name="metadata")

    user: "User | None" = one("User", "conversations", depth=1)
    messages: list["ConversationMessage"] = endless(
        "ConversationMessage", "conversation", order="ConversationMessage.created_at"
    )
    escalations: list["Escalation"] = endless("Escalation", "conversation")
    tool_calls: list["ToolCallLog"] = endless("ToolCallLog", "conversation")
    llm_calls: list["LLMUsageMetric"] = endless("LLMUsageMetric", "conversation", owned=False)


class ConversationMessage(Operational, table=True):
    """One message of a conversation, from the customer or the assistant."""

    __tablename__ = "conversation_messages"
    __table_args__ = (Index(None, "conversation_history_id", "created_at"), Index(None, "created_at"))

    conversation_history_id: uuid.UUID = link("conversation_history.id", on_delete="CASCADE")
    role: str = state("role", ("user", "assistant"), 20)
    content: str = prose()
    chatwoot_message_id: int | None = number(null=True, index=True)
    has_images: bool = truth(default=False)
    image_count: int = count("image_count", default=0)

    conversation: "ConversationHistory" = one("ConversationHistory", "messages", depth=1)


class Policy(Managed, table=True):
    """What the company answers to a question that is not about one vehicle."""

    __tablename__ = "policies"
    __table_args__ = (unique("key"), Index(None, "category"))

    key: str = words(
        100,
        about="The policy's short name. It identifies the policy.",
        examples=["forma_de_pago", "plazo_de_entrega"],
        pattern=NAME,
    )
    value: str = words(
        about="The policy as it is told to a customer.",
        examples=["El pago se hace por transferencia al aceptar el presupuesto."],
    )
    category: str = words(50, about="The heading it stands under.", examples=["precios", "proceso"], pattern=NAME)


class SystemSetting(Managed, table=True):
    """A switch or value that the running system reads."""

    __tablename__ = "system_settings"
    __table_args__ = (unique("key"),)

    key: str = words(
        100,
        about="The setting's name. It identifies the setting.",
        examples=["agent_enabled", "agent_disabled_message"],
        pattern=NAME,
    )
    value: str = words(
        1000, about="The value, written as text.", examples=["true", "Volvemos en unos minutos."], min_length=0
    )
    value_type: str = choice(
        "value_type",
        ("string", "integer", "boolean", "json"),
        20,
        about="What the text in `value` stands for.",
        default="string",
    )
    description: str | None = words(
        500, about="What the setting does.", examples=["Si el asistente contesta a los clientes."], null=True
    )
    is_mutable: bool = yes_no(about="Whether it may be changed while the system runs.", default=True)
