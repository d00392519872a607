"""What all runs did to all resources, in one statement: the same as asked one by one."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.commands.catalog import complete
from pipeline.database import history, read
from pipeline.database.session import reading, writing
from pipeline.model.address import Address
from pipeline.packs import CATALOG
from pipeline.packs.homologation import PACK
from tests.allowed import everything
from tests.database.catalogue import CATEGORY, ELEMENT, TIER, apply

TWO = '\n[[elements]]\ncode = "A"\nname = "Uno"\n\n[[elements]]\ncode = "B"\nname = "Dos"\n'
SWAP = "".join(f'\n[[moved]]\nkind = "element"\nfrom = "{old}"\nto = "{new}"\n' for old, new in ("AB", "BA"))
VARIANT = '\n[[elements]]\ncode = "COLA"\nname = "Cola"\nparent = "ESCAPE"\n'
(HOMOLOGATION,) = complete([PACK])


async def compared(engine: AsyncEngine) -> dict[str, list[int]]:
    """The runs that touched each resource of the ledger, newest first, told in both ways."""
    async with reading(engine) as connection:
        snapshot = await read.read(connection, HOMOLOGATION)
        found = await history.all_touches(connection, HOMOLOGATION)
        known = [Address(name, key) for name, entries in snapshot.ledger.items() for key in entries]
        for address in known:
            assert found.get(address, ()) == await history.touches(connection, HOMOLOGATION, address), address
    return {str(address): [touch.run.number for touch in found[address]] for address in known}


async def test_plain_runs(engine: AsyncEngine, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT, TIER)
    await apply(engine, folder, CATEGORY, ELEMENT.replace("Busca", "Mira"), TIER, VARIANT)
    runs = await compared(engine)
    assert runs["element motos-part/ESCAPE"] == [1]
    assert runs["warning motos-part/homologacion"] == [2, 1]
    assert runs["element motos-part/COLA"] == [2]


async def test_renames_and_what_is_below_them(engine: AsyncEngine, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT, VARIANT)
    moved = '\n[[moved]]\nkind = "element"\nfrom = "ESCAPE"\nto = "SILENCIADOR"\n'
    new = [text.replace("ESCAPE", "SILENCIADOR") for text in (ELEMENT, VARIANT)]
    await apply(engine, folder, CATEGORY, *new, moved)
    await apply(engine, folder, CATEGORY, new[0].replace("Busca", "Mira"), new[1], moved)
    runs = await compared(engine)
    assert runs["element motos-part/SILENCIADOR"] == [2, 1]
    assert 1 in runs["warning motos-part/homologacion"]
    prepared = await commands.rollback(engine, CATALOG, 3)
    await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))
    prepared = await commands.rollback(engine, CATALOG, 2)
    await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))
    assert (await compared(engine))["element motos-part/ESCAPE"][-2:] == [2, 1]


async def test_codes_that_change_hands(engine: AsyncEngine, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TWO)
    await apply(engine, folder, CATEGORY, TWO.replace("Dos", "Segundo"))
    swapped = TWO.replace("Uno", "x").replace("Dos", "Uno").replace("x", "Segundo")
    await apply(engine, folder, CATEGORY, swapped, SWAP)
    runs = await compared(engine)
    assert runs["element motos-part/A"] == [3, 2, 1]
    assert runs["element motos-part/B"] == [3, 1]


async def test_the_past_of_a_row_that_is_gone_is_not_that_of_its_heir(engine: AsyncEngine, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, TWO)
    await apply(engine, folder, CATEGORY, TWO.replace("Dos", "Segundo"))
    async with writing(engine) as connection:
        await connection.execute(sa.text("DELETE FROM elements WHERE code = 'B'"))
    heir = '\n[[elements]]\ncode = "B"\nname = "Uno"\n\n[[moved]]\nkind = "element"\nfrom = "A"\nto = "B"\n'
    await apply(engine, folder, CATEGORY, heir)
    assert (await compared(engine))["element motos-part/B"] == [3, 1]


async def test_accounts_are_those_of_blame(engine: AsyncEngine, folder: Path) -> None:
    await apply(engine, folder, CATEGORY, ELEMENT, TIER)
    await apply(engine, folder, CATEGORY, ELEMENT.replace("Busca", "Mira"), TIER)
    accounts = await commands.accounts(engine, HOMOLOGATION)
    assert accounts
    for address, account in accounts.items():
        assert await commands.blame(engine, CATALOG, str(address)) == account
