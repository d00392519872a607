"""Flags: what a person should look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from pipeline.packs.contracts.tables import Document, Flag, Obligation

Entity: TypeAlias = Document | Obligation


async def open_flags(session: AsyncSession, entity: Entity) -> Sequence[Flag]:
    """The flags of a document or an obligation that nobody has dealt with, oldest first. One statement."""
    statement = select(Flag).where(Flag.entity_type == _type(entity), Flag.entity_id == entity.id, ~col(Flag.resolved))
    return (await session.scalars(statement.order_by(col(Flag.created_at), col(Flag.id)))).all()


async def raise_flag(session: AsyncSession, entity: Entity, flag_type: str, message: str | None = None) -> Flag:
    """A new flag, sent at once. The database refuses one about a row that is not there, or of a type it does not know
    (IntegrityError)."""
    flag = Flag(entity_type=_type(entity), entity_id=entity.id, flag_type=flag_type, message=message)
    session.add(flag)
    await session.flush()
    await session.refresh(flag)
    return flag


async def resolve_flag(session: AsyncSession, flag: UUID, *, resolved: bool = True) -> Flag | None:
    """The flag, dealt with, or open again; None where there is none of that id. The database notes the time."""
    changed = update(Flag).where(col(Flag.id) == flag).values(resolved=resolved).returning(Flag)
    found = await session.scalars(changed, execution_options={"populate_existing": True})
    return found.one_or_none()


def _type(entity: Entity) -> str:
    return "document" if isinstance(entity, Document) else "obligation"
