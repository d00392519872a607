"""Categories and what hangs directly on them: tiers, documents, services, prompt sections."""

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index

from pipeline.database.columns import (
    choice,
    document,
    money,
    ordered,
    reference,
    searched,
    unique,
    whole,
    words,
    yes_no,
)
from pipeline.packs.homologation.tables.base import (
    CODE,
    NAME,
    SLUG,
    Managed,
    flag,
    group_limits,
    integer,
    many,
    one,
    record,
    texts,
)

if TYPE_CHECKING:
    from pipeline.packs.homologation.tables.monitoring import ResponseConstraint
    from pipeline.packs.homologation.tables.tariff.elements import Element
    from pipeline.packs.homologation.tables.tariff.links import TariffWarning, TierElementInclusion

CLASSIFICATION_RULES = record(
    {
        "applies_if_any": texts(
            "Applies if any",
            "Situations of which one is enough to put a case into this tier, in an engineer's few words.",
            ["Modificación del subchasis", "Cambio del tren delantero"],
        ),
        "priority": integer("Priority", "Which tier is tried first when several would fit: 1 before 2.", 1),
        "requires_project": flag("Requires project", "Whether cases of this tier need a technical project."),
        "must_include": texts(
            "Must include",
            "Codes of elements of which a case must have all for this tier to apply.",
            ["SUBCHASIS"],
            pattern=CODE,
        ),
        "max_elements": integer(
            "Max elements", "The most elements a case may have for this tier to apply.", 2, minimum=1
        ),
        "groups": group_limits(
            "Groups",
            "How many elements of a group of the mapping a case must and may have for this tier to apply, by the "
            "name of the group.",
            {"proyecto_sencillo": {"min": 1, "max": 1}},
        ),
    }
)


class VehicleCategory(Managed, table=True):
    """A class of vehicles for one type of client, with a tariff of its own."""

    __tablename__ = "vehicle_categories"
    __table_args__ = (unique("slug"), Index(None, "client_type"))

    slug: str = words(
        50,
        about="The category's short name in lower case, with a suffix for the type of client. Other manifests say "
        "`category = …` with it. It identifies the category, so changing it makes a new one.",
        examples=["motos-part", "aseicars-prof"],
        pattern=SLUG,
    )
    name: str = words(100, about="The name that people see.", examples=["Motocicletas", "Autocaravanas (32xx, 33xx)"])
    client_type: str = choice(
        "client_type",
        ("particular", "professional"),
        20,
        about="Whom the tariff is for: private persons, or companies of the trade.",
    )
    description: str | None = words(
        about="What the category covers, in a sentence or two for the customer.",
        examples=["Homologación de reformas en motocicletas de particulares."],
        null=True,
    )
    icon: str | None = words(
        50,
        about="The icon shown beside the name, by its name in the Lucide icon set.",
        examples=["motorcycle", "caravan"],
        null=True,
    )
    sort_order: int = whole(
        "sort_order", about="Place in lists: lower numbers come first.", examples=[10, 20], default=0
    )

    tiers: list["TariffTier"] = many("TariffTier", "category", depth=1, order="TariffTier.sort_order, TariffTier.code")
    elements: list["Element"] = many("Element", "category", depth=1, order="Element.sort_order, Element.code")
    documents: list["BaseDocumentation"] = many(
        "BaseDocumentation", "category", depth=1, order="BaseDocumentation.sort_order, BaseDocumentation.code"
    )
    services: list["AdditionalService"] = many(
        "AdditionalService", "category", depth=1, order="AdditionalService.sort_order, AdditionalService.code"
    )
    prompt_sections: list["TariffPromptSection"] = many(
        "TariffPromptSection", "category", depth=1, order="TariffPromptSection.section_type"
    )
    warnings: list["TariffWarning"] = many(
        "TariffWarning", "category", depth=1, foreign_keys="TariffWarning.category_id"
    )
    owned_warnings: list["TariffWarning"] = many(
        "TariffWarning", "owner_category", depth=1, foreign_keys="TariffWarning.owner_category_id"
    )
    constraints: list["ResponseConstraint"] = many("ResponseConstraint", "category", depth=1)


class TariffTier(Managed, table=True):
    """A price level of a category, and when it applies."""

    __tablename__ = "tariff_tiers"
    __table_args__ = (
        unique("category_id", "code"),
        ordered("min_elements", "max_elements"),
        searched("classification_rules"),
    )

    category_id: uuid.UUID = reference(
        "vehicle_categories.id", on_delete="CASCADE", about="The category of the tier.", examples=["motos-part"]
    )
    code: str = words(
        20,
        about="The tier's code, unique in its category. It identifies the tier, so changing it makes a new one.",
        examples=["T1", "T6"],
        pattern=CODE,
    )
    name: str = words(
        100, about="The name that people see.", examples=["Proyecto Completo", "Sin Proyecto - 1 Elemento"]
    )
    description: str | None = words(
        about="What the tier covers, as it is explained to the customer.",
        examples=["Reformas que afectan a la estructura del vehículo y necesitan un proyecto técnico completo."],
        null=True,
    )
    price: Decimal = money(
        "price", about="Price in EUR without VAT, with at most two decimals.", examples=["410.00", "59.00"]
    )
    conditions: str | None = words(
        about="When the tier applies, in words for whoever classifies a case.",
        examples=["Un solo elemento que no requiere proyecto."],
        null=True,
    )
    classification_rules: dict[str, Any] = document(
        CLASSIFICATION_RULES,
        about="How a case is put into this tier automatically. Leave out what does not matter for the tier.",
        examples=[{"applies_if_any": ["Modificación del subchasis"], "priority": 1, "requires_project": True}],
        default="{}",
    )
    min_elements: int | None = whole(
        "min_elements",
        about="The fewest elements a case of this tier has. Leave it out where there is no minimum.",
        examples=[1, 3],
        null=True,
        minimum=0,
    )
    max_elements: int | None = whole(
        "max_elements",
        about="The most elements a case of this tier has. Leave it out where there is no maximum.",
        examples=[1, 2],
        null=True,
        minimum=1,
    )
    sort_order: int = whole(
        "sort_order", about="Place in lists: lower numbers come first.", examples=[10, 20], default=0
    )

    category: "VehicleCategory" = one("VehicleCategory", "tiers")
    inclusions: list["TierElementInclusion"] = many(
        "TierElementInclusion", "tier", foreign_keys="TierElementInclusion.tier_id"
    )
    included_in: list["TierElementInclusion"] = many(
        "TierElementInclusion", "included_tier", foreign_keys="TierElementInclusion.included_tier_id"
    )
    warnings: list["TariffWarning"] = many("TariffWarning", "tier")


class BaseDocumentation(Managed, table=True):
    """A document that every case of a category needs, whatever its elements."""

    __tablename__ = "base_documentation"
    __table_args__ = (unique("category_id", "code"),)

    category_id: uuid.UUID = reference(
        "vehicle_categories.id", on_delete="CASCADE", about="The category of the document.", examples=["motos-part"]
    )
    code: str = words(
        50,
        about="The document's code, unique in its category. It identifies the document.",
        examples=["documentos_vehiculo", "fotos_vehiculo"],
        pattern=NAME,
    )
    title: str = words(200, about="What is asked for, in a few words.", examples=["Ficha técnica y permiso"])
    description: str = words(
        about="What exactly the customer has to send, and how.",
        examples=["Fotografía legible del permiso de circulación y de la ficha técnica, por las dos caras."],
    )
    is_mandatory: bool = yes_no(about="Whether a case cannot go on without it.", default=True)
    image_url: str | None = words(
        500,
        about="Address of a picture that shows what is meant.",
        examples=["/images/motos-part/ficha-tecnica.jpg"],
        null=True,
    )
    sort_order: int = whole(
        "sort_order", about="Place in lists: lower numbers come first.", examples=[10, 20], default=0
    )

    category: "VehicleCategory" = one("VehicleCategory", "documents")


class AdditionalService(Managed, table=True):
    """A service that is charged on top of the tier. Without a category it is offered in all of them."""

    __tablename__ = "additional_services"
    __table_args__ = (unique("category_id", "code", nulls_distinct=False),)

    category_id: uuid.UUID | None = reference(
        "vehicle_categories.id",
        on_delete="CASCADE",
        about="The category that offers the service; none where all of them do.",
        examples=["motos-part"],
        null=True,
    )
    code: str = words(
        50,
        about="The service's code, unique in its category. It identifies the service.",
        examples=["urgencia_motos", "gestion_itv"],
        pattern=NAME,
    )
    name: str = words(150, about="The name that people see.", examples=["Tramitación urgente", "Gestión cita ITV"])
    description: str | None = words(
        about="What the customer gets for the price.",
        examples=["Damos prioridad al expediente sobre los demás en curso."],
        null=True,
    )
    price: Decimal = money(
        "price", about="Price in EUR without VAT, with at most two decimals.", examples=["100.00", "25.00"]
    )
    sort_order: int = whole(
        "sort_order", about="Place in lists: lower numbers come first.", examples=[10, 20], default=0
    )

    category: "VehicleCategory | None" = one("VehicleCategory", "services")


class TariffPromptSection(Managed, table=True):
    """A part of the instructions that the assistant works with in a category."""

    __tablename__ = "tariff_prompt_sections"
    __table_args__ = (unique("category_id", "section_type"),)

    category_id: uuid.UUID = reference(
        "vehicle_categories.id", on_delete="CASCADE", about="The category of the section.", examples=["motos-part"]
    )
    section_type: str = choice(
        "section_type",
        ("algorithm", "recognition_table", "special_cases", "footer"),
        50,
        about="Which part of the instructions it is; a category has each at most once.",
    )
    content: str = words(
        about="The text of the section, as the assistant reads it.",
        examples=["Si el cliente habla de «luces» sin decir cuáles, pregunta por la posición."],
    )
    version: int = whole(
        "version", about="Count it up when the text changes in meaning.", examples=[1, 2], default=1, minimum=1
    )

    category: "VehicleCategory" = one("VehicleCategory", "prompt_sections")
