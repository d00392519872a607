"""One apply at a time."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.database.lock import locked, number
from pipeline.database.session import make_engine
from pipeline.errors import EXIT_ERROR, LockTimeoutError
from tests.database.catalogue import CATEGORY, TIER, plan

HOLDER = r"pipeline \d+ on \S+, user postgres, from this machine, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"


def silent(_text: str) -> None:
    pass


async def test_a_second_apply_waits_and_is_told_for_whom(engine: AsyncEngine, database: str, folder: Path) -> None:
    told: list[str] = []
    heard = asyncio.Event()

    def tell(text: str) -> None:
        told.append(text)
        heard.set()

    prepared = await plan(engine, folder, CATEGORY, TIER)
    other = make_engine(database)
    async with locked(other, "homologation", 5, silent):
        waiting = asyncio.create_task(commands.apply(engine, prepared, lock_timeout=5, waiting=tell))
        await asyncio.wait_for(heard.wait(), 5)
        await asyncio.sleep(0.3)
        assert not waiting.done()
    await other.dispose()

    assert await waiting == 1
    assert len(told) == 1
    assert re.fullmatch(f"Waiting for another apply of homologation: {HOLDER}.", told[0])


async def test_waiting_ends_with_who_holds_the_lock(engine: AsyncEngine, database: str, folder: Path) -> None:
    prepared = await plan(engine, folder, CATEGORY, TIER)
    other = make_engine(database)
    async with locked(other, "homologation", 5, silent):
        started = time.monotonic()
        with pytest.raises(LockTimeoutError) as failed:
            await commands.apply(engine, prepared, lock_timeout=0.3)
    await other.dispose()

    assert 0.3 <= time.monotonic() - started < 3
    assert failed.value.exit_code == EXIT_ERROR
    assert re.fullmatch(
        f"Another apply of homologation has not ended within 0.3 seconds: {HOLDER}. "
        "Nothing was changed. Try again later, or wait longer with --lock-timeout.",
        str(failed.value),
    )


async def test_packs_do_not_wait_for_each_other(engine: AsyncEngine, database: str) -> None:
    other = make_engine(database)
    async with locked(other, "one", 0, silent), locked(engine, "other", 0, silent):
        pass
    await other.dispose()


async def test_the_lock_ends_with_its_transaction_whatever_happens(engine: AsyncEngine) -> None:
    with pytest.raises(ZeroDivisionError):
        async with locked(engine, "homologation", 0, silent):
            raise ZeroDivisionError

    async with locked(engine, "homologation", 0, silent):
        pass


def test_numbers_fit_what_postgresql_locks_and_stay_the_same() -> None:
    assert number("homologation") == number("homologation") != number("other")
    assert all(-(2**63) <= number(str(name)) < 2**63 for name in range(100))
