"""The catalogue in its order: the elements of a category, and a category with everything it has."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import raiseload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import col

from pipeline.packs.homologation.tables import (
    Element,
    ElementRequiredField,
    ElementWarningAssociation,
    TariffTier,
    TierElementInclusion,
    VehicleCategory,
)


def rows_alone() -> ORMOption:
    """Load what a query selects and nothing along with it.

    A query asks for more by options of its own, such as `selectinload(Element.images)`. A relationship that nobody
    asked for raises when it is looked at, unless its row is at hand: never a statement per row.
    """
    return raiseload("*", sql_only=True)


def of_category(slug: str, column: Any) -> sa.ColumnElement[bool]:
    """Whether a column holds the id of the category."""
    wanted = sa.select(col(VehicleCategory.id)).where(col(VehicleCategory.slug) == slug).scalar_subquery()
    found: sa.ColumnElement[bool] = column == wanted
    return found


def active_elements(slug: str, *, base_only: bool = False) -> sa.Select[Element]:
    """The category's elements in use, by sort_order and then by code; `base_only` leaves out those with a parent."""
    query = sa.select(Element).where(of_category(slug, col(Element.category_id)), col(Element.is_active))
    if base_only:
        query = query.where(col(Element.parent_element_id).is_(None))
    return query.order_by(col(Element.sort_order), col(Element.code)).options(rows_alone())


async def category(session: AsyncSession, slug: str) -> VehicleCategory | None:
    """The category with everything it has, retired rows too; None where there is none.

    Tiers with inclusions and warnings; elements with variants, images, required fields, warnings and associations;
    documents, services, prompt sections, constraints and warnings. Each relationship takes one statement for
    every 500 rows that may have it, and none is loaded later: what is not named here raises when it is looked at,
    except for what points back up (`element.category`) while the session is open.
    """
    query = sa.select(VehicleCategory).where(col(VehicleCategory.slug) == slug)
    found: VehicleCategory | None = await session.scalar(query.options(*_WHOLE))
    return found


def _along(attribute: Any, *below: Any) -> Any:
    return selectinload(attribute).options(*below)


_WHOLE = (
    rows_alone(),
    _along(
        VehicleCategory.tiers,
        _along(
            TariffTier.inclusions,
            _along(TierElementInclusion.element),
            _along(TierElementInclusion.included_tier),
        ),
        _along(TariffTier.warnings),
    ),
    _along(
        VehicleCategory.elements,
        _along(Element.parent),
        _along(Element.children),
        _along(Element.images),
        _along(Element.required_fields, _along(ElementRequiredField.condition_field)),
        _along(Element.warnings),
        _along(Element.warning_associations, _along(ElementWarningAssociation.warning)),
    ),
    _along(VehicleCategory.documents),
    _along(VehicleCategory.services),
    _along(VehicleCategory.prompt_sections),
    _along(VehicleCategory.constraints),
    _along(VehicleCategory.warnings),
    _along(VehicleCategory.owned_warnings),
)
