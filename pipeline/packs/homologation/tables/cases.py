"""Cases: what a customer wants homologated, the pictures and data for it, and calls for a person's help."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index

from pipeline.database.columns import moment, searched, unique
from pipeline.database.operational import (
    amount,
    count,
    instant,
    line,
    link,
    measure,
    number,
    payload,
    prose,
    state,
    truth,
)
from pipeline.packs.homologation.tables.base import Changing, Operational, many, one

if TYPE_CHECKING:
    from pipeline.packs.homologation.tables.core import ConversationHistory, User
    from pipeline.packs.homologation.tables.tariff import TariffTier, VehicleCategory

CASE_STATES = (
    "collecting",
    "pending_images",
    "pending_review",
    "in_progress",
    "resolved",
    "cancelled",
    "abandoned",
)
CLOSED_STATES = ("resolved", "cancelled", "abandoned")


class Case(Changing, table=True):
    """An order to homologate a vehicle: its elements and price, the vehicle, the workshop and the new dimensions."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(None, "conversation_id"),
        Index(None, "conversation_id", "status"),
        Index(None, "status", "created_at"),
        Index(None, "user_id", "status"),
        searched("element_codes"),
    )

    conversation_id: str = line(100)  # Chatwoot's; a case outlives its conversation
    user_id: uuid.UUID | None = link("users.id", on_delete="SET NULL", null=True)
    status: str = state("status", CASE_STATES, 30, default="collecting", index=True)

    vehiculo_marca: str | None = line(100, null=True)
    vehiculo_modelo: str | None = line(100, null=True)
    vehiculo_anio: int | None = number(null=True)
    vehiculo_matricula: str | None = line(20, null=True)
    vehiculo_bastidor: str | None = line(50, null=True)  # the number on the frame

    category_id: uuid.UUID | None = link("vehicle_categories.id", on_delete="SET NULL", null=True)
    element_codes: list[str] = payload("[]")
    tariff_tier_id: uuid.UUID | None = link("tariff_tiers.id", on_delete="SET NULL", null=True)
    tariff_amount: Decimal | None = amount("tariff_amount", 10, 2)  # EUR, as it was quoted
    itv_nombre: str | None = line(200, null=True)  # the inspection station

    taller_propio: bool = truth(default=False)
    taller_nombre: str | None = line(200, null=True)
    taller_responsable: str | None = line(200, null=True)
    taller_domicilio: str | None = line(255, null=True)
    taller_provincia: str | None = line(100, null=True)
    taller_ciudad: str | None = line(100, null=True)
    taller_telefono: str | None = line(20, null=True)
    taller_registro_industrial: str | None = line(50, null=True)
    taller_actividad: str | None = line(200, null=True)

    cambio_plazas: bool | None = truth(null=True)
    plazas_iniciales: int | None = count("plazas_iniciales", null=True)
    plazas_finales: int | None = count("plazas_finales", null=True)
    cambio_altura: bool | None = truth(null=True)
    altura_final: float | None = measure("altura_final")
    cambio_ancho: bool | None = truth(null=True)
    ancho_final: float | None = measure("ancho_final")
    cambio_longitud: bool | None = truth(null=True)
    longitud_final: float | None = measure("longitud_final")

    escalation_id: uuid.UUID | None = link("escalations.id", on_delete="SET NULL", null=True, unique=True)
    notes: str | None = prose(null=True)
    metadata_: dict[str, Any] = payload("{}", name="metadata")
    completed_at: datetime | None = instant(null=True)
    resolved_at: datetime | None = instant(null=True)
    resolved_by: str | None = line(100, null=True)

    user: "User | None" = one("User", "cases", depth=1)
    category: "VehicleCategory | None" = one("VehicleCategory", depth=1)
    tariff_tier: "TariffTier | None" = one("TariffTier", depth=1)
    escalation: "Escalation | None" = one("Escalation", depth=1)
    images: list["CaseImage"] = many("CaseImage", "case", depth=1, order="CaseImage.created_at")
    element_data: list["CaseElementData"] = many("CaseElementData", "case", depth=1)


class CaseImage(Operational, table=True):
    """A picture that the customer sent for a case. Nobody has looked at it yet while `is_valid` is open."""

    __tablename__ = "case_images"
    __table_args__ = (unique("stored_filename"), Index(None, "element_code"))

    case_id: uuid.UUID = link("cases.id", on_delete="CASCADE")
    stored_filename: str = line(255)
    original_filename: str | None = line(255, null=True)
    mime_type: str = line(100, default="image/jpeg")
    file_size: int | None = count("file_size", null=True)  # bytes
    display_name: str = line(255)
    description: str | None = prose(null=True)
    element_code: str | None = line(50, null=True)
    image_type: str = state(
        "image_type", ("base_documentation", "element_photo", "other"), 50, default="base_documentation"
    )
    chatwoot_message_id: int | None = number(null=True, index=True)
    is_valid: bool | None = truth(null=True)
    validation_notes: str | None = prose(null=True)

    case: "Case" = one("Case", "images", depth=1)


class CaseElementData(Changing, table=True):
    """What a case has told of one of its elements: the answers to its required fields, and what is still missing."""

    __tablename__ = "case_element_data"
    __table_args__ = (unique("case_id", "element_code"), Index(None, "case_id", "status"))

    case_id: uuid.UUID = link("cases.id", on_delete="CASCADE")
    element_code: str = line(50)
    status: str = state("status", ("pending_photos", "pending_data", "completed"), 30, default="pending_photos")
    field_values: dict[str, Any] = payload("{}")  # answers by field_name
    photos_completed_at: datetime | None = instant(null=True)
    data_completed_at: datetime | None = instant(null=True)

    case: "Case" = one("Case", "element_data", depth=1)


class Escalation(Operational, table=True):
    """A conversation that the assistant, or an error, handed to a person."""

    __tablename__ = "escalations"
    __table_args__ = (Index(None, "status", "triggered_at"), Index(None, "triggered_at"))

    conversation_history_id: uuid.UUID = link("conversation_history.id", on_delete="CASCADE")
    user_id: uuid.UUID | None = link("users.id", on_delete="SET NULL", null=True)
    reason: str = prose()
    source: str = state("source", ("tool_call", "auto_escalation", "error"), 50, default="tool_call")
    status: str = state("status", ("pending", "in_progress", "resolved"), 20, default="pending", index=True)
    triggered_at: datetime = moment()
    resolved_at: datetime | None = instant(null=True)
    resolved_by: str | None = line(100, null=True)
    metadata_: dict[str, Any] = payload("{}", name="metadata")

    conversation: "ConversationHistory" = one("ConversationHistory", "escalations", depth=1)
    user: "User | None" = one("User", depth=1)
