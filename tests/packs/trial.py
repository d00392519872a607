"""A pack on trial: manifests in, plans and rows out, and how many statements something takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import tomli
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.commands import Prepared, Validation
from pipeline.config import PACKAGE
from pipeline.model.pack import Pack
from pipeline.plan.change import Plan
from tests.allowed import everything
from tests.workbench import write

Manifests = dict[str, dict[str, Any]]
"""Documents by the names of their files."""

Rows = dict[tuple[str, str], dict[str, Any]]
"""The rows of the tables that manifests declare, by table and id."""


@dataclass
class Trial:
    """A database, a pack, and a folder for its manifests."""

    engine: AsyncEngine
    pack: Pack
    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    def bundled(self) -> Manifests:
        """The pack's own manifests."""
        home = PACKAGE.parent / "manifests" / self.pack.name
        return {str(file.relative_to(home)): tomli.loads(file.read_text("utf-8")) for file in home.rglob("*.toml")}

    def validate(self, manifests: Mapping[str, dict[str, Any]]) -> Validation:
        """The manifests, read from files."""
        root = self.folder / str(next(self.numbers))
        root.mkdir()
        write(root, {name: deepcopy(document) for name, document in manifests.items()})
        return commands.validate(root, (self.pack,))

    async def plan(self, manifests: Mapping[str, dict[str, Any]]) -> Prepared:
        """The plan of valid manifests."""
        validation = self.validate(manifests)
        assert validation.ok, [found.message for found in validation.diagnostics]
        (prepared,) = await commands.plan(self.engine, validation)
        return prepared

    async def apply(self, manifests: Mapping[str, dict[str, Any]]) -> Plan:
        """Plan and carry out."""
        prepared = await self.plan(manifests)
        await self.carry_out(prepared)
        return prepared.plan

    async def carry_out(self, prepared: Prepared) -> int:
        """Carry out a plan, whatever its hazards; the number of its run."""
        return await commands.apply(self.engine, prepared, lock_timeout=5, allowed=everything(prepared))

    async def rows(self) -> Rows:
        """The rows as PostgreSQL writes them."""
        found: Rows = {}
        async with self.engine.connect() as connection:
            for name in {kind.table for kind in self.pack.kinds}:
                statement = f"SELECT id::text, to_jsonb(t)::text AS row FROM {self.pack.schema}.{name} t"  # noqa: S608
                rows = await connection.exec_driver_sql(statement)
                found |= {(name, row.id): json.loads(row.row) for row in rows}
        return found

    async def execute(self, statement: str, **values: Any) -> Any:
        """Run SQL in the pack's schema, and commit; its rows, if it has any."""
        async with self.engine.begin() as connection:
            await connection.exec_driver_sql(f"SET LOCAL search_path TO {self.pack.schema}")
            done = await connection.execute(sa.text(statement), values)
            return done.all() if done.returns_rows else None


def untimed(rows: Rows) -> Rows:
    """The rows without the times of their last change."""
    return {id_: {name: value for name, value in row.items() if name != "updated_at"} for id_, row in rows.items()}


@contextmanager
def statements(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements that are sent while the block runs."""
    sent: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    sa.event.listen(engine.sync_engine, "before_cursor_execute", hear)
    yield sent
    sa.event.remove(engine.sync_engine, "before_cursor_execute", hear)
