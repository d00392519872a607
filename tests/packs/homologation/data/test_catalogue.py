"""The catalogue in its order, with as many statements however many rows."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import selectinload

from pipeline.packs.homologation.data import active_elements, category, session
from pipeline.packs.homologation.tables import Element, VehicleCategory
from tests.packs.homologation.rows import counted
from tests.packs.homologation.test_rows import catalogue


@pytest.fixture
async def elements(engine: AsyncEngine) -> None:
    """Elements of two categories, made in no order."""
    async with session(engine) as opened:
        for slug in ("motos-part", "aseicars-prof"):
            home = VehicleCategory(slug=slug, name="x", client_type="particular")
            base = Element(category=home, code="B", name="x", sort_order=20)
            opened.add_all(
                [
                    base,
                    Element(category=home, code="C", name="x", sort_order=10),
                    Element(category=home, code="D", name="x", sort_order=5, parent=base),
                    Element(category=home, code="E", name="x", sort_order=1, is_active=False),
                    Element(category=home, code="A", name="x", sort_order=20),
                ]
            )


@pytest.mark.usefixtures("elements")
async def test_active_elements_in_order(engine: AsyncEngine) -> None:
    async with session(engine) as opened:
        found = (await opened.scalars(active_elements("motos-part"))).all()
        assert [element.code for element in found] == ["D", "C", "A", "B"]
        bases = (await opened.scalars(active_elements("motos-part", base_only=True))).all()
        assert [element.code for element in bases] == ["C", "A", "B"]
        assert (await opened.scalars(active_elements("nowhere"))).all() == []


async def test_elements_come_alone_unless_more_is_asked_for(engine: AsyncEngine) -> None:
    await catalogue(engine)
    async with session(engine) as opened:
        with counted(engine) as statements:
            (first, *_) = (await opened.scalars(active_elements("motos-part"))).all()
        assert len(statements) == 1
        with pytest.raises(InvalidRequestError, match=r"Element\.images"):
            _ = first.images
    async with session(engine) as opened:
        with counted(engine) as statements:
            query = active_elements("motos-part").options(selectinload(Element.images))  # type: ignore[arg-type]  # SQLModel types it as a list
            found = (await opened.scalars(query)).all()
            assert [len(element.images) for element in found] == [2] * 12
        assert len(statements) == 2


async def test_a_category_comes_with_everything_it_has(engine: AsyncEngine) -> None:
    await catalogue(engine)
    async with session(engine) as opened:
        found = await category(opened, "motos-part")
    assert found is not None
    with counted(engine) as late:
        first, youngest = found.elements[0], found.elements[8]
        assert [tier.code for tier in found.tiers] == ["T1", "T2", "T3"]
        assert [len(tier.warnings) for tier in found.tiers] == [1, 1, 1]
        assert sorted(row.element.code for row in found.tiers[1].inclusions if row.element) == sorted(
            element.code for element in found.elements
        )
        assert [row.included_tier.code for row in found.tiers[0].inclusions if row.included_tier] == ["T2"]
        assert [child.code for child in first.children] == ["E4"]
        assert youngest.parent is found.elements[4]
        assert [image.title for image in first.images] == ["Dos", "Una"]
        assert [field.field_name for field in first.required_fields] == ["marca", "modelo"]
        assert first.required_fields[1].condition_field is first.required_fields[0]
        assert [warning.code for warning in first.warnings] == ["w0"]
        assert [row.warning.code for row in first.warning_associations] == ["w0"]
        assert [row.code for row in found.documents] == ["ficha"]
        assert [row.code for row in found.services] == ["urgencia"]
        assert [row.section_type for row in found.prompt_sections] == ["footer"]
        assert [row.code for row in found.warnings] == ["general"]
        assert len(found.owned_warnings) == 16
        assert found.constraints == []
    assert late == []


async def test_what_points_back_up_is_at_hand_in_the_session(engine: AsyncEngine) -> None:
    await catalogue(engine)
    async with session(engine) as opened:
        found = await category(opened, "motos-part")
        assert found is not None
        with counted(engine) as late:
            assert found.elements[0].category is found
            assert found.tiers[0].inclusions[0].tier is found.tiers[0]
            assert found.elements[0].images[0].element is found.elements[0]
            with pytest.raises(InvalidRequestError, match=r"Element\.inclusions"):
                _ = found.elements[0].inclusions
        assert late == []


async def test_a_category_that_is_not_there(engine: AsyncEngine) -> None:
    async with session(engine) as opened:
        assert await category(opened, "nowhere") is None


async def test_a_category_takes_as_many_statements_however_many_rows(engine: AsyncEngine) -> None:
    sent = []
    for size in (12, 120):
        await catalogue(engine, size)
        async with session(engine) as opened:
            with counted(engine) as statements:
                found = await category(opened, "motos-part")
            assert found is not None
            assert len(found.elements) == size
        sent.append(len(statements))
        async with session(engine) as opened:
            await opened.execute(sa.delete(VehicleCategory))
    assert sent[0] == sent[1] <= 25
