"""What the pack asks the database beside the engine."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.hooks import Hooks
from pipeline.database.tables import tables
from pipeline.model.pack import Pack
from pipeline.packs.contracts.tables.base import ENTITY_TYPES

_ONE = {"obligation": "an obligation", "document": "a document"}


async def unsound(connection: AsyncConnection, pack: Pack) -> Sequence[str]:
    """Flags about rows that are gone: no foreign key can keep them, for they may be about two tables."""
    named = tables(pack)
    flags = named["flags"]
    said = []
    for entity in ENTITY_TYPES:
        there = named[f"{entity}s"]
        lost = (
            sa.select(flags.c.flag_type, sa.func.count())
            .where(flags.c.entity_type == entity, ~sa.exists().where(there.c.id == flags.c.entity_id))
            .group_by(flags.c.flag_type)
            .order_by(flags.c.flag_type)
        )
        for of_type, count in (await connection.execute(lost)).all():
            flagged = f"1 flag {of_type} is" if count == 1 else f"{count} flags {of_type} are"
            said.append(f"{flagged} about {_ONE[entity]} that does not exist any more: delete {_what(count)}.")
    return said


def _what(count: int) -> str:
    return "it" if count == 1 else "them"


HOOKS = Hooks(unsound=unsound)
