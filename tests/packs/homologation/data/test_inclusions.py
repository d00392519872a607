"""What a tier includes in the end: the query and the function over states say the same of any rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from itertools import permutations, product
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from pipeline.commands.catalog import complete
from pipeline.database.read import read
from pipeline.database.session import make_engine
from pipeline.packs.homologation import PACK as BARE
from pipeline.packs.homologation.data import Effective, effective_elements, session
from pipeline.packs.homologation.effective import effective
from pipeline.packs.homologation.tables import Element, TariffTier, TierElementInclusion, VehicleCategory
from tests.packs.homologation.rows import counted

(PACK,) = complete((BARE,))
MOTOS, CAMPERS = (("motos-part",), ("aseicars-prof",))
TIERS = ((MOTOS, "T1"), (MOTOS, "T2"), (MOTOS, "T3"), (CAMPERS, "T1"))
ELEMENTS = ((MOTOS, "ESCAPE"), (CAMPERS, "ESCAPE"))
Name = tuple[tuple[str], str]


class Limits(NamedTuple):
    """The limits of an inclusion, and whether it is in use."""

    min_quantity: int | None
    max_quantity: int | None
    is_active: bool


class Graph(NamedTuple):
    """Tiers and what they include."""

    retired: frozenset[Name]
    elements: dict[tuple[Name, Name], Limits]
    tiers: dict[tuple[Name, Name], Limits]


def limits(low: int | None, more: int | None, active: bool) -> Limits:
    return Limits(low, None if more is None else more + (low or 0), active)


few = st.none() | st.integers(0, 2)
rows = st.builds(limits, few, few, st.sampled_from((True, True, True, False)))
graphs = st.builds(
    Graph,
    st.frozensets(st.sampled_from((*TIERS[1:], *ELEMENTS)), max_size=1),
    st.dictionaries(st.sampled_from(list(product(TIERS, ELEMENTS))), rows, min_size=1, max_size=7),
    st.dictionaries(st.sampled_from(list(permutations(TIERS, 2))), rows, min_size=3, max_size=12),
)


@pytest.fixture
def runner(database: str) -> Iterator[tuple[asyncio.Runner, AsyncEngine]]:
    """One loop and one engine for all examples of a property."""
    with asyncio.Runner() as made:
        engine = make_engine(database)
        yield made, engine
        made.run(engine.dispose())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=graphs)
def test_query_and_function_agree(runner: tuple[asyncio.Runner, AsyncEngine], graph: Graph) -> None:
    loop, engine = runner
    loop.run(agree(engine, graph))


async def agree(engine: AsyncEngine, graph: Graph) -> None:
    """Compare both for every tier, in a transaction that leaves nothing behind."""
    async with session(engine) as opened:
        await write(opened, graph)
        state = (await read(await opened.connection(), PACK)).state
        for tier in TIERS:
            wanted = effective(state, tier)
            assert await effective_elements(opened, tier[0][0], tier[1]) == wanted
            event(f"inherited: {sum(bool(found.through) for found in wanted.values())}")
        await opened.rollback()


async def write(opened: AsyncSession, graph: Graph) -> None:
    """The rows of the graph."""
    home = {slug: VehicleCategory(slug=slug[0], name="x", client_type="particular") for slug in (MOTOS, CAMPERS)}
    tiers = {
        (of, code): TariffTier(
            category_id=home[of].id, code=code, name="x", price=Decimal(1), is_active=(of, code) not in graph.retired
        )
        for of, code in TIERS
    }
    elements = {
        (of, code): Element(category_id=home[of].id, code=code, name="x", is_active=(of, code) not in graph.retired)
        for of, code in ELEMENTS
    }
    opened.add_all([*home.values(), *tiers.values(), *elements.values()])
    await opened.flush()
    opened.add_all(
        TierElementInclusion(tier_id=tiers[tier].id, element_id=elements[element].id, **found._asdict())
        for (tier, element), found in graph.elements.items()
    )
    opened.add_all(
        TierElementInclusion(tier_id=tiers[tier].id, included_tier_id=tiers[other].id, **found._asdict())
        for (tier, other), found in graph.tiers.items()
    )
    await opened.flush()


async def test_one_statement_whatever_the_graph(engine: AsyncEngine) -> None:
    """Also where every tier includes every other, which no manifest may say."""
    everything = Graph(
        frozenset(),
        dict.fromkeys(product(TIERS, ELEMENTS[:1]), Limits(1, 2, True)),
        dict.fromkeys(permutations(TIERS, 2), Limits(None, 1, True)),
    )
    del everything.elements[TIERS[0], ELEMENTS[0]]
    async with session(engine) as opened:
        await write(opened, everything)
        with counted(engine) as statements:
            found = await effective_elements(opened, "motos-part", "T1")
    assert found == {ELEMENTS[0]: Effective(1, 1, ((CAMPERS, "T1"), *TIERS[1:3]))}
    assert len(statements) == 1


async def test_a_tier_that_is_not_there_includes_nothing(engine: AsyncEngine) -> None:
    async with session(engine) as opened:
        assert await effective_elements(opened, "motos-part", "T1") == {}
