"""The way of seed scripts: one `session.get` and one upsert per row, through the ORM.

`python -m benchmarks.seeds URL ELEMENTS related|alone`. With `related`, a `get` loads what its relationships say
(`lazy="selectin"`), so that the first of a category brings the rest of it along and later ones find their row in
memory: the way of the documents as written. With `alone`, every `get` is one statement for one row.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import lazyload

from benchmarks import catalogue
from pipeline.database.session import make_engine, make_sessions
from pipeline.model.pack import SEED_NAMESPACE
from pipeline.packs.homologation.tables import (
    Base,
    Element,
    ElementRequiredField,
    ElementWarningAssociation,
    TariffTier,
    TariffWarning,
    TierElementInclusion,
    VehicleCategory,
)


def _id(*steps: str) -> UUID:
    return uuid5(SEED_NAMESPACE, ":".join(steps))


async def _upsert(session: AsyncSession, model: type[Base], row_id: UUID, data: dict[str, Any]) -> None:
    options = [lazyload("*")] if session.info["alone"] else []
    existing = await session.get(model, row_id, options=options)
    if existing is None:
        session.add(model(id=row_id, **data))
        return
    for name, value in data.items():
        setattr(existing, name, value)


async def _seed_category(session: AsyncSession, slug: str, count: int) -> None:
    home, tier = _id("category", slug), _id("tier", slug, catalogue.TIER)
    await _upsert(session, VehicleCategory, home, catalogue.category(slug))
    await session.flush()
    await _upsert(session, TariffTier, tier, {"category_id": home, **catalogue.tier()})
    await session.flush()
    elements = [catalogue.element(slug, number) for number in range(1, count + 1)]
    for data in elements:
        own = {name: value for name, value in data.items() if name not in ("warnings", "required_fields")}
        await _upsert(session, Element, _id("element", slug, data["code"]), {"category_id": home, **own})
        await _seed_children(session, slug, home, data)
    await session.flush()
    for data in elements:
        included = {"tier_id": tier, "element_id": _id("element", slug, data["code"])}
        await _upsert(session, TierElementInclusion, _id("inclusion", slug, catalogue.TIER, data["code"]), included)
    await session.flush()


async def _seed_children(session: AsyncSession, slug: str, home: UUID, data: catalogue.Entry) -> None:
    element = _id("element", slug, data["code"])
    for item in data["warnings"]:
        own = {name: value for name, value in item.items() if name != "show_condition"}
        warning = _id("warning", slug, item["code"])
        await _upsert(session, TariffWarning, warning, {"owner_category_id": home, "element_id": element, **own})
        link = {"element_id": element, "warning_id": warning, "show_condition": item["show_condition"]}
        await _upsert(session, ElementWarningAssociation, _id("link", slug, data["code"], item["code"]), link)
    for item in data["required_fields"]:
        field = _id("required_field", slug, data["code"], item["field_name"])
        await _upsert(session, ElementRequiredField, field, {"element_id": element, **item})


async def seed(url: str, elements: int, *, alone: bool) -> None:
    """Write the whole catalogue, one row at a time, in one transaction."""
    engine = make_engine(url)
    async with make_sessions(engine)(info={"alone": alone}) as session:
        for slug, count in catalogue.categories(elements):
            await _seed_category(session, slug, count)
        await session.commit()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(seed(sys.argv[1], int(sys.argv[2]), alone=sys.argv[3] == "alone"))
