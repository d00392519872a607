"""What ties tiers and elements together: which tier includes what, and the warnings about either."""

import uuid
from typing import TYPE_CHECKING, Any

from pipeline.database.columns import (
    choice,
    different,
    document,
    exactly_one,
    ordered,
    reference,
    searched,
    unique,
    whole,
    words,
)
from pipeline.packs.homologation.tables.base import NAME, Managed, flag, many, one, record, texts

if TYPE_CHECKING:
    from pipeline.packs.homologation.tables.tariff.catalogue import TariffTier, VehicleCategory
    from pipeline.packs.homologation.tables.tariff.elements import Element

TRIGGER_CONDITIONS = record(
    {
        "element_keywords": texts(
            "Element keywords", "Words in a message that bring the warning up.", ["glp", "gas", "bombona"]
        ),
        "always_show": flag("Always show", "Whether it is shown whatever the customer writes."),
    }
)


class TierElementInclusion(Managed, table=True):
    """One thing that a tier includes: an element, or all that another tier includes."""

    __tablename__ = "tier_element_inclusions"
    __table_args__ = (
        unique("tier_id", "element_id"),
        unique("tier_id", "included_tier_id"),
        exactly_one("one_target", "element_id", "included_tier_id"),
        different("tier_id", "included_tier_id"),
        ordered("min_quantity", "max_quantity"),
    )

    tier_id: uuid.UUID = reference(
        "tariff_tiers.id", on_delete="CASCADE", about="The tier that includes.", examples=["T6"]
    )
    element_id: uuid.UUID | None = reference(
        "elements.id", on_delete="CASCADE", about="The element that is included.", examples=["ESCAPE"], null=True
    )
    included_tier_id: uuid.UUID | None = reference(
        "tariff_tiers.id",
        on_delete="CASCADE",
        about="The tier that is included as a whole.",
        examples=["T2"],
        null=True,
    )
    min_quantity: int | None = whole(
        "min_quantity",
        about="The fewest of it that a case must have. Leave it out where there is no minimum.",
        examples=[1, 3],
        null=True,
        minimum=0,
    )
    max_quantity: int | None = whole(
        "max_quantity",
        about="The most of it that a case may have. Leave it out where there is no maximum.",
        examples=[1, 2],
        null=True,
        minimum=0,
    )
    group_name: str | None = words(
        100,
        about="The group by which the element came into the tier, which the limits of groups count. It follows from "
        "the groups of the mapping; write it only of an element that is listed by itself and counts all the same.",
        examples=["base"],
        null=True,
    )
    notes: str | None = words(
        about="A remark for colleagues; customers do not see it.",
        examples=["Solo si el soporte va atornillado al chasis."],
        null=True,
    )

    tier: "TariffTier" = one("TariffTier", "inclusions", foreign_keys="TierElementInclusion.tier_id")
    element: "Element | None" = one("Element", "inclusions")
    included_tier: "TariffTier | None" = one(
        "TariffTier", "included_in", foreign_keys="TierElementInclusion.included_tier_id"
    )


class TariffWarning(Managed, table=True):
    """Something a customer must be told. It is about exactly one category, tier or element."""

    __tablename__ = "warnings"
    __table_args__ = (
        unique("owner_category_id", "code"),
        exactly_one("one_scope", "category_id", "tier_id", "element_id"),
        searched("trigger_conditions"),
    )

    owner_category_id: uuid.UUID = reference(
        "vehicle_categories.id",
        on_delete="CASCADE",
        about="The category that the warning belongs to, whatever it is about.",
        examples=["motos-part"],
    )
    code: str = words(
        50,
        about="The warning's code, unique in its category. It identifies the warning, so it may move to another "
        "element or tier and stay the same.",
        examples=["escape_homologacion", "gas_aseicars_prof"],
        pattern=NAME,
    )
    message: str = words(
        about="The warning as the customer reads it.",
        examples=["El escape debe llevar grabada la contraseña de homologación y ser la de tu modelo de moto."],
    )
    severity: str = choice(
        "severity",
        ("info", "warning", "error"),
        20,
        about="How serious it is: good to know, to be minded, or an obstacle.",
        default="warning",
    )
    category_id: uuid.UUID | None = reference(
        "vehicle_categories.id",
        on_delete="CASCADE",
        about="The category it is about, where it is about a whole category.",
        examples=["motos-part"],
        null=True,
    )
    tier_id: uuid.UUID | None = reference(
        "tariff_tiers.id", on_delete="CASCADE", about="The tier it is about.", examples=["T1"], null=True
    )
    element_id: uuid.UUID | None = reference(
        "elements.id", on_delete="CASCADE", about="The element it is about.", examples=["ESCAPE"], null=True
    )
    trigger_conditions: dict[str, Any] = document(
        TRIGGER_CONDITIONS,
        about="When the warning is brought up. Leave it out to show it whenever its element, tier or category is.",
        examples=[{"element_keywords": ["glp", "gas", "bombona"]}, {"always_show": True}],
        default="{}",
    )

    owner_category: "VehicleCategory" = one(
        "VehicleCategory", "owned_warnings", foreign_keys="TariffWarning.owner_category_id"
    )
    category: "VehicleCategory | None" = one("VehicleCategory", "warnings", foreign_keys="TariffWarning.category_id")
    tier: "TariffTier | None" = one("TariffTier", "warnings")
    element: "Element | None" = one("Element", "warnings")
    associations: list["ElementWarningAssociation"] = many("ElementWarningAssociation", "warning")


class ElementWarningAssociation(Managed, table=True):
    """A warning about an element once more, with when it is shown: the administration reads it here."""

    __tablename__ = "element_warning_associations"
    __table_args__ = (unique("element_id", "warning_id"),)

    element_id: uuid.UUID = reference(
        "elements.id", on_delete="CASCADE", about="The element it is about.", examples=["ESCAPE"]
    )
    warning_id: uuid.UUID = reference(
        "warnings.id", on_delete="CASCADE", about="The warning.", examples=["escape_homologacion"]
    )
    show_condition: str = choice(
        "show_condition",
        ("always", "on_exceed_max", "on_below_min"),
        50,
        about="When the warning is shown: always, or when there are more or fewer of the element than "
        "`threshold_quantity`.",
        default="always",
    )
    threshold_quantity: int | None = whole(
        "threshold_quantity",
        about="The number of elements that `show_condition` compares with.",
        examples=[1, 2],
        null=True,
        minimum=0,
    )

    element: "Element" = one("Element", "warning_associations")
    warning: "TariffWarning" = one("TariffWarning", "associations")
