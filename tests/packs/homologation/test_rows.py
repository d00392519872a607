"""What the tables let in, in a real PostgreSQL, and what the classes read from it."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
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

Ids = dict[str, uuid.UUID]

# Of what is optional, what a row must have all the same: exactly one of several.
CHOSEN = {"tier_element_inclusions": ["element_id"], "warnings": ["element_id"]}


@pytest.fixture
async def rows(database: str) -> AsyncIterator[Rows]:
    """A connection, and one row in every table that holds no more than it must."""
    connection = await asyncpg.connect(database)
    made = Rows(connection)
    for table in Base.metadata.sorted_tables:
        made.ids[table.name] = await made.insert(table.name)
    yield made
    await connection.close()


class Rows:
    """Rows made of what the tables' own examples say."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self.connection = connection
        self.ids: Ids = {}

    def least(self, name: str) -> dict[str, Any]:
        """The columns that a row must have."""
        table = Base.metadata.tables[name]
        chosen = CHOSEN.get(name, [])
        needed = [c for c in table.c if c.name in chosen or (not c.nullable and c.server_default is None)]
        return {column.name: self.value(column) for column in needed}

    def value(self, column: sa.Column[Any]) -> Any:
        """The id that a reference holds, or the column's first example."""
        if column.foreign_keys:
            return self.ids[next(iter(column.foreign_keys)).column.table.name]
        example = column.info["examples"][0]
        return Decimal(example) if isinstance(column.type, sa.Numeric) else example

    async def insert(self, name: str, /, **more: Any) -> uuid.UUID:
        """Insert a row of the least columns, changed or completed by `more`; its id."""
        values = {**self.least(name), **more}
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        statement = f"INSERT INTO {name} ({', '.join(values)}) VALUES ({places}) RETURNING id"  # noqa: S608
        made: uuid.UUID = await self.connection.fetchval(statement, *values.values())
        return made


async def test_what_is_not_written_gets_the_default_that_the_column_promises(rows: Rows) -> None:
    for table in Base.metadata.sorted_tables:
        row = await rows.connection.fetchrow(f"SELECT * FROM {table.name}")  # noqa: S608
        assert row is not None
        assert row["is_active"] is True
        assert isinstance(row["created_at"], datetime)
        assert row["created_at"].tzinfo is not None
        assert row["created_at"] == row["updated_at"]
        written = rows.least(table.name)
        for column in table.columns:
            if column.info["managed"] and column.name not in written:
                found = row[column.name]
                assert found == column.info["default"], column


SECOND = {"code": "OTHER", "slug": "other", "title": "Other", "key": "other", "field_name": "other"}


@pytest.mark.parametrize(
    ("table", "change", "constraint"),
    [
        ("vehicle_categories", {"client_type": "company"}, "client_type"),
        ("tariff_tiers", {"price": Decimal("-0.01")}, "price"),
        ("tariff_tiers", {"min_elements": -1}, "min_elements"),
        ("tariff_tiers", {"max_elements": 0}, "max_elements"),
        ("tariff_tiers", {"min_elements": 3, "max_elements": 2}, "min_elements_max_elements"),
        ("additional_services", {"price": Decimal(-5)}, "price"),
        ("tariff_prompt_sections", {"section_type": "poem"}, "section_type"),
        ("tariff_prompt_sections", {"version": 0}, "version"),
        ("element_images", {"image_type": "film"}, "image_type"),
        ("element_images", {"status": "lost"}, "status"),
        ("element_required_fields", {"field_type": "date"}, "field_type"),
        ("element_required_fields", {"condition_operator": "like"}, "condition_operator"),
        ("tier_element_inclusions", {"element_id": None}, "one_target"),
        ("tier_element_inclusions", {"min_quantity": -1}, "min_quantity"),
        ("tier_element_inclusions", {"max_quantity": -1}, "max_quantity"),
        ("tier_element_inclusions", {"min_quantity": 2, "max_quantity": 1}, "min_quantity_max_quantity"),
        ("warnings", {"severity": "fatal"}, "severity"),
        ("warnings", {"element_id": None}, "one_scope"),
        ("element_warning_associations", {"show_condition": "never"}, "show_condition"),
        ("element_warning_associations", {"threshold_quantity": -1}, "threshold_quantity"),
        ("system_settings", {"value_type": "float"}, "value_type"),
        ("response_constraints", {"constraint_type": "none"}, "constraint_type"),
    ],
)
async def test_rules_of_the_tables(rows: Rows, table: str, change: dict[str, Any], constraint: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await rows.insert(table, **change)
    assert refused.value.constraint_name == f"ck_{table}_{constraint}"


async def test_a_warning_is_about_one_thing_and_an_inclusion_of_one_thing(rows: Rows) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="one_scope"):
        await rows.insert("warnings", code="both", tier_id=rows.ids["tariff_tiers"])
    with pytest.raises(asyncpg.CheckViolationError, match="one_target"):
        await rows.insert("tier_element_inclusions", included_tier_id=rows.ids["tariff_tiers"])
    with pytest.raises(asyncpg.CheckViolationError, match="tier_id_included_tier_id"):
        await rows.insert("tier_element_inclusions", element_id=None, included_tier_id=rows.ids["tariff_tiers"])


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
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


@contextmanager
def counted(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements that are sent while the block runs."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    sa.event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine.sync_engine, "before_cursor_execute", note)


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
