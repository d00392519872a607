"""The tables of the register of contracts: importing this package defines all nine.

A column's description is what the domain expert reads in the editor; migrations follow these classes.
"""

from __future__ import annotations

from pipeline.packs.contracts.tables.base import Base
from pipeline.packs.contracts.tables.documents import (
    DanglingReference,
    Document,
    DocumentLink,
    Fingerprint,
    Organization,
    Page,
)
from pipeline.packs.contracts.tables.obligations import Evidence, Flag, Obligation

__all__ = [
    "Base",
    "DanglingReference",
    "Document",
    "DocumentLink",
    "Evidence",
    "Fingerprint",
    "Flag",
    "Obligation",
    "Organization",
    "Page",
]
