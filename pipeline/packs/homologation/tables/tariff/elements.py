"""Elements that can be homologated, with their pictures and the data that a case must bring."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, DateTime, Index

from pipeline.database.columns import choice, document, reference, searched, unique, unmanaged, whole, words, yes_no
from pipeline.packs.homologation.tables.base import (
    CODE,
    FIELD_NAME,
    VARIANT_CODE,
    Managed,
    integer,
    many,
    number,
    one,
    record,
    text,
    text_list,
)

if TYPE_CHECKING:
    from pipeline.packs.homologation.tables.tariff.catalogue import VehicleCategory
    from pipeline.packs.homologation.tables.tariff.links import (
        ElementWarningAssociation,
        TariffWarning,
        TierElementInclusion,
    )

VALIDATION_RULES = record(
    {
        "min": number("Min", "The smallest number that is accepted.", 100),
        "max": number("Max", "The largest number that is accepted.", 900.5),
        "min_length": integer("Min length", "The fewest characters that are accepted.", 2, minimum=0),
        "max_length": integer("Max length", "The most characters that are accepted.", 80, minimum=0),
        "pattern": text("Pattern", "A regular expression that the answer must fit.", r"^[eE]\d{1,2}.*$"),
    }
)


class Element(Managed, table=True):
    """A modification that can be homologated. A variant is an element with a parent."""

    __tablename__ = "elements"
    __table_args__ = (
        unique("category_id", "code"),
        Index(None, "category_id", "is_active"),
        searched("keywords"),
        searched("aliases"),
        searched("multi_select_keywords"),
    )

    category_id: uuid.UUID = reference(
        "vehicle_categories.id", on_delete="CASCADE", about="The category of the element.", examples=["motos-part"]
    )
    code: str = words(
        50,
        about="The element's code, unique in its category. It identifies the element, so changing it makes a new one.",
        examples=["ESCAPE", "SUSPENSION_DEL"],
        pattern=CODE,
    )
    name: str = words(200, about="The name that people see.", examples=["Escape / Sistema de escape"])
    description: str | None = words(
        about="What belongs to the element and what does not, as an engineer would tell a customer.",
        examples=["Sustitución del silencioso o de la línea completa por otro modelo homologado."],
        null=True,
    )
    keywords: list[str] = document(
        text_list(),
        about="Words by which customers mean this element; a message that has one of them is about it.",
        examples=[["escape", "silenciador", "tubo de escape"]],
        default="[]",
    )
    aliases: list[str] = document(
        text_list(),
        about="Other names of the element, such as trade names and common misspellings.",
        examples=[["silencioso", "línea de escape"]],
        default="[]",
    )
    parent_element_id: uuid.UUID | None = reference(
        "elements.id",
        on_delete="SET NULL",
        about="Code of the element that this one is a variant of, in the same category.",
        examples=["SUSPENSION"],
        null=True,
    )
    variant_type: str | None = words(
        50,
        about="What tells the variants of one parent apart.",
        examples=["position", "suspension_type"],
        null=True,
        pattern=FIELD_NAME,
    )
    variant_code: str | None = words(
        50,
        about="Which of the parent's variants this is; each parent has it once.",
        examples=["DEL", "2FAROS"],
        null=True,
        pattern=VARIANT_CODE,
    )
    question_hint: str | None = words(
        about="The question to ask when it is not clear which variant the customer means.",
        examples=["¿La suspensión que has cambiado es la delantera o la trasera?"],
        null=True,
    )
    multi_select_keywords: list[str] = document(
        text_list(),
        about="Words that mean all variants of the element at once.",
        examples=[["ambas", "las dos", "delantera y trasera"]],
        default="[]",
    )
    inherit_parent_data: bool = yes_no(
        about="Whether the parent's pictures, required fields and warnings hold for this variant too.", default=False
    )
    sort_order: int = whole(
        "sort_order", about="Place in lists: lower numbers come first.", examples=[10, 20], default=0
    )

    category: "VehicleCategory" = one("VehicleCategory", "elements")
    parent: "Element | None" = one("Element", "children", remote_side="Element.id")
    children: list["Element"] = many("Element", "parent", order="Element.sort_order, Element.code", owned=False)
    images: list["ElementImage"] = many("ElementImage", "element", order="ElementImage.sort_order, ElementImage.title")
    required_fields: list["ElementRequiredField"] = many(
        "ElementRequiredField", "element", order="ElementRequiredField.sort_order, ElementRequiredField.field_name"
    )
    warnings: list["TariffWarning"] = many("TariffWarning", "element")
    warning_associations: list["ElementWarningAssociation"] = many("ElementWarningAssociation", "element")
    inclusions: list["TierElementInclusion"] = many("TierElementInclusion", "element")


class ElementImage(Managed, table=True):
    """A picture that shows a customer what an element is or what to photograph."""

    __tablename__ = "element_images"
    __table_args__ = (unique("element_id", "title"), Index(None, "element_id", "image_type"))

    element_id: uuid.UUID = reference(
        "elements.id", on_delete="CASCADE", about="The element in the picture.", examples=["ESCALON_ELEC"]
    )
    title: str = words(
        200,
        about="What the picture shows, unique in its element. It identifies the picture.",
        examples=["Escalón eléctrico desplegado", "Boletín eléctrico"],
    )
    url: str = words(500, about="Address of the picture.", examples=["/images/aseicars-prof/escalon-desplegado.jpg"])
    alt_text: str | None = words(
        500,
        about="The picture in words, for who cannot see it.",
        examples=["Escalón eléctrico desplegado bajo la puerta de la célula"],
        null=True,
    )
    description: str | None = words(
        about="What to look at in the picture.",
        examples=["El escalón montado y desplegado, con la puerta abierta."],
        null=True,
    )
    user_instruction: str | None = words(
        about="What the customer is asked to send like it.",
        examples=["Envía una foto del escalón desplegado en la que se vea la fijación al chasis."],
        null=True,
    )
    image_type: str = choice(
        "image_type",
        ("example", "required_document", "warning", "step", "calculation"),
        50,
        about="What the picture is for: an example, a document that must be sent, a danger, a step, a calculation.",
        default="example",
    )
    status: str = choice(
        "status",
        ("active", "placeholder", "unavailable"),
        20,
        about="Whether the picture can be shown, stands for one still to come, or cannot be had.",
        default="placeholder",
    )
    is_required: bool = yes_no(about="Whether the customer must send one like it.", default=False)
    sort_order: int = whole(
        "sort_order", about="Place in lists: lower numbers come first.", examples=[10, 20], default=0
    )
    validated_at: datetime | None = unmanaged(Column(DateTime(timezone=True), nullable=True))

    element: "Element" = one("Element", "images")


class ElementRequiredField(Managed, table=True):
    """A piece of data about an element that a case must bring, perhaps only under a condition."""

    __tablename__ = "element_required_fields"
    __table_args__ = (unique("element_id", "field_name"), Index(None, "element_id", "is_active"))

    element_id: uuid.UUID = reference(
        "elements.id", on_delete="CASCADE", about="The element that the data is about.", examples=["ESCAPE"]
    )
    field_name: str = words(
        100,
        about="The field's name in lower case, unique in its element. It identifies the field.",
        examples=["marca_modelo", "homologacion_visible"],
        pattern=FIELD_NAME,
    )
    field_type: str = choice(
        "field_type",
        ("text", "number", "boolean", "select"),
        50,
        about="What kind of answer is expected; a select needs `options`.",
        default="text",
    )
    label: str = words(200, about="The question as the customer reads it.", examples=["Marca y modelo del escape"])
    placeholder: str | None = words(
        200, about="A hint inside the empty field.", examples=["Akrapovič, Arrow, Leovince…"], null=True
    )
    is_required: bool = yes_no(about="Whether a case cannot go on without the answer.", default=True)
    options: list[str] | None = document(
        text_list(at_least=1),
        about="The answers of a select, in the order they are offered.",
        examples=[["Barras de horquilla", "Muelles interiores", "Ambos"]],
    )
    validation_rules: dict[str, Any] = document(
        VALIDATION_RULES,
        about="Limits that an answer must keep to: of a number, or of a text's length and form.",
        examples=[{"min": 100, "max": 900}, {"min_length": 2, "max_length": 80}],
        default="{}",
    )
    example_value: str | None = words(
        200, about="An answer as it should look.", examples=["Akrapovič Racing Line"], null=True
    )
    llm_instruction: str | None = words(
        about="What the assistant must mind when it asks for or reads the answer.",
        examples=["Acepta la contraseña con o sin espacios, por ejemplo E9 41R-041234."],
        null=True,
    )
    condition_field_id: uuid.UUID | None = reference(
        "element_required_fields.id",
        on_delete="SET NULL",
        about="Name of the field of the same element on whose answer it depends whether this one is asked.",
        examples=["tipo_modificacion"],
        null=True,
    )
    condition_operator: str | None = choice(
        "condition_operator",
        ("equals", "not_equals", "exists", "not_exists", "contains", "greater_than", "less_than"),
        50,
        about="How that answer is compared with `condition_value`.",
        null=True,
    )
    condition_value: str | None = words(
        200,
        about="What that answer is compared with; a boolean is written true or false.",
        examples=["true", "Otra moto"],
        null=True,
    )
    sort_order: int = whole(
        "sort_order", about="Place in lists: lower numbers come first.", examples=[10, 20], default=0
    )

    element: "Element" = one("Element", "required_fields")
    condition_field: "ElementRequiredField | None" = one(
        "ElementRequiredField",
        "dependent_fields",
        remote_side="ElementRequiredField.id",
    )
    dependent_fields: list["ElementRequiredField"] = many(
        "ElementRequiredField",
        "condition_field",
        owned=False,
    )
