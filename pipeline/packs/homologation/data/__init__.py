"""The catalogue for programs that read and write its rows: sessions, queries, pages, upserts.

What finds rows is a query (`Select`) and asks nobody: hand it to `session.scalars`, to `page`, or go on building it.
What needs more than one statement, or gives something else than rows, takes the session.
"""

from __future__ import annotations

from pipeline.database.page import Page, page
from pipeline.database.session import session
from pipeline.database.upsert import Upserted, upsert
from pipeline.packs.homologation.data.catalogue import active_elements, category
from pipeline.packs.homologation.data.inclusions import effective_elements
from pipeline.packs.homologation.data.search import (
    elements_by_keyword,
    tiers_by_rule,
    tiers_by_rule_range,
    warnings_by_trigger,
)
from pipeline.packs.homologation.effective import Effective

__all__ = [
    "Effective",
    "Page",
    "Upserted",
    "active_elements",
    "category",
    "effective_elements",
    "elements_by_keyword",
    "page",
    "session",
    "tiers_by_rule",
    "tiers_by_rule_range",
    "upsert",
    "warnings_by_trigger",
]
