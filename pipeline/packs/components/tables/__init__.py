"""The tables of the component workshop: importing this package defines all of them; migrations follow these classes."""

from __future__ import annotations

from pipeline.packs.components.tables.base import Base
from pipeline.packs.components.tables.conversations import Conversation, Message
from pipeline.packs.components.tables.library import Document, DocumentChunk
from pipeline.packs.components.tables.models import EmbeddingModel, EvaluationRun
from pipeline.packs.components.tables.people import RequirementExport, User

__all__ = [
    "Base",
    "Conversation",
    "Document",
    "DocumentChunk",
    "EmbeddingModel",
    "EvaluationRun",
    "Message",
    "RequirementExport",
    "User",
]
