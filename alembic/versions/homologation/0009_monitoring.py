"""Errors, costs, tool calls and audits of the running system."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "homologation_0009"
down_revision = "homologation_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them."""
    _container_error_logs()
    _token_usage()
    _llm_usage_metrics()
    _tool_call_logs()
    _audit_log()


def downgrade() -> None:
    """Drop the tables in reverse, their indexes and constraints before them."""
    _drop("audit_log", ix=["admin_user_id", "entity_type_entity_id"], ck=["action"], fk=["admin_user_id"])
    _drop(
        "tool_call_logs",
        ix=["conversation_history_id", "conversation_history_id_timestamp", "timestamp", "tool_name"],
        ck=["execution_time_ms", "iteration", "result_type"],
        fk=["conversation_history_id"],
    )
    _drop(
        "llm_usage_metrics",
        ix=[
            "conversation_history_id",
            "created_at",
            "created_at_tier",
            "provider",
            "provider_success",
            "success",
            "task_type",
            "task_type_tier",
            "tier",
        ],
        ck=[
            "estimated_cost_usd",
            "input_tokens",
            "latency_ms",
            "original_tier",
            "output_tokens",
            "provider",
            "task_type",
            "tier",
        ],
        fk=["conversation_history_id"],
    )
    _drop("token_usage", ck=["input_tokens", "month", "output_tokens", "total_requests", "year"], uq=["year_month"])
    _drop(
        "container_error_logs",
        ix=["level", "log_timestamp", "resolved_by", "service_name", "service_name_status", "status"],
        ck=["level", "service_name", "status"],
        fk=["resolved_by"],
    )


def _container_error_logs() -> None:
    op.create_table(
        "container_error_logs",
        *_of_every_row(),
        sa.Column("service_name", sa.String(length=50), nullable=False),
        sa.Column("container_name", sa.String(length=100), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("stack_trace", sa.Text(), nullable=True),
        sa.Column("context", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("log_timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw_log", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=20), server_default=sa.text("'open'"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolution_notes", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "level IN ('ERROR', 'CRITICAL', 'FATAL', 'WARNING')", name=op.f("ck_container_error_logs_level")
        ),
        sa.CheckConstraint(
            "service_name IN ('api', 'agent', 'postgres', 'redis', 'ollama', 'qdrant', 'document-processor')",
            name=op.f("ck_container_error_logs_service_name"),
        ),
        sa.CheckConstraint("status IN ('open', 'resolved', 'ignored')", name=op.f("ck_container_error_logs_status")),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["admin_users.id"], name=op.f("fk_container_error_logs_resolved_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_container_error_logs")),
    )
    op.create_index(op.f("ix_container_error_logs_level"), "container_error_logs", ["level"])
    op.create_index(op.f("ix_container_error_logs_log_timestamp"), "container_error_logs", ["log_timestamp"])
    op.create_index(op.f("ix_container_error_logs_resolved_by"), "container_error_logs", ["resolved_by"])
    op.create_index(op.f("ix_container_error_logs_service_name"), "container_error_logs", ["service_name"])
    op.create_index(
        op.f("ix_container_error_logs_service_name_status"), "container_error_logs", ["service_name", "status"]
    )
    op.create_index(op.f("ix_container_error_logs_status"), "container_error_logs", ["status"])


def _token_usage() -> None:
    op.create_table(
        "token_usage",
        *_of_every_row(),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("total_requests", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("input_tokens >= 0", name=op.f("ck_token_usage_input_tokens")),
        sa.CheckConstraint("month >= 1 AND month <= 12", name=op.f("ck_token_usage_month")),
        sa.CheckConstraint("output_tokens >= 0", name=op.f("ck_token_usage_output_tokens")),
        sa.CheckConstraint("total_requests >= 0", name=op.f("ck_token_usage_total_requests")),
        sa.CheckConstraint("year >= 0", name=op.f("ck_token_usage_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_usage")),
        sa.UniqueConstraint("year", "month", name=op.f("uq_token_usage_year_month")),
    )


def _llm_usage_metrics() -> None:
    op.create_table(
        "llm_usage_metrics",
        *_of_every_row(),
        sa.Column("task_type", sa.String(length=50), nullable=False),
        sa.Column("tier", sa.String(length=30), nullable=False),
        sa.Column("provider", sa.String(length=30), nullable=False),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("input_tokens", sa.Integer(), nullable=True),
        sa.Column("output_tokens", sa.Integer(), nullable=True),
        sa.Column("success", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("fallback_used", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("original_tier", sa.String(length=30), nullable=True),
        sa.Column("estimated_cost_usd", sa.Numeric(precision=10, scale=6), nullable=True),
        sa.Column("conversation_history_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("estimated_cost_usd >= 0", name=op.f("ck_llm_usage_metrics_estimated_cost_usd")),
        sa.CheckConstraint("input_tokens >= 0", name=op.f("ck_llm_usage_metrics_input_tokens")),
        sa.CheckConstraint("latency_ms >= 0", name=op.f("ck_llm_usage_metrics_latency_ms")),
        sa.CheckConstraint(
            "original_tier IN ('local_fast', 'local_capable', 'cloud_standard', 'cloud_advanced')",
            name=op.f("ck_llm_usage_metrics_original_tier"),
        ),
        sa.CheckConstraint("output_tokens >= 0", name=op.f("ck_llm_usage_metrics_output_tokens")),
        sa.CheckConstraint("provider IN ('ollama', 'openrouter')", name=op.f("ck_llm_usage_metrics_provider")),
        sa.CheckConstraint(
            "task_type IN ('classification', 'extraction', 'rag_simple', 'rag_complex', 'conversation',"
            " 'tool_calling')",
            name=op.f("ck_llm_usage_metrics_task_type"),
        ),
        sa.CheckConstraint(
            "tier IN ('local_fast', 'local_capable', 'cloud_standard', 'cloud_advanced')",
            name=op.f("ck_llm_usage_metrics_tier"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_history_id"],
            ["conversation_history.id"],
            name=op.f("fk_llm_usage_metrics_conversation_history_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llm_usage_metrics")),
    )
    op.create_index(
        op.f("ix_llm_usage_metrics_conversation_history_id"), "llm_usage_metrics", ["conversation_history_id"]
    )
    op.create_index(op.f("ix_llm_usage_metrics_created_at"), "llm_usage_metrics", ["created_at"])
    op.create_index(op.f("ix_llm_usage_metrics_created_at_tier"), "llm_usage_metrics", ["created_at", "tier"])
    op.create_index(op.f("ix_llm_usage_metrics_provider"), "llm_usage_metrics", ["provider"])
    op.create_index(op.f("ix_llm_usage_metrics_provider_success"), "llm_usage_metrics", ["provider", "success"])
    op.create_index(op.f("ix_llm_usage_metrics_success"), "llm_usage_metrics", ["success"])
    op.create_index(op.f("ix_llm_usage_metrics_task_type"), "llm_usage_metrics", ["task_type"])
    op.create_index(op.f("ix_llm_usage_metrics_task_type_tier"), "llm_usage_metrics", ["task_type", "tier"])
    op.create_index(op.f("ix_llm_usage_metrics_tier"), "llm_usage_metrics", ["tier"])


def _tool_call_logs() -> None:
    op.create_table(
        "tool_call_logs",
        *_of_every_row(),
        sa.Column("conversation_history_id", sa.Uuid(), nullable=False),
        sa.Column("tool_name", sa.String(length=100), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("result_summary", sa.String(length=500), nullable=True),
        sa.Column("result_type", sa.String(length=20), server_default=sa.text("'success'"), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("execution_time_ms", sa.Integer(), nullable=True),
        sa.Column("iteration", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("timestamp", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("execution_time_ms >= 0", name=op.f("ck_tool_call_logs_execution_time_ms")),
        sa.CheckConstraint("iteration >= 0", name=op.f("ck_tool_call_logs_iteration")),
        sa.CheckConstraint(
            "result_type IN ('success', 'error', 'blocked')", name=op.f("ck_tool_call_logs_result_type")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_history_id"],
            ["conversation_history.id"],
            name=op.f("fk_tool_call_logs_conversation_history_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_call_logs")),
    )
    op.create_index(op.f("ix_tool_call_logs_conversation_history_id"), "tool_call_logs", ["conversation_history_id"])
    op.create_index(
        op.f("ix_tool_call_logs_conversation_history_id_timestamp"),
        "tool_call_logs",
        ["conversation_history_id", "timestamp"],
    )
    op.create_index(op.f("ix_tool_call_logs_timestamp"), "tool_call_logs", ["timestamp"])
    op.create_index(op.f("ix_tool_call_logs_tool_name"), "tool_call_logs", ["tool_name"])


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        *_of_every_row(),
        sa.Column("entity_type", sa.String(length=50), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=True),
        sa.Column("admin_user_id", sa.Uuid(), nullable=True),
        sa.Column("user", sa.String(length=100), nullable=True),
        sa.CheckConstraint("action IN ('create', 'update', 'delete')", name=op.f("ck_audit_log_action")),
        sa.ForeignKeyConstraint(
            ["admin_user_id"], ["admin_users.id"], name=op.f("fk_audit_log_admin_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_admin_user_id"), "audit_log", ["admin_user_id"])
    op.create_index(op.f("ix_audit_log_entity_type_entity_id"), "audit_log", ["entity_type", "entity_id"])


def _of_every_row() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def _drop(table: str, **named: list[str]) -> None:
    """Drop a table after its indexes and constraints, by the kind and the rest of their names."""
    for kind, names in named.items():
        for name in names:
            if kind == "ix":
                op.drop_index(op.f(f"ix_{table}_{name}"), table_name=table)
            else:
                op.drop_constraint(op.f(f"{kind}_{table}_{name}"), table)
    op.drop_table(table)
