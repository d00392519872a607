"""The tariff: categories and tiers (`catalogue`), elements (`elements`), and what ties them together (`links`)."""

from __future__ import annotations

from pipeline.packs.homologation.tables.tariff.catalogue import (
    AdditionalService,
    BaseDocumentation,
    TariffPromptSection,
    TariffTier,
    VehicleCategory,
)
from pipeline.packs.homologation.tables.tariff.elements import Element, ElementImage, ElementRequiredField
from pipeline.packs.homologation.tables.tariff.links import (
    ElementWarningAssociation,
    TariffWarning,
    TierElementInclusion,
)

__all__ = [
    "AdditionalService",
    "BaseDocumentation",
    "Element",
    "ElementImage",
    "ElementRequiredField",
    "ElementWarningAssociation",
    "TariffPromptSection",
    "TariffTier",
    "TariffWarning",
    "TierElementInclusion",
    "VehicleCategory",
]
