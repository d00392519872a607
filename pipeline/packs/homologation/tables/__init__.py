"""The tables of the homologation system, a module or folder per section: importing this package defines all of them.

A managed column's description is what the domain expert reads in the editor; migrations follow these classes.
`inventory.py` of the pack lists the tables by section.
"""

from __future__ import annotations

from pipeline.packs.homologation.tables.admin import AdminAccessLog, AdminUser, UploadedImage
from pipeline.packs.homologation.tables.base import Base
from pipeline.packs.homologation.tables.cases import Case, CaseElementData, CaseImage, Escalation
from pipeline.packs.homologation.tables.core import (
    ConversationHistory,
    ConversationMessage,
    Policy,
    SystemSetting,
    User,
)
from pipeline.packs.homologation.tables.monitoring import (
    AuditLog,
    ContainerErrorLog,
    LLMUsageMetric,
    ResponseConstraint,
    TokenUsage,
    ToolCallLog,
)
from pipeline.packs.homologation.tables.rag import DocumentChunk, QueryCitation, RAGQuery, RegulatoryDocument
from pipeline.packs.homologation.tables.tariff import (
    AdditionalService,
    BaseDocumentation,
    Element,
    ElementImage,
    ElementRequiredField,
    ElementWarningAssociation,
    TariffPromptSection,
    TariffTier,
    TariffWarning,
    TierElementInclusion,
    VehicleCategory,
)

__all__ = [
    "AdditionalService",
    "AdminAccessLog",
    "AdminUser",
    "AuditLog",
    "Base",
    "BaseDocumentation",
    "Case",
    "CaseElementData",
    "CaseImage",
    "ContainerErrorLog",
    "ConversationHistory",
    "ConversationMessage",
    "DocumentChunk",
    "Element",
    "ElementImage",
    "ElementRequiredField",
    "ElementWarningAssociation",
    "Escalation",
    "LLMUsageMetric",
    "Policy",
    "QueryCitation",
    "RAGQuery",
    "RegulatoryDocument",
    "ResponseConstraint",
    "SystemSetting",
    "TariffPromptSection",
    "TariffTier",
    "TariffWarning",
    "TierElementInclusion",
    "TokenUsage",
    "ToolCallLog",
    "UploadedImage",
    "User",
    "VehicleCategory",
]
