"""Which cases that nobody has closed still need what a plan retires."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.hooks import Access
from pipeline.database.tables import tables
from pipeline.model.address import Address
from pipeline.model.pack import Pack
from pipeline.packs.homologation.tables.cases import CLOSED_STATES
from pipeline.plan.hazard import Use

READS = (
    Access(
        "cases", ("id", "conversation_id", "status", "category_id", "tariff_tier_id", "element_codes", "created_at")
    ),
)
NAMED = 10
"""How many cases are named; the others are counted."""


async def open_cases(connection: AsyncConnection, pack: Pack, ids: Mapping[Address, Any]) -> Sequence[Use]:
    """How many open cases refer to each category, tier or element, and the oldest of them, in one statement.

    A case is known to people by the number of its conversation. It names its elements by their codes: those of its
    category, or, as long as it has none, of any.
    """
    sought = {
        (address.kind, id_): address for address, id_ in ids.items() if address.kind in ("category", "tier", "element")
    }
    if not sought:
        return ()
    references = sa.union_all(*_references(pack, sought)).subquery()
    oldest = aggregate_order_by(references.c.name, references.c.since, references.c.name)
    named = sa.func.array_agg(oldest, type_=sa.ARRAY(sa.Text))[1:NAMED]
    columns = (references.c.kind, references.c.id)
    found = await connection.execute(sa.select(*columns, sa.func.count(), named).group_by(*columns))
    return [Use(sought[kind, id_], _note(count, names)) for kind, id_, count, names in found.all()]


def _references(pack: Pack, sought: Collection[tuple[str, Any]]) -> Iterator[sa.Select[Any]]:
    """A row for each open case and each thing it refers to: kind and id of that, name and age of the case."""
    cases, elements = tables(pack)["cases"], tables(pack)["elements"]
    told = (cases.c.id.label("case"), cases.c.conversation_id.label("name"), cases.c.created_at.label("since"))
    still_open = cases.c.status.not_in(CLOSED_STATES)

    def among(kind: str, column: sa.Column[Any]) -> Any:
        return column == sa.any_(sa.bindparam(None, [id_ for name, id_ in sought if name == kind], sa.ARRAY(sa.Uuid)))

    for kind, column in (("category", cases.c.category_id), ("tier", cases.c.tariff_tier_id)):
        yield sa.select(_kind(kind), column.label("id"), *told).where(still_open, among(kind, column))
    code = _codes(cases.c.element_codes)
    same_category = sa.or_(cases.c.category_id == elements.c.category_id, cases.c.category_id.is_(None))
    of_elements = sa.select(_kind("element"), elements.c.id, *told).distinct().select_from(cases, code, elements)
    yield of_elements.where(still_open, elements.c.code == code.c.code, same_category, among("element", elements.c.id))


def _codes(column: sa.Column[Any]) -> sa.FromClause:
    """Each code of a list, as a row: so cases and elements meet in one pass. What is no list has none."""
    nothing = sa.cast(sa.literal("[]", sa.Text), JSONB)
    listed = sa.case((sa.func.jsonb_typeof(column) == "array", column), else_=nothing)
    found = sa.func.jsonb_array_elements_text(listed).table_valued(sa.column("code", sa.Text))
    return found.render_derived(name="named").lateral()


def _kind(name: str) -> sa.Label[str]:
    return sa.literal(name, sa.Text).label("kind")


def _note(count: int, names: Sequence[str]) -> str:
    rest = f" and {count - len(names)} more" if count > len(names) else ""
    return f"{count} open case{'' if count == 1 else 's'}: {', '.join(names)}{rest}"
