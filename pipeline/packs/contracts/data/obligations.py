"""Obligations and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, selectinload
from sqlmodel import col, select

from pipeline.packs.contracts.kinds import IN_FORCE
from pipeline.packs.contracts.tables import Document, Evidence, Obligation, Organization


async def obligations_of(
    session: AsyncSession, organization: str, *, statuses: Sequence[str] | None = None
) -> Sequence[Obligation]:
    """The obligations of an organization with their documents and their evidence, oldest evidence first.

    Those in force, or those of the statuses. Two statements (and one more for every further 500 obligations), by
    document, clause and text.
    """
    wanted = statuses if statuses is not None else IN_FORCE
    statement = (
        select(Obligation)
        .join(Document, col(Obligation.doc_id) == col(Document.id))
        .join(Organization, col(Document.org_id) == col(Organization.id))
        .where(Organization.name == organization, col(Obligation.status).in_(wanted))
        .options(contains_eager(Obligation.document), selectinload(Obligation.evidence))  # type: ignore[arg-type]  # SQLModel types it as a list
        .order_by(Document.file_path, Obligation.source_clause, Obligation.obligation_text)
    )
    return (await session.scalars(statement)).all()


async def add_evidence(session: AsyncSession, obligation: Obligation, **said: Any) -> Evidence:
    """New evidence for an obligation, sent at once; `said` are the columns of Evidence. What is there already cannot
    be changed, so whoever knows better adds another row."""
    row = Evidence(**{"obligation_id": obligation.id, "doc_id": obligation.doc_id, **said})
    session.add(row)
    await session.flush()
    await session.refresh(row)
    return row
