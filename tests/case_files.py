"""Cases as folders: what stands in one, and what its database holds before and after an apply.

`before/*.toml`  the manifests that were applied last (none: nothing was)
`after/*.toml`   the manifests that are planned and applied now
`seed.sql`       rows that stood there before anything was applied
`between.sql`    what an administrator or another program did after `before` was applied
`scope.txt`      the category that the plan is for (none: all of them)
`plan.txt`, `plan.json`  what `pipeline plan` prints, as text and with `--format json`
`plan.md`        what it prints with `--format markdown`, in cases that tell something of that
`error.txt`      what `pipeline apply` says on stderr, in a case that has to fail
`exit.txt`       the exit code of that (none: 1)
`pyproject.toml` settings, of which only the policy is heeded
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.commands import Prepared
from pipeline.config import load_settings
from pipeline.database import read
from pipeline.database.read import Snapshot
from pipeline.database.session import reading
from pipeline.database.tables import tables
from pipeline.model import values
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource
from pipeline.packs import CATALOG
from pipeline.plan.change import Change
from tests.allowed import everything

FOLDER = Path(__file__).parent / "cases"
Rows: TypeAlias = dict[str, dict[Any, dict[str, Any]]]
"""All rows of the managed tables, by table and id."""
Entries: TypeAlias = dict[tuple[str, str], dict[str, Any]]
"""All ledger entries, by kind and key."""


@dataclass(frozen=True)
class Case:
    """A folder of `tests/cases`."""

    name: str

    @property
    def folder(self) -> Path:
        """Where its files are. Tests run inside, so that a plan's paths start with `after/`."""
        return FOLDER / self.name

    @property
    def scope(self) -> str | None:
        """The category that the plan is for."""
        return self.text("scope.txt").strip() or None

    def text(self, name: str) -> str:
        """A file's content, or nothing where it is absent."""
        path = self.folder / name
        return path.read_bytes().decode() if path.exists() else ""

    def expect(self, name: str, content: str, *, update: bool) -> None:
        """Hold what was made against an expected file, or write that file anew."""
        if update:
            (self.folder / name).write_bytes(content.encode())
        assert content == self.text(name), f"{self.name}/{name} differs; is the change meant? pytest --update-cases"

    async def prepare(self, engine: AsyncEngine) -> None:
        """Seed the database, apply `before`, and let others have their way with it."""
        await run_sql(engine, self.text("seed.sql"))
        if (self.folder / "before").is_dir():
            for prepared in await plan(engine, "before"):
                await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))
        await run_sql(engine, self.text("between.sql"))


ALL = [Case(folder.name) for folder in sorted(FOLDER.iterdir()) if folder.is_dir()]
FAILING = [case for case in ALL if (case.folder / "error.txt").exists()]
PASSING = [case for case in ALL if case not in FAILING]


@asynccontextmanager
async def driver(engine: AsyncEngine) -> AsyncIterator[Any]:
    """The driver's own connection, which knows nothing of the pipeline."""
    async with engine.connect() as connection:
        yield (await connection.get_raw_connection()).driver_connection


async def run_sql(engine: AsyncEngine, statements: str) -> None:
    """Run statements as another program would."""
    if statements:
        async with driver(engine) as connection:
            await connection.execute(statements)


async def empty(engine: AsyncEngine, pack: Pack) -> None:
    """Remove all rows and all that the pipeline remembers."""
    own = ["pipeline.ledger", "pipeline.moves", "pipeline.runs", "pipeline.changes"]
    packs = [table.fullname for table in tables(pack).values()]
    await run_sql(engine, f"TRUNCATE {', '.join([*own, *packs])} RESTART IDENTITY")


async def plan(engine: AsyncEngine, folder: str, scope: str | None = None) -> list[Prepared]:
    """The plans for the manifests of a folder below the current one."""
    validation = commands.validate(Path(folder), CATALOG)
    assert validation.ok, [str(found) for found in validation.diagnostics]
    policies = commands.policies(load_settings(), CATALOG)
    return await commands.plan(engine, validation, scope=scope, policies=policies)


async def rows(engine: AsyncEngine, pack: Pack) -> Rows:
    """What the managed tables hold, read without the pipeline; JSON as text, in which null is not NULL."""
    found: Rows = {}
    async with driver(engine) as connection:
        for name, table in tables(pack).items():
            columns = [f"{column.name}::text" if isinstance(column.type, JSONB) else column.name for column in table.c]
            fetched = await connection.fetch(f"SELECT {', '.join(columns)} FROM {table.fullname}")  # noqa: S608
            found[name] = {row["id"]: dict(row) for row in fetched}
    return found


async def ledger(engine: AsyncEngine) -> Entries:
    """What the ledger holds, read without the pipeline; values as plain JSON."""
    async with driver(engine) as connection:
        found = await connection.fetch("SELECT kind, key, row_id, active, values::text FROM pipeline.ledger")
    return {(row["kind"], row["key"]): dict(row) | {"values": json.loads(row["values"])} for row in found}


async def snapshot(engine: AsyncEngine, pack: Pack) -> Snapshot:
    """The database as the pipeline reads it."""
    async with reading(engine) as connection:
        return await read.read(connection, pack)


def as_recorded(resource: Resource) -> tuple[bool, Any]:
    """Liveness and values of a declared resource as the ledger has to hold them."""
    return resource.active, json.loads(values.dump(resource.values))


def columns_written(prepared: Prepared, change: Change) -> set[str]:
    """The columns that a change may touch in a row that is there, beside `updated_at`."""
    kind = prepared.pack.kind[change.address.kind]
    written = {kind.ref[field.name].column if field.name in kind.ref else field.name for field in change.fields}
    written |= {kind.code} if change.moved_from else set()
    return written | ({kind.flag} if kind.flag and change.action in ("reactivate", "deactivate") else set())
