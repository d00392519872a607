"""What a tier includes in the end, worked out by the database in one recursive query."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from pipeline.model.address import Key, path
from pipeline.packs.homologation.effective import Effective
from pipeline.packs.homologation.tables import Element, TariffTier, TierElementInclusion, VehicleCategory


async def effective_elements(session: AsyncSession, slug: str, tier: str) -> dict[Key, Effective]:
    """The elements that a tier of the category includes, directly or through other tiers, by key and sorted by it.

    The rules are those of `effective.effective`; one statement, which ends where tiers include each other, too.
    """
    found = {}
    for category, code, minimum, maximum, tiers in await session.execute(_query(slug, tier)):
        through = sorted((((at,), of) for at, of in tiers if (at, of) != (slug, tier)), key=path)
        found[(category,), code] = Effective(minimum, maximum, tuple(through))
    return {key: found[key] for key in sorted(found, key=path)}


def _query(slug: str, tier: str) -> sa.Select[Any]:
    """Category and code of each element, its limits, and the tiers they come from as [category, code]."""
    links = _links()
    reached = _reached(slug, tier, links)
    given = _given(_own(reached), links, reached)
    home, origin = aliased(VehicleCategory), aliased(VehicleCategory)
    root = _root(slug, tier).scalar_subquery()
    minimum, maximum = given.c.minimum, given.c.maximum
    sources = sa.distinct(sa.func.jsonb_build_array(col(origin.slug), col(TariffTier.code)))
    query: sa.Select[Any] = (
        sa.select(
            col(home.slug),
            col(Element.code),
            sa.case((sa.func.bool_or(minimum.is_(None)), None), else_=sa.func.min(minimum)),
            sa.case((sa.func.bool_or(maximum.is_(None)), None), else_=sa.func.max(maximum)),
            sa.func.jsonb_agg(sources),
        )
        .select_from(given)
        .join(Element, col(Element.id) == given.c.element_id)
        .join(home, col(home.id) == col(Element.category_id))
        .join(TariffTier, col(TariffTier.id) == given.c.source_id)
        .join(origin, col(origin.id) == col(TariffTier.category_id))
        .where(given.c.tier_id == root)
        .group_by(col(home.slug), col(Element.code))
    )
    return query


def _root(slug: str, tier: str) -> sa.Select[Any]:
    """The id of the tier, if it is in use."""
    return (
        sa.select(col(TariffTier.id).label("tier_id"))
        .join(VehicleCategory, col(VehicleCategory.id) == col(TariffTier.category_id))
        .where(col(VehicleCategory.slug) == slug, col(TariffTier.code) == tier, col(TariffTier.is_active))
    )


def _links() -> sa.CTE:
    """Which tier in use includes which as a whole, and the most that may come of it."""
    included = aliased(TariffTier)
    row = TierElementInclusion
    return (
        sa.select(col(row.tier_id), col(row.included_tier_id), col(row.max_quantity).label("maximum"))
        .join(TariffTier, (col(TariffTier.id) == col(row.tier_id)) & col(TariffTier.is_active))
        .join(included, (col(included.id) == col(row.included_tier_id)) & col(included.is_active))
        .where(col(row.is_active))
        .cte("links")
    )


def _reached(slug: str, tier: str, links: sa.CTE) -> sa.CTE:
    """The tier and all that it includes, directly or not."""
    found = _root(slug, tier).cte("reached", recursive=True)
    return found.union(sa.select(links.c.included_tier_id).join(found, links.c.tier_id == found.c.tier_id))


def _own(reached: sa.CTE) -> sa.CTE:
    """The elements in use that the tiers reached include themselves."""
    row = TierElementInclusion
    return (
        sa.select(
            col(row.tier_id),
            col(row.element_id),
            col(row.tier_id).label("source_id"),
            col(row.min_quantity).label("minimum"),
            col(row.max_quantity).label("maximum"),
        )
        .join(reached, reached.c.tier_id == col(row.tier_id))
        .join(Element, (col(Element.id) == col(row.element_id)) & col(Element.is_active))
        .where(col(row.is_active))
        .cte("own")
    )


def _given(own: sa.CTE, links: sa.CTE, reached: sa.CTE) -> sa.CTE:
    """What each tier gives: its own, and from the tiers it includes what it does not have itself.

    UNION drops rows that are there already, and there are only so many maxima: so it ends.
    """
    found = sa.select(own).cte("given", recursive=True)
    mine = own.alias("mine")
    has_it = sa.exists().where(mine.c.tier_id == links.c.tier_id, mine.c.element_id == found.c.element_id)
    inherited = (
        sa.select(
            links.c.tier_id,
            found.c.element_id,
            found.c.source_id,
            found.c.minimum,
            sa.func.least(found.c.maximum, links.c.maximum),
        )
        .select_from(found)
        .join(links, links.c.included_tier_id == found.c.tier_id)
        .join(reached, reached.c.tier_id == links.c.tier_id)
        .where(~has_it)
    )
    return found.union(inherited)
