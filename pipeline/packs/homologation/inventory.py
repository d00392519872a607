"""The tables of the homologation system by section. Those of a kind are managed, all others are operational."""

from __future__ import annotations

from pipeline.model.pack import Section

SECTIONS = (
    Section(
        "core",
        ("users", "conversation_history", "conversation_messages", "policies", "system_settings"),
    ),
    Section(
        "tariff",
        (
            "vehicle_categories",
            "tariff_tiers",
            "base_documentation",
            "elements",
            "element_images",
            "element_required_fields",
            "tier_element_inclusions",
            "element_warning_associations",
            "warnings",
            "additional_services",
            "tariff_prompt_sections",
        ),
    ),
    Section("rag", ("regulatory_documents", "document_chunks", "rag_queries", "query_citations")),
    Section("cases", ("cases", "case_images", "case_element_data", "escalations")),
    Section("admin", ("admin_users", "admin_access_log", "uploaded_images")),
    Section(
        "monitoring",
        (
            "container_error_logs",
            "token_usage",
            "llm_usage_metrics",
            "tool_call_logs",
            "response_constraints",
            "audit_log",
        ),
    ),
)
