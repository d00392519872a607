"""What JSON columns hold: elements by keyword, tiers by rule, warnings by what brings them up.

Containment (`@>`) is what the columns' GIN indexes serve.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlmodel import col

from pipeline.packs.homologation.data.catalogue import of_category, rows_alone
from pipeline.packs.homologation.tables import Element, TariffTier, TariffWarning


def elements_by_keyword(slug: str, *words: str, every: bool = False) -> sa.Select[Element]:
    """The category's elements in use that have one of the words among their keywords, or, if asked, every one.

    A word is compared as it stands, upper and lower case included. Ordered by sort_order and then by code.
    """
    found = _holds(Element.keywords, list(words)) if every else _any(Element.keywords, ([word] for word in words))
    query = sa.select(Element).where(of_category(slug, col(Element.category_id)), col(Element.is_active), found)
    return query.order_by(col(Element.sort_order), col(Element.code)).options(rows_alone())


def tiers_by_rule(slug: str, **rules: Any) -> sa.Select[TariffTier]:
    """The category's tiers in use whose classification rules hold all of these.

    Of a list they hold at least what is asked for: `must_include=["SUBCHASIS"]`. Ordered by sort_order and code.
    """
    return _tiers(slug, _holds(TariffTier.classification_rules, rules))


def tiers_by_rule_range(
    slug: str, rule: str, *, at_least: int | None = None, at_most: int | None = None
) -> sa.Select[TariffTier]:
    """The category's tiers in use whose classification rules have a number called `rule` in the range.

    An index cannot help here; a category has few tiers. Ordered by sort_order and code.
    """
    number = col(TariffTier.classification_rules)[rule]
    limits = {name: limit for name, limit in (("low", at_least), ("high", at_most)) if limit is not None}
    signs = {"low": "@ >= $low", "high": "@ <= $high"}
    path = " && ".join(['@.type() == "number"', *(signs[name] for name in limits)])
    inside = sa.func.jsonb_path_exists(number, sa.cast(f"$ ? ({path})", JSONPATH), sa.cast(limits, JSONB))
    return _tiers(slug, inside)


def warnings_by_trigger(slug: str, *words: str, always: bool = True) -> sa.Select[TariffWarning]:
    """The category's warnings in use that one of the words brings up, and, unless told otherwise, those always shown.

    Whatever they are about: the category, a tier or an element. Ordered by code.
    """
    wanted: list[Mapping[str, Any]] = [{"element_keywords": [word]} for word in words]
    if always:
        wanted.append({"always_show": True})
    query = sa.select(TariffWarning).where(
        of_category(slug, col(TariffWarning.owner_category_id)),
        col(TariffWarning.is_active),
        _any(TariffWarning.trigger_conditions, wanted),
    )
    return query.order_by(col(TariffWarning.code)).options(rows_alone())


def _tiers(slug: str, condition: sa.ColumnElement[bool]) -> sa.Select[TariffTier]:
    query = sa.select(TariffTier).where(
        of_category(slug, col(TariffTier.category_id)), col(TariffTier.is_active), condition
    )
    return query.order_by(col(TariffTier.sort_order), col(TariffTier.code)).options(rows_alone())


def _any(column: Any, documents: Iterable[object]) -> sa.ColumnElement[bool]:
    """Whether the column holds one of the documents: none of none."""
    return sa.or_(sa.false(), *(_holds(column, document) for document in documents))


def _holds(column: Any, document: object) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = col(column).contains(document)
    return found
