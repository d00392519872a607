"""What the company says and does everywhere: policies, settings, and limits on the assistant's answers."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import Index

from pipeline.database.columns import choice, reference, unique, whole, words, yes_no
from pipeline.packs.homologation.tables.base import NAME, Base, one

if TYPE_CHECKING:
    from pipeline.packs.homologation.tables.catalogue import VehicleCategory


class Policy(Base, table=True):
    """What the company answers to a question that is not about one vehicle."""

    __tablename__ = "policies"
    __table_args__ = (unique("key"), Index(None, "category"))

    key: str = words(
        100,
        about="The policy's short name. It identifies the policy.",
        examples=["forma_de_pago", "plazo_de_entrega"],
        pattern=NAME,
    )
    value: str = words(
        about="The policy as it is told to a customer.",
        examples=["El pago se hace por transferencia al aceptar el presupuesto."],
    )
    category: str = words(50, about="The heading it stands under.", examples=["precios", "proceso"], pattern=NAME)


class SystemSetting(Base, table=True):
    """A switch or value that the running system reads."""

    __tablename__ = "system_settings"
    __table_args__ = (unique("key"),)

    key: str = words(
        100,
        about="The setting's name. It identifies the setting.",
        examples=["agent_enabled", "agent_disabled_message"],
        pattern=NAME,
    )
    value: str = words(
        1000, about="The value, written as text.", examples=["true", "Volvemos en unos minutos."], min_length=0
    )
    value_type: str = choice(
        "value_type",
        ("string", "integer", "boolean", "json"),
        20,
        about="What the text in `value` stands for.",
        default="string",
    )
    description: str | None = words(
        500, about="What the setting does.", examples=["Si el asistente contesta a los clientes."], null=True
    )
    is_mutable: bool = yes_no(about="Whether it may be changed while the system runs.", default=True)


class ResponseConstraint(Base, table=True):
    """A rule that stops the assistant from saying what it has not looked up."""

    __tablename__ = "response_constraints"
    __table_args__ = (unique("category_id", "code", nulls_distinct=False),)

    category_id: uuid.UUID | None = reference(
        "vehicle_categories.id",
        on_delete="CASCADE",
        about="The category that the rule holds in; none where it holds everywhere.",
        examples=["motos-part"],
        null=True,
    )
    code: str = words(
        50,
        about="The rule's code, unique in its category. It identifies the rule.",
        examples=["precio_solo_con_tarifa"],
        pattern=NAME,
    )
    constraint_type: str = choice(
        "constraint_type",
        (
            "price_requires_tool",
            "variant_requires_tool",
            "docs_from_tool_only",
            "images_require_active",
            "images_narration_blocked",
        ),
        50,
        about="What the rule guards: prices, variants, documents, pictures, or talk about pictures.",
    )
    detection_pattern: str = words(
        500,
        about="A regular expression that finds the answers the rule is about.",
        examples=[r"\d+([.,]\d{2})?\s*(€|EUR|euros?)"],
    )
    required_tool: str = words(
        200,
        about="The tools of which one must have been used before such an answer, separated by |.",
        examples=["calcular_tarifa", "consultar_documentacion|consultar_elemento"],
    )
    error_injection: str = words(
        about="What the assistant is told instead, so that it looks the matter up.",
        examples=["No des precios sin haber calculado antes la tarifa."],
    )
    priority: int = whole(
        "priority", about="Which rule is looked at first: higher numbers before lower ones.", examples=[100], default=0
    )

    category: "VehicleCategory | None" = one("VehicleCategory", "constraints")
