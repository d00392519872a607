"""Pages of what a query finds."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import aliased
from sqlmodel import col

from pipeline.database.page import Page, page
from pipeline.database.session import session
from pipeline.packs.homologation.tables import Policy
from tests.packs.homologation.rows import counted


@pytest.fixture
async def policies(engine: AsyncEngine) -> None:
    """Seven policies, all of one category but two."""
    async with session(engine) as opened:
        opened.add_all(Policy(key=f"p{n}", value="x", category="rare" if n > 5 else "most") for n in range(1, 8))


@pytest.mark.usefixtures("policies")
@pytest.mark.parametrize(("number", "items"), [(1, 3), (2, 3), (3, 1), (4, 0)])
async def test_a_page_and_the_total(engine: AsyncEngine, number: int, items: int) -> None:
    async with session(engine) as opened:
        with counted(engine) as statements:
            found = await page(opened, sa.select(Policy), number, 3)
    assert len(found.items) == items
    assert (found.total, found.page, found.pages) == (7, number, 3)
    assert len(statements) == (2 if items else 1)


async def test_nothing_has_no_pages(engine: AsyncEngine) -> None:
    async with session(engine) as opened:
        assert await page(opened, sa.select(Policy)) == Page((), 0, 1, 0)


@pytest.mark.usefixtures("policies")
async def test_what_the_order_leaves_equal_stands_on_one_page(engine: AsyncEngine) -> None:
    query = sa.select(Policy).order_by(col(Policy.category))
    async with session(engine) as opened:
        await opened.execute(sa.update(Policy).values(value="moved").where(col(Policy.key) == "p1"))
        pages = [await page(opened, query, number, 2) for number in range(1, 5)]
        whole = await page(opened, query, 1, 7)
    items = [policy for found in pages for policy in found.items]
    assert items == list(whole.items)
    assert items == sorted(items, key=lambda policy: (policy.category, policy.id))


@pytest.mark.usefixtures("policies")
@pytest.mark.parametrize(
    ("query", "total"),
    [
        (sa.select(col(Policy.category)).group_by(col(Policy.category), col(Policy.id)), 7),
        (sa.select(Policy).distinct(), 7),
        (sa.select(aliased(Policy, name="other")), 7),
        (sa.select(Policy).where(col(Policy.category) == "rare"), 2),
        (sa.select(Policy).order_by(col(Policy.key)).limit(4).offset(2), 7),
    ],
)
async def test_other_queries_have_pages_too(engine: AsyncEngine, query: sa.Select[Any], total: int) -> None:
    async with session(engine) as opened:
        found = await page(opened, query, 1, 10)
    assert (found.total, len(found.items)) == (total, total)


@pytest.mark.parametrize(("number", "size"), [(0, 1), (1, 0), (-1, 5)])
async def test_numbers_that_no_page_has(engine: AsyncEngine, number: int, size: int) -> None:
    async with session(engine) as opened:
        with pytest.raises(ValueError, match="from 1 on"):
            await page(opened, sa.select(Policy), number, size)


async def test_a_query_of_no_class(engine: AsyncEngine) -> None:
    async with session(engine) as opened:
        with pytest.raises(ValueError, match="selects from a class"):
            await page(opened, sa.select(sa.literal(1)))
