"""How the system runs and who changed what: errors, costs, tool calls, audits; and limits on what may be said."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index

from pipeline.database.columns import choice, moment, reference, unique, whole, words
from pipeline.database.operational import (
    amount,
    count,
    identifier,
    instant,
    line,
    link,
    payload,
    prose,
    state,
    truth,
)
from pipeline.packs.homologation.tables.base import NAME, Changing, Managed, Operational, one

if TYPE_CHECKING:
    from pipeline.packs.homologation.tables.admin import AdminUser
    from pipeline.packs.homologation.tables.core import ConversationHistory
    from pipeline.packs.homologation.tables.tariff import VehicleCategory

SERVICES = ("api", "agent", "postgres", "redis", "ollama", "qdrant", "document-processor")
LEVELS = ("ERROR", "CRITICAL", "FATAL", "WARNING")
TASKS = ("classification", "extraction", "rag_simple", "rag_complex", "conversation", "tool_calling")
LLM_TIERS = ("local_fast", "local_capable", "cloud_standard", "cloud_advanced")


class ContainerErrorLog(Operational, table=True):
    """An error that a container of the system logged, and whether somebody has seen to it."""

    __tablename__ = "container_error_logs"
    __table_args__ = (Index(None, "service_name", "status"),)

    service_name: str = state("service_name", SERVICES, 50, index=True)
    container_name: str = line(100)
    level: str = state("level", LEVELS, 20, index=True)
    message: str = prose()
    stack_trace: str | None = prose(null=True)
    context: dict[str, Any] = payload("{}")
    log_timestamp: datetime = instant(index=True)
    raw_log: str | None = prose(null=True)
    status: str = state("status", ("open", "resolved", "ignored"), 20, default="open", index=True)
    resolved_at: datetime | None = instant(null=True)
    resolved_by: uuid.UUID | None = link("admin_users.id", on_delete="SET NULL", null=True)
    resolution_notes: str | None = prose(null=True)

    resolver: "AdminUser | None" = one("AdminUser", "resolved_errors", depth=1)


class TokenUsage(Changing, table=True):
    """The tokens that language models took in one month."""

    __tablename__ = "token_usage"
    __table_args__ = (unique("year", "month"),)

    year: int = count("year")
    month: int = count("month", minimum=1, maximum=12)
    input_tokens: int = count("input_tokens", default=0, big=True)
    output_tokens: int = count("output_tokens", default=0, big=True)
    total_requests: int = count("total_requests", default=0)


class LLMUsageMetric(Operational, table=True):
    """One call of a language model: which, how long, at what cost, and whether another had to step in."""

    __tablename__ = "llm_usage_metrics"
    __table_args__ = (
        Index(None, "created_at"),
        Index(None, "created_at", "tier"),
        Index(None, "provider", "success"),
        Index(None, "task_type", "tier"),
    )

    task_type: str = state("task_type", TASKS, 50, index=True)
    tier: str = state("tier", LLM_TIERS, 30, index=True)
    provider: str = state("provider", ("ollama", "openrouter"), 30, index=True)
    model: str = line(100)
    latency_ms: int = count("latency_ms")
    input_tokens: int | None = count("input_tokens", null=True)
    output_tokens: int | None = count("output_tokens", null=True)
    success: bool = truth(default=True, index=True)
    error: str | None = prose(null=True)
    fallback_used: bool = truth(default=False)
    original_tier: str | None = state("original_tier", LLM_TIERS, 30, null=True)
    estimated_cost_usd: Decimal | None = amount("estimated_cost_usd", 10, 6)
    conversation_history_id: uuid.UUID | None = link("conversation_history.id", on_delete="SET NULL", null=True)

    conversation: "ConversationHistory | None" = one("ConversationHistory", "llm_calls", depth=1)


class ToolCallLog(Operational, table=True):
    """One call of a tool by the assistant, with what came of it."""

    __tablename__ = "tool_call_logs"
    __table_args__ = (Index(None, "conversation_history_id", "timestamp"), Index(None, "timestamp"))

    conversation_history_id: uuid.UUID = link("conversation_history.id", on_delete="CASCADE")
    tool_name: str = line(100, index=True)
    parameters: dict[str, Any] = payload("{}")
    result_summary: str | None = line(500, null=True)
    result_type: str = state("result_type", ("success", "error", "blocked"), 20, default="success")
    error_message: str | None = prose(null=True)
    execution_time_ms: int | None = count("execution_time_ms", null=True)
    iteration: int = count("iteration", default=0)
    timestamp: datetime = moment()

    conversation: "ConversationHistory" = one("ConversationHistory", "tool_calls", depth=1)


class ResponseConstraint(Managed, table=True):
    """A rule that stops the assistant from saying what it has not looked up."""

    __tablename__ = "response_constraints"
    __table_args__ = (unique("category_id", "code", nulls_distinct=False),)

    category_id: uuid.UUID | None = reference(
        "vehicle_categories.id",
        on_delete="CASCADE",
        about="The category that the rule holds in; none where it holds everywhere.",
        examples=["motos-part"],
        null=True,
    )
    code: str = words(
        50,
        about="The rule's code, unique in its category. It identifies the rule.",
        examples=["precio_solo_con_tarifa"],
        pattern=NAME,
    )
    constraint_type: str = choice(
        "constraint_type",
        (
            "price_requires_tool",
            "variant_requires_tool",
            "docs_from_tool_only",
            "images_require_active",
            "images_narration_blocked",
        ),
        50,
        about="What the rule guards: prices, variants, documents, pictures, or talk about pictures.",
    )
    detection_pattern: str = words(
        500,
        about="A regular expression that finds the answers the rule is about.",
        examples=[r"\d+([.,]\d{2})?\s*(€|EUR|euros?)"],
    )
    required_tool: str = words(
        200,
        about="The tools of which one must have been used before such an answer, separated by |.",
        examples=["calcular_tarifa", "consultar_documentacion|consultar_elemento"],
    )
    error_injection: str = words(
        about="What the assistant is told instead, so that it looks the matter up.",
        examples=["No des precios sin haber calculado antes la tarifa."],
    )
    priority: int = whole(
        "priority", about="Which rule is looked at first: higher numbers before lower ones.", examples=[100], default=0
    )

    category: "VehicleCategory | None" = one("VehicleCategory", "constraints")


class AuditLog(Operational, table=True):
    """A change that somebody made in the administration panel."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "entity_type", "entity_id"),)

    entity_type: str = line(50)
    entity_id: uuid.UUID = identifier()
    action: str = state("action", ("create", "update", "delete"), 20)
    changes: dict[str, Any] | None = payload()
    admin_user_id: uuid.UUID | None = link("admin_users.id", on_delete="SET NULL", null=True)
    user: str | None = line(100, null=True)  # the name at that time; it stays when the account is gone

    admin_user: "AdminUser | None" = one("AdminUser", "audits", depth=1)
