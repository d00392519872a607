"""A small catalogue as manifests, and the short calls that the tests of reading and applying share."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.commands import Prepared
from pipeline.packs import CATALOG
from tests.allowed import everything

CATEGORY = """\
pack = "homologation"
version = 1
category = "motos-part"

[[categories]]
slug = "motos-part"
name = "Motocicletas"
client_type = "particular"
"""
TIER = """
[[tiers]]
code = "T6"
name = "Sin Proyecto - 1 Elemento"
price = 140.00
"""
DEARER = TIER.replace("140.00", "145.00")
ELEMENT = """
[[elements]]
code = "ESCAPE"
name = "Escape"

  [[elements.warnings]]
  code = "homologacion"
  message = "Busca la contraseña."
"""
IMAGE = """
  [[elements.images]]
  title = "Contraseña grabada"
  url = "/images/escape.jpg"
"""
PRICE = "SELECT price::text FROM tariff_tiers"
RUNS = "SELECT count(*) FROM pipeline.runs"


async def plan(engine: AsyncEngine, folder: Path, *parts: str) -> Prepared:
    """The plan for one manifest made of these parts."""
    (folder / "motos.toml").write_text("".join(parts), "utf-8")
    validation = commands.validate(folder, CATALOG)
    assert validation.ok, validation.diagnostics
    (prepared,) = await commands.plan(engine, validation)
    return prepared


async def apply(engine: AsyncEngine, folder: Path, *parts: str) -> Prepared:
    """Plan and apply one manifest made of these parts."""
    prepared = await plan(engine, folder, *parts)
    await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))
    return prepared


async def fetch(url: str, statement: str) -> list[Any]:
    """What another program reads, or does, on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


def meanwhile(work: Coroutine[Any, Any, Any]) -> None:
    """Let another program do its work to the end, while this one stands still."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    if failed:
        raise failed[0]
