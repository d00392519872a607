"""Which database this is."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.plan.planfile import Database

_IDENTITY = sa.text("SELECT current_database(), system_identifier::text FROM pg_control_system()")


async def identify(connection: AsyncConnection) -> Database:
    """The database's name, and the identifier that its server was given when its files were made.

    A server that does not tell raises DatabaseError: then no plan can be tied to it.
    """
    name, system = (await connection.execute(_IDENTITY)).one()
    return Database(name, system)
