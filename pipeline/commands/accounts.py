"""The accounts of the homologation system's administration panel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pipeline.commands.catalog import Catalog
from pipeline.commands.databases import database, newest
from pipeline.commands.plans import author
from pipeline.config import Settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from pipeline.packs.homologation.data.admin import NewUser, User

PACK = "homologation"


async def create_user(settings: Settings, catalog: Catalog, new: NewUser) -> None:
    """Make an account. Raises AccountError where that cannot be."""
    from pipeline.packs.homologation.data import admin

    async with _session(settings, catalog) as session:
        await admin.create_user(session, new, actor=author(settings).actor)


async def users(settings: Settings, catalog: Catalog) -> list[User]:
    """All accounts, by name."""
    from pipeline.packs.homologation.data import admin

    async with _session(settings, catalog) as session:
        return await admin.users(session)


async def deactivate_user(settings: Settings, catalog: Catalog, username: str) -> None:
    """Switch an account off. Raises AccountError where that cannot be."""
    from pipeline.packs.homologation.data import admin

    async with _session(settings, catalog) as session:
        await admin.deactivate_user(session, username, actor=author(settings).actor)


@asynccontextmanager
async def _session(settings: Settings, catalog: Catalog) -> AsyncIterator[AsyncSession]:
    """A session on a database with the newest tables, which finds them in the schema that they lie in."""
    from pipeline.database.session import session

    async with database(settings, catalog) as engine:
        async with newest(engine, catalog, PACK) as (_, (pack,)):
            placed = engine.execution_options(schema_translate_map={None: pack.schema})
        async with session(placed) as opened:
            yield opened
