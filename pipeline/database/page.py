"""One page of what a query finds, and how much there is in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """The items of page `page`, counted from 1, of `pages`; `total` items on all of them.

    A page behind the last holds no items, and where there are none at all there are no pages.
    """

    items: tuple[T, ...]
    total: int
    page: int
    pages: int


async def page(session: AsyncSession, query: sa.Select[T], number: int = 1, size: int = 20) -> Page[T]:
    """Page `number` of what the query selects of one class, `size` items long.

    Two statements, and one where the page is empty, beside those that the query's own options ask for. Rows that
    the query's order leaves equal are ordered by their primary key, so that none stands on two pages. A limit of the
    query's own does not count.
    Raises ValueError where number or size is less than 1, or the query does not select from a class.
    """
    if number < 1 or size < 1:
        raise ValueError(f"a page has a number and a size from 1 on, not {number} and {size}")
    ties = _primary_key(query)
    everything = query.order_by(None).limit(None).offset(None).subquery()
    total = await session.scalar(sa.select(sa.func.count()).select_from(everything)) or 0
    skipped = (number - 1) * size
    items: tuple[T, ...] = ()
    if skipped < total:
        items = tuple(await session.scalars(query.order_by(*ties).offset(skipped).limit(size)))
    return Page(items, total, number, -(-total // size))


def _primary_key(query: sa.Select[Any]) -> list[Any]:
    """The primary key of the class that the query selects from, or of its alias."""
    entity = query.column_descriptions[0].get("entity")
    if entity is None:
        raise ValueError("only a query that selects from a class has pages")
    mapper = sa.inspect(entity).mapper
    return [getattr(entity, mapper.get_property_by_column(column).key) for column in mapper.primary_key]
