"""One database for the many examples of a property: manifests in, plans and rows out, quickly emptied."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import tomli_w
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.commands import Prepared, Validation
from pipeline.database import read
from pipeline.database.read import Snapshot
from pipeline.database.session import make_engine, reading
from pipeline.database.tables import tables
from pipeline.model import values
from pipeline.model.pack import Pack
from pipeline.model.values import Declared
from pipeline.packs import CATALOG
from pipeline.packs.homologation import PACK as HOMOLOGATION
from tests.allowed import everything
from tests.edits import Edit
from tests.strategies import Catalogue, Manifest

_OWN = ("changes", "ledger", "moves", "runs")
Rows = dict[tuple[str, str], dict[str, Any]]
"""Every column of every row, as PostgreSQL writes it, by table and id."""


class Entry(NamedTuple):
    """A row of the ledger."""

    id: str
    active: bool
    values: Declared


@dataclass
class Workbench:
    """The database of a property, the pack that it is about, and a folder for its manifests."""

    engine: AsyncEngine
    connection: Any
    folder: Path
    numbers: itertools.count[int]
    pack: Pack = HOMOLOGATION

    @cached_property
    def tables(self) -> dict[str, str]:
        """The tables of the pack's kinds as statements name them, by their bare names."""
        return {kind.table: str(tables(self.pack)[kind.table]) for kind in self.pack.kinds}

    async def reset(self) -> None:
        """Back to tables without rows, past all that forbids it; TRUNCATE would write every file anew."""
        names = [*(f"pipeline.{name}" for name in _OWN), *self.tables.values()]
        emptied = ";".join(f"DELETE FROM {name}" for name in names)  # noqa: S608
        await self.connection.execute(f"SET LOCAL session_replication_role = replica;{emptied}")

    async def forget(self) -> None:
        """Rows as if no pipeline had ever written them."""
        await self.connection.execute("DELETE FROM pipeline.changes; DELETE FROM pipeline.ledger")

    def validate(self, catalogue: Catalogue) -> Validation:
        """The manifests, read from files as people would write them."""
        root = self.folder / str(next(self.numbers))
        write(root, catalogue)
        return commands.validate(root, CATALOG)

    def valid(self, catalogue: Catalogue) -> Validation:
        """The validation of manifests that a strategy makes: an error would be a mistake in it or in the checks."""
        validation = self.validate(catalogue)
        assert validation.ok, [found.message for found in validation.diagnostics]
        return validation

    async def plan(self, validation: Validation) -> Prepared:
        """The plan of valid manifests."""
        (prepared,) = await commands.plan(self.engine, validation)
        return prepared

    async def apply(self, validation: Validation) -> Prepared:
        """Plan, and apply what is to be applied; returns the plan."""
        prepared = await self.plan(validation)
        if not prepared.plan.is_empty:
            await commands.apply(self.engine, prepared, lock_timeout=5, allowed=everything(prepared))
        return prepared

    async def edit(self, edits: Iterable[Edit]) -> None:
        """Change rows past the pipeline. What the database refuses is not done."""
        for edit in edits:
            with suppress(asyncpg.IntegrityConstraintViolationError):
                await self.connection.execute(edit.statement, *edit.values)

    async def rows(self) -> Rows:
        """All rows of the pack's tables."""
        found = await self.connection.fetch(
            " UNION ALL ".join(
                f"SELECT '{name}', t.id::text, to_jsonb(t)::text FROM {table} t"  # noqa: S608
                for name, table in self.tables.items()
            )
        )
        return {(table, id_): json.loads(row, parse_float=Decimal) for table, id_, row in found}

    async def snapshot(self, pack: Pack) -> Snapshot:
        """What the pipeline itself reads."""
        async with reading(self.engine) as connection:
            return await read.read(connection, pack)

    async def ledger(self, pack: Pack) -> dict[tuple[str, Any], Entry]:
        """The whole ledger by kind and key."""
        found = await self.connection.fetch('SELECT kind, key, row_id, active, "values" FROM pipeline.ledger')
        types = {kind.name: {field.name: (field.type, field.scale) for field in kind.fields} for kind in pack.kinds}
        return {
            (kind, values.key(json.loads(key))): Entry(
                row_id, active, values.load(json.loads(stored, parse_float=Decimal), types[kind])
            )
            for kind, key, row_id, active, stored in found
        }


def write(root: Path, catalogue: Mapping[str, Manifest]) -> None:
    """The manifests as files: JSON where the name says so, else TOML."""
    for name, manifest in catalogue.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = str(values.json(manifest)) if name.endswith(".json") else tomli_w.dumps(manifest)
        file.write_text(text, "utf-8", newline="")


@asynccontextmanager
async def workbench(url: str, folder: Path, pack: Pack = HOMOLOGATION) -> AsyncIterator[Workbench]:
    """A workbench on a database with the newest tables."""
    engine = make_engine(url)
    connection = await asyncpg.connect(url)
    try:
        yield Workbench(engine, connection, folder, itertools.count(), pack)
    finally:
        await connection.close()
        await engine.dispose()
