"""The tables of the homologation catalogue: importing this package defines all of them.

A column's description is what the domain expert reads in the editor; migrations follow these classes.
"""

from __future__ import annotations

from pipeline.packs.homologation.tables.base import Base
from pipeline.packs.homologation.tables.catalogue import (
    AdditionalService,
    BaseDocumentation,
    TariffPromptSection,
    TariffTier,
    VehicleCategory,
)
from pipeline.packs.homologation.tables.company import Policy, ResponseConstraint, SystemSetting
from pipeline.packs.homologation.tables.elements import Element, ElementImage, ElementRequiredField
from pipeline.packs.homologation.tables.links import ElementWarningAssociation, TariffWarning, TierElementInclusion

__all__ = [
    "AdditionalService",
    "Base",
    "BaseDocumentation",
    "Element",
    "ElementImage",
    "ElementRequiredField",
    "ElementWarningAssociation",
    "Policy",
    "ResponseConstraint",
    "SystemSetting",
    "TariffPromptSection",
    "TariffTier",
    "TariffWarning",
    "TierElementInclusion",
    "VehicleCategory",
]
