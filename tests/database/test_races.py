"""What becomes of an apply while another program writes the same rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.database.apply import ATTEMPTS
from pipeline.errors import DatabaseError, StalePlanError
from tests.database.catalogue import CATEGORY, DEARER, PRICE, RUNS, TIER, apply, fetch, meanwhile, plan


def at(step: str, do: Callable[[], None], *, times: int = 1) -> Callable[[int, int, str], None]:
    """A progress callback that does something just before a step, as often as said."""
    left = times

    def told(_done: int, _total: int, label: str) -> None:
        nonlocal left
        if label == step and left:
            left -= 1
            do()

    return told


async def test_a_lost_race_is_tried_again_whole(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    prepared = await plan(engine, folder, CATEGORY, DEARER)
    touched = fetch(database, "UPDATE tariff_tiers SET updated_at = now()")
    seen: list[str] = []
    race = at("update tiers", lambda: meanwhile(touched))

    def told(done: int, total: int, label: str) -> None:
        seen.append(label)
        race(done, total, label)

    assert await commands.apply(engine, prepared, lock_timeout=5, progress=told) > 1

    assert seen.count("update tiers") == 2
    assert await fetch(database, PRICE) == [("145.00",)]
    assert await fetch(database, RUNS) == [(2,)]


async def test_a_race_that_is_lost_every_time_is_given_up(engine: AsyncEngine, database: str, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TIER)
    prepared = await plan(engine, folder, CATEGORY, DEARER)
    touch = "UPDATE tariff_tiers SET updated_at = now()"
    race = at("update tiers", lambda: meanwhile(fetch(database, touch)), times=ATTEMPTS)

    with pytest.raises(DatabaseError, match="Nothing was changed"):
        await commands.apply(engine, prepared, lock_timeout=5, progress=race)

    assert await fetch(database, PRICE) == [("140.00",)]


async def test_a_row_that_somebody_inserts_meanwhile_makes_the_plan_stale(
    engine: AsyncEngine, database: str, folder: Path
) -> None:
    await apply(engine, folder, CATEGORY)
    prepared = await plan(engine, folder, CATEGORY, TIER)
    same = "INSERT INTO tariff_tiers (category_id, code, name, price) SELECT id, 'T6', 'x', 1 FROM vehicle_categories"
    race = at("create tiers", lambda: meanwhile(fetch(database, same)))

    with pytest.raises(StalePlanError, match="tier motos-part/T6"):
        await commands.apply(engine, prepared, lock_timeout=5, progress=race)

    assert await fetch(database, PRICE) == [("1.00",)]
