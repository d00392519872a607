"""Documents, by whom they bind."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from pipeline.packs.contracts.tables import Document, Organization


async def documents_by_party(
    session: AsyncSession, party: str, *, organization: str | None = None, retired: bool = False
) -> Sequence[Document]:
    """The documents that name a party, spelled exactly so, by path; of one organization if it is named.

    One statement, which the GIN index on the parties answers. Retired documents only where they are asked for.
    """
    statement = select(Document).where(col(Document.parties).contains([party]))
    if not retired:
        statement = statement.where(col(Document.is_active))
    if organization is not None:
        statement = statement.join(Organization).where(Organization.name == organization)
    return (await session.scalars(statement.order_by(Document.file_path, col(Document.id)))).all()
