"""What a database holds, and the one check that all fault tests end with: wholly before or wholly after."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import sqlalchemy as sa

from pipeline import commands
from pipeline.database.session import make_engine
from pipeline.database.tables import tables
from pipeline.packs import CATALOG
from pipeline.plan.policy import Limits, Policy
from tests.allowed import everything
from tests.cli.processes import PATIENCE

PACKS = {pack.name: pack for pack in CATALOG}
"""Each has manifests of its own here, for the state before and for the state after."""
POLICIES = dict.fromkeys(PACKS, Policy(Limits(mass_update=100, mass_deactivation=100)))
"""In so small a catalogue nearly every change is one of many. See also `conftest.POLICY`."""
MANIFESTS = Path(__file__).parent
_TABLES = "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema = ANY($1)"
SCHEMAS = ["pipeline", "public", *(pack.schema for pack in CATALOG if pack.schema)]
_OURS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'pipeline %'"

BLOCKED = (
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    " AND application_name LIKE 'pipeline %'"
)
# When, by whom and from where is told of each run, and differs from one test to the next.
_CIRCUMSTANCES = ("file", "plan_digest", "actor", "git_commit", "git_clean")
_LOG = "public.audit_log"

_COUNTED = {
    table.fullname: table
    for pack in CATALOG
    for table in tables(pack).values()
    if isinstance(table.c.id.type, sa.Integer)
}
"""The tables whose ids are numbers of the database's making."""
_LEADING = {
    name: [("id", name)] + [(key.parent.name, key.column.table.fullname) for key in table.foreign_keys]
    for name, table in _COUNTED.items()
}
_NUMBERED = {
    kind.name: name
    for pack in CATALOG
    for kind in pack.kinds
    if (name := tables(pack)[kind.table].fullname) in _COUNTED
}

Rows = dict[str, list[str]]
"""All rows of all tables, as text, by table."""


class Known(NamedTuple):
    """A pack, the two states between which there must be no third, and the template of databases in the first."""

    pack: str
    template: str
    before: Rows
    after: Rows

    @property
    def written(self) -> tuple[str, ...]:
        """The tables that the apply writes, as it names them."""
        found = [name for name, held in self.after.items() if held != self.before[name]]
        return tuple(name.removeprefix("public.") for name in found)


def rows(url: str) -> Rows:
    """Every row of every table, without the moments and circumstances of writing, and with runs numbered from 1."""

    async def read() -> Rows:
        connection = await asyncpg.connect(url)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                tables = [row[0] for row in await connection.fetch(_TABLES, SCHEMAS)]
                every = " UNION ALL ".join(f"SELECT '{name}', to_jsonb(t)::text FROM {name} t" for name in tables)  # noqa: S608
                found = [(name, json.loads(text)) for name, text in await connection.fetch(every)]
        finally:
            await connection.close()
        return _comparable(tables, found)

    return asyncio.run(read())


def _comparable(tables: list[str], found: list[tuple[str, dict[str, Any]]]) -> Rows:
    runs = sorted(row["id"] for name, row in found if name == "pipeline.runs")
    numbers = _numbered(found)
    held: Rows = {name: [] for name in sorted(tables)}
    for name, row in found:
        kept = {
            column: value
            for column, value in row.items()
            if not column.endswith("_at") and column not in _CIRCUMSTANCES
        }
        if name == _LOG:  # the server draws its ids, and the user is the run's actor
            del kept["id"], kept["user"]
        number = "id" if name == "pipeline.runs" else "run_id" if name.startswith("pipeline.") else None
        if number:
            kept[number] = runs.index(kept[number]) + 1
        for column, table in _leading(name, row):
            kept[column] = numbers.get((table, str(kept[column])), kept[column])
        held[name].append(json.dumps(kept, sort_keys=True))
    return {name: sorted(texts) for name, texts in held.items()}


def _numbered(found: list[tuple[str, dict[str, Any]]]) -> dict[tuple[str, str], str]:
    """For each number that the database made for a row which it is in its table, for what is undone leaves gaps."""
    made: dict[str, list[int]] = {}
    for name, row in found:
        if isinstance(row.get("id"), int) and name in _LEADING:
            made.setdefault(name, []).append(row["id"])
    return {(name, str(id_)): f"#{place}" for name, ids in made.items() for place, id_ in enumerate(sorted(ids), 1)}


def _leading(name: str, row: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """The columns of a row that hold such numbers, and the tables that these are of."""
    if name in ("pipeline.ledger", "pipeline.changes"):
        return [("row_id", _NUMBERED[row["kind"]])] if row["row_id"].isdigit() else ()
    return _LEADING.get(name, ())


def difference(one: Rows, other: Rows) -> list[str]:
    """The rows of one of two states, for people to read."""
    return [
        f"{sign} {name} {row}"
        for name in one.keys() | other.keys()
        for sign, here, there in (("-", one, other), ("+", other, one))
        for row in sorted(set(here.get(name, ())) - set(there.get(name, ())))
    ]


def whole(known: Known, url: str) -> str:
    """Which of the two states the database is in, after seeing that the next plan and apply lead to the second."""
    found = rows(url)
    assert found in (known.before, known.after), difference(known.before, found)[:10]
    reapply(url, known.pack)
    left = difference(known.after, rows(url))
    assert not left, "\n".join(left[:20])
    return "before" if found == known.before else "after"


def untouched(known: Known, url: str) -> bool:
    """Whether the database is wholly as before; then the next plan and apply are what they would have been."""
    return rows(url) == known.before


def reapply(url: str, pack: str = "homologation") -> int:
    """Apply the new manifests of a pack, and see that nothing is left to do; how many changes there were."""

    async def work() -> int:
        engine = make_engine(url)
        try:
            validation = commands.validate(MANIFESTS / pack / "after", CATALOG)
            (prepared,) = await commands.plan(engine, validation, policies=POLICIES)
            if not prepared.plan.is_empty:
                await commands.apply(engine, prepared, lock_timeout=20, allowed=everything(prepared))
            (again,) = await commands.plan(engine, validation, policies=POLICIES)
            assert again.plan.is_empty
            return len(prepared.plan.changes)
        finally:
            await engine.dispose()

    return asyncio.run(work())


def apply(url: str, manifests: Path) -> None:
    """Plan and apply manifests."""

    async def work() -> None:
        engine = make_engine(url)
        try:
            (prepared,) = await commands.plan(engine, commands.validate(manifests, CATALOG), policies=POLICIES)
            await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))
        finally:
            await engine.dispose()

    asyncio.run(work())


def ask(url: str, *statements: str) -> list[Any]:
    """Run statements as another program; what the last one gives."""

    async def work() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return [tuple(row) for row in await connection.fetch(statements[-1])]
        finally:
            await connection.close()

    return asyncio.run(work())


def wait(condition: Callable[[], object]) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def cut(url: str) -> int:
    """End the pipeline's connections as an administrator does, and wait until they are gone; how many there were."""
    found = ask(url, _OURS.replace("pid", "pg_terminate_backend(pid, 10000)", 1))
    assert all(gone for (gone,) in found)
    return len(found)


def connections(url: str) -> int:
    """How many connections the pipeline has to the database."""
    return len(ask(url, _OURS))
