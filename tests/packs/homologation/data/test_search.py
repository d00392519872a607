"""What JSON columns hold, found by the indexes that are made for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, Executable

from pipeline.packs.homologation.data import (
    elements_by_keyword,
    session,
    tiers_by_rule,
    tiers_by_rule_range,
    upsert,
    warnings_by_trigger,
)
from pipeline.packs.homologation.tables import Element, TariffTier, TariffWarning, VehicleCategory


class Explain(Executable, ClauseElement):
    """How the server would carry out a query."""

    inherit_cache = False

    def __init__(self, query: sa.Select[Any]) -> None:
        self.query = query


@compiles(Explain)
def explain(element: Explain, compiler: Any, **more: Any) -> str:
    return f"EXPLAIN {compiler.process(element.query, **more)}"


ELEMENTS = {
    "ESCAPE": ["escape", "tubo de escape"],
    "SILENCIOSO": ["escape", "silencioso"],
    "FARO": ["faro", "luz"],
    "OTRO": [],
}
TIERS: dict[str, dict[str, Any]] = {
    "T1": {"requires_project": True, "must_include": ["SUBCHASIS", "HORQUILLA"], "priority": 1},
    "T2": {"requires_project": True, "priority": 2},
    "T6": {"requires_project": False, "priority": 6, "max_elements": 1},
    "T7": {"priority": "3"},
    "T8": {},
}
WARNINGS: dict[str, dict[str, Any]] = {
    "gas": {"element_keywords": ["glp", "gas"]},
    "luz": {"element_keywords": ["faro"]},
    "siempre": {"always_show": True},
    "nunca": {"always_show": False},
    "sin_mas": {},
}


@pytest.fixture(autouse=True)
async def catalogue(engine: AsyncEngine) -> None:
    """The same in two categories, of which one has retired all."""
    async with session(engine) as opened:
        for slug, used in (("motos-part", True), ("aseicars-prof", False)):
            home = VehicleCategory(slug=slug, name="x", client_type="particular")
            opened.add(home)
            for code, keywords in ELEMENTS.items():
                opened.add(Element(category=home, code=code, name="x", keywords=keywords, is_active=used))
            for code, rules in TIERS.items():
                opened.add(
                    TariffTier(
                        category=home,
                        code=code,
                        name="x",
                        price=Decimal(1),
                        classification_rules=rules,
                        is_active=used,
                    )
                )
            for code, when in WARNINGS.items():
                opened.add(
                    TariffWarning(
                        owner_category=home,
                        category=home,
                        code=code,
                        message="x",
                        trigger_conditions=when,
                        is_active=used,
                    )
                )


async def codes(engine: AsyncEngine, query: sa.Select[Any]) -> list[str]:
    async with session(engine) as opened:
        return [row.code for row in await opened.scalars(query)]


async def test_elements_by_keyword(engine: AsyncEngine) -> None:
    assert await codes(engine, elements_by_keyword("motos-part", "escape")) == ["ESCAPE", "SILENCIOSO"]
    assert await codes(engine, elements_by_keyword("motos-part", "faro", "silencioso")) == ["FARO", "SILENCIOSO"]
    assert await codes(engine, elements_by_keyword("motos-part", "escape", "silencioso", every=True)) == ["SILENCIOSO"]
    assert await codes(engine, elements_by_keyword("motos-part", "Escape")) == []
    assert await codes(engine, elements_by_keyword("motos-part")) == []
    assert len(await codes(engine, elements_by_keyword("motos-part", every=True))) == 4
    assert await codes(engine, elements_by_keyword("aseicars-prof", "escape")) == []


async def test_a_keyword_is_a_value_and_no_code(engine: AsyncEngine) -> None:
    assert await codes(engine, elements_by_keyword("motos-part", "' OR true --", '"]', "%")) == []


async def test_tiers_by_rule(engine: AsyncEngine) -> None:
    assert await codes(engine, tiers_by_rule("motos-part", requires_project=True)) == ["T1", "T2"]
    assert await codes(engine, tiers_by_rule("motos-part", requires_project=True, priority=2)) == ["T2"]
    assert await codes(engine, tiers_by_rule("motos-part", must_include=["HORQUILLA"])) == ["T1"]
    assert await codes(engine, tiers_by_rule("aseicars-prof", requires_project=True)) == []


async def test_tiers_by_the_range_of_a_number(engine: AsyncEngine) -> None:
    assert await codes(engine, tiers_by_rule_range("motos-part", "priority", at_least=2)) == ["T2", "T6"]
    assert await codes(engine, tiers_by_rule_range("motos-part", "priority", at_least=1, at_most=2)) == ["T1", "T2"]
    assert await codes(engine, tiers_by_rule_range("motos-part", "max_elements")) == ["T6"]
    assert await codes(engine, tiers_by_rule_range("motos-part", 'x")$')) == []


async def test_warnings_by_trigger(engine: AsyncEngine) -> None:
    assert await codes(engine, warnings_by_trigger("motos-part", "glp", "faro")) == ["gas", "luz", "siempre"]
    assert await codes(engine, warnings_by_trigger("motos-part", "glp", always=False)) == ["gas"]
    assert await codes(engine, warnings_by_trigger("motos-part")) == ["siempre"]
    assert await codes(engine, warnings_by_trigger("motos-part", always=False)) == []
    assert await codes(engine, warnings_by_trigger("aseicars-prof", "glp")) == []


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (elements_by_keyword("motos-part", "k1", "k2"), "ix_elements_keywords"),
        (elements_by_keyword("motos-part", "k1", "all", every=True), "ix_elements_keywords"),
        (tiers_by_rule("motos-part", must_include=["K1"]), "ix_tariff_tiers_classification_rules"),
        (warnings_by_trigger("motos-part", "k1"), "ix_warnings_trigger_conditions"),
    ],
)
async def test_an_index_serves(engine: AsyncEngine, query: sa.Select[Any], index: str) -> None:
    """In a catalogue where walking through a whole category would take longer."""
    async with session(engine) as opened:
        wanted = sa.select(VehicleCategory).where(VehicleCategory.slug == "motos-part")  # type: ignore[arg-type]  # SQLModel types it as bool
        home = (await opened.scalars(wanted)).one().id
        numbers = range(3000)
        same = {"name": "x", "category_id": home}
        elements = [same | {"code": f"E{number}", "keywords": ["all", f"k{number}"]} for number in numbers]
        tiers = [
            same | {"code": f"X{number}", "price": 1, "classification_rules": {"must_include": [f"K{number}"]}}
            for number in numbers
        ]
        warnings = [
            {"owner_category_id": home, "category_id": home, "code": f"w{number}", "message": "x"}
            | {"trigger_conditions": {"element_keywords": [f"k{number}"]}}
            for number in numbers
        ]
        await upsert(opened, Element, elements, key=["category_id", "code"])
        await upsert(opened, TariffTier, tiers, key=["category_id", "code"])
        await upsert(opened, TariffWarning, warnings, key=["owner_category_id", "code"])
        connection = await opened.connection()
        await connection.exec_driver_sql(f"SELECT gin_clean_pending_list('{index}')")  # as autovacuum does
        await connection.exec_driver_sql("ANALYZE")
        await connection.exec_driver_sql("SET enable_seqscan = off")
        assert index in "\n".join(await connection.scalars(Explain(query)))
        await opened.rollback()
