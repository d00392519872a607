"""What the tables let in, in a real PostgreSQL, and what the classes read from it."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from pipeline.database.session import make_sessions
from pipeline.packs.homologation.tables import (
    AdditionalService,
    Base,
    BaseDocumentation,
    Element,
    ElementImage,
    ElementRequiredField,
    ElementWarningAssociation,
    TariffPromptSection,
    TariffTier,
    TariffWarning,
    TierElementInclusion,
    VehicleCategory,
)
from tests.packs.homologation.rows import Rows, counted, rules


async def test_what_is_not_written_gets_the_default_that_the_column_promises(rows: Rows) -> None:
    for table in Base.metadata.sorted_tables:
        row = await rows.connection.fetchrow(f"SELECT * FROM {table.name}")  # noqa: S608
        assert row is not None
        assert row.get("is_active", True) is True
        assert isinstance(row["created_at"], datetime)
        assert row["created_at"].tzinfo is not None
        assert row["created_at"] == row.get("updated_at", row["created_at"])
        written = rows.least(table.name)
        for column in table.columns:
            if "default" in column.info and column.name not in written:
                found = row[column.name]
                assert found == column.info["default"], column


@pytest.mark.parametrize("table", [table.name for table in Base.metadata.sorted_tables if rules(table)])
async def test_value_lists_and_ranges_let_in_what_they_say_and_nothing_else(rows: Rows, table: str) -> None:
    for rule in rules(Base.metadata.tables[table]).values():
        for value in rule.bad:
            with pytest.raises(asyncpg.CheckViolationError) as refused:
                await rows.insert(table, **{rule.column: value})
            assert refused.value.constraint_name == f"ck_{table}_{rule.column}"
        for value in rule.good:
            made = await rows.connection.execute(
                f'UPDATE {table} SET "{rule.column}" = $1 WHERE id = $2',  # noqa: S608
                value,
                rows.ids[table],
            )
            assert made == "UPDATE 1"


@pytest.mark.parametrize(
    ("table", "change", "constraint"),
    [
        ("tariff_tiers", {"min_elements": 3, "max_elements": 2}, "min_elements_max_elements"),
        ("tier_element_inclusions", {"element_id": None}, "one_target"),
        ("tier_element_inclusions", {"min_quantity": 2, "max_quantity": 1}, "min_quantity_max_quantity"),
        ("warnings", {"element_id": None}, "one_scope"),
    ],
)
async def test_rules_over_several_columns(rows: Rows, table: str, change: dict[str, Any], constraint: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await rows.insert(table, **change)
    assert refused.value.constraint_name == f"ck_{table}_{constraint}"


def test_every_check_is_a_list_a_range_or_tried_by_hand() -> None:
    tables = Base.metadata.sorted_tables
    checks = {str(c.name) for table in tables for c in table.constraints if isinstance(c, sa.CheckConstraint)}
    assert checks - {rule.constraint for table in tables for rule in rules(table).values()} == {
        "ck_tariff_tiers_min_elements_max_elements",
        "ck_tier_element_inclusions_min_quantity_max_quantity",
        "ck_tier_element_inclusions_one_target",
        "ck_tier_element_inclusions_tier_id_included_tier_id",
        "ck_warnings_one_scope",
    }


async def test_a_warning_is_about_one_thing_and_an_inclusion_of_one_thing(rows: Rows) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="one_scope"):
        await rows.insert("warnings", code="both", tier_id=rows.ids["tariff_tiers"])
    with pytest.raises(asyncpg.CheckViolationError, match="one_target"):
        await rows.insert("tier_element_inclusions", included_tier_id=rows.ids["tariff_tiers"])
    with pytest.raises(asyncpg.CheckViolationError, match="tier_id_included_tier_id"):
        await rows.insert("tier_element_inclusions", element_id=None, included_tier_id=rows.ids["tariff_tiers"])


UNIQUE = [
    table.name
    for table in Base.metadata.sorted_tables
    if any(isinstance(constraint, sa.UniqueConstraint) for constraint in table.constraints)
]


@pytest.mark.parametrize("table", UNIQUE)
async def test_a_natural_key_stands_once(rows: Rows, table: str) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await rows.insert(table)


async def test_a_global_code_stands_once_and_beside_a_categorys(rows: Rows) -> None:
    for table in ("additional_services", "response_constraints"):
        with pytest.raises(asyncpg.UniqueViolationError):
            await rows.insert(table, category_id=None)
        await rows.insert(table, category_id=rows.ids["vehicle_categories"])


async def test_one_warning_code_in_two_categories(rows: Rows) -> None:
    other = await rows.insert("vehicle_categories", slug="other")
    await rows.insert("warnings", owner_category_id=other)


async def test_a_parent_that_goes_leaves_its_variants_and_conditions(rows: Rows) -> None:
    element, field = rows.ids["elements"], rows.ids["element_required_fields"]
    variant = await rows.insert("elements", code="VARIANT", parent_element_id=element)
    dependent = await rows.insert(
        "element_required_fields", element_id=variant, field_name="then", condition_field_id=field
    )
    await rows.connection.execute("DELETE FROM elements WHERE id = $1", element)
    assert await rows.connection.fetchval("SELECT parent_element_id FROM elements WHERE id = $1", variant) is None
    kept = "SELECT condition_field_id FROM element_required_fields WHERE id = $1"
    assert await rows.connection.fetchval(kept, dependent) is None
    assert await rows.connection.fetchval("SELECT count(*) FROM element_images") == 0


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("elements.keywords", ["escape"]),
        ("elements.aliases", ["silencioso"]),
        ("elements.multi_select_keywords", ["ambas"]),
        ("warnings.trigger_conditions", {"element_keywords": ["glp"]}),
        ("tariff_tiers.classification_rules", {"must_include": ["SUBCHASIS"]}),
        ("cases.element_codes", ["ESCAPE"]),
        ("regulatory_documents.tags", ["motos"]),
    ],
)
async def test_what_is_searched_by_containment_has_an_index(rows: Rows, column: str, wanted: object) -> None:
    table, name = column.split(".")
    await rows.connection.execute("SET enable_seqscan = off")
    plan = await rows.connection.fetch(
        f"EXPLAIN SELECT id FROM {table} WHERE {name} @> '{json.dumps(wanted)}'"  # noqa: S608
    )
    assert f"ix_{table}_{name}" in "\n".join(line for (line,) in plan)


async def test_absent_json_is_null_in_sql(engine: AsyncEngine) -> None:
    category = VehicleCategory(slug="motos-part", name="Motocicletas", client_type="particular")
    element = Element(category=category, code="ESCAPE", name="Escape")
    assert element.keywords == []
    element.required_fields = [ElementRequiredField(field_name="marca", label="Marca", options=None)]
    async with make_sessions(engine)() as session:
        session.add(category)
        await session.commit()
        query = sa.text("SELECT options IS NULL FROM element_required_fields")
        assert (await session.scalars(query)).all() == [True]
        assert element.required_fields[0].validation_rules == {}
        assert element.created_at.tzinfo is not None


async def catalogue(engine: AsyncEngine, size: int = 12) -> None:
    """A category with some of everything and `size` elements, generations of four."""
    category = VehicleCategory(slug="motos-part", name="Motocicletas", client_type="particular")
    tiers = [TariffTier(code=f"T{number}", name="Tarifa", price=Decimal(100)) for number in range(1, 4)]
    elements: list[Element] = []
    for number in range(size):
        element = Element(category=category, code=f"E{number}", name="Elemento", sort_order=number)
        element.parent = elements[number - 4] if number >= 4 else None
        element.images = [ElementImage(title=title, url="/x.jpg") for title in ("Una", "Dos")]
        field = ElementRequiredField(field_name="marca", label="Marca")
        element.required_fields = [
            field,
            ElementRequiredField(field_name="modelo", label="Modelo", condition_field=field),
        ]
        about = TariffWarning(code=f"w{number}", message="Aviso", owner_category=category, element=element)
        element.warning_associations = [ElementWarningAssociation(element=element, warning=about)]
        elements.append(element)
    for tier in tiers:
        tier.inclusions = [TierElementInclusion(element=element) for element in elements]
        tier.warnings = [TariffWarning(code=f"w{tier.code}", message="Aviso", owner_category=category)]
    tiers[0].inclusions.append(TierElementInclusion(included_tier=tiers[1]))
    category.tiers = tiers
    category.documents = [BaseDocumentation(code="ficha", title="Ficha", description="La ficha")]
    category.services = [AdditionalService(code="urgencia", name="Urgencia", price=Decimal(10))]
    category.prompt_sections = [TariffPromptSection(section_type="footer", content="Fin")]
    category.warnings = [TariffWarning(code="general", message="Aviso", owner_category=category)]
    async with make_sessions(engine)() as session:
        session.add(category)
        await session.commit()


async def test_a_category_is_loaded_whole_and_nothing_late(engine: AsyncEngine) -> None:
    await catalogue(engine)
    async with make_sessions(engine)() as session:
        category = (await session.scalars(select(VehicleCategory))).one()
        with counted(engine) as late:
            eldest, youngest = category.elements[0], category.elements[8]
            assert [child.code for child in eldest.children] == ["E4"]
            assert [child.code for child in eldest.children[0].children] == ["E8"]
            assert youngest.parent is not None
            assert youngest.parent.parent is eldest
            assert youngest.category is category
            assert [field.field_name for field in youngest.required_fields] == ["marca", "modelo"]
            assert youngest.required_fields[1].condition_field is youngest.required_fields[0]
            assert len(youngest.images) == 2
            assert youngest.warning_associations[0].warning.element is youngest
            assert [tier.code for tier in category.tiers] == ["T1", "T2", "T3"]
            assert len(category.tiers[0].inclusions) == 13
            assert [len(category.documents), len(category.services), len(category.prompt_sections)] == [1, 1, 1]
            assert len(category.owned_warnings) == 16
            assert [warning.code for warning in category.warnings] == ["general"]
        assert late == []


async def test_an_element_is_loaded_with_its_family(engine: AsyncEngine) -> None:
    await catalogue(engine)
    async with make_sessions(engine)() as session:
        element = (await session.scalars(select(Element).where(Element.code == "E0"))).one()
        with counted(engine) as late:
            assert [child.code for child in element.children] == ["E4"]
            assert [child.code for child in element.children[0].children] == ["E8"]
            assert element.parent is None
            assert element.category.slug == "motos-part"
            assert element.inclusions[0].tier.code.startswith("T")
        assert late == []


@pytest.mark.parametrize("asked", [VehicleCategory, TariffTier, Element, ElementRequiredField, TariffWarning])
async def test_loading_takes_as_many_statements_however_many_rows(engine: AsyncEngine, asked: type[Base]) -> None:
    sent = []
    for size in (9, 27):
        await catalogue(engine, size)
        with counted(engine) as statements:
            async with make_sessions(engine)() as session:
                assert (await session.scalars(select(asked))).all()
        sent.append(len(statements))
        async with make_sessions(engine)() as session:
            await session.delete((await session.scalars(select(VehicleCategory))).one())
            await session.commit()
    assert sent[0] == sent[1] <= 40


async def test_deleting_a_category_takes_all_that_is_its_own(engine: AsyncEngine) -> None:
    await catalogue(engine)
    async with make_sessions(engine)() as session:
        await session.delete((await session.scalars(select(VehicleCategory))).one())
        await session.commit()
    async with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            assert await connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
