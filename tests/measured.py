"""A pack made for tests: a column of every type, keys of every type, and the way through the rooms for it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import asyncpg
from sqlalchemy import BigInteger, Column, Numeric, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from pipeline import checks
from pipeline.database import columns as c
from pipeline.database import history, read
from pipeline.database.apply import Work, apply
from pipeline.database.fields import describe
from pipeline.database.read import Snapshot
from pipeline.database.record import Author
from pipeline.database.session import make_engine, reading
from pipeline.manifest import schema
from pipeline.manifest.document import Document
from pipeline.manifest.export import Written, export
from pipeline.manifest.load import understood
from pipeline.manifest.locate import lines, locate
from pipeline.manifest.resolve import resolve
from pipeline.manifest.takeover import takeover
from pipeline.manifest.validate import validate
from pipeline.model.diagnostic import Desired, Diagnostic
from pipeline.model.kind import Kind, Ref
from pipeline.model.pack import Pack
from pipeline.plan import planfile
from pipeline.plan.build import build, manifests_digest
from pipeline.plan.change import Basis, Plan
from pipeline.plan.deviations import deviations
from pipeline.plan.diff import diff, unsettled
from pipeline.plan.past import Entry


class Base(SQLModel, registry=registry(metadata=c.metadata())):
    """What the tables share."""

    is_active: bool = c.retire_flag()


class Zone(Base, table=True):
    """What documents are written for."""

    __tablename__ = "zones"
    id: uuid.UUID = c.uuid_key()
    code: str = c.words(20, about="The code.", examples=["north"])


class Station(Base, table=True):
    """Keyed by integers of 64 bits."""

    __tablename__ = "stations"
    id: int | None = c.serial_key(bits=64)
    zone_id: uuid.UUID = c.reference("zones.id", on_delete="CASCADE", about="The zone.", examples=["north"])
    code: str = c.words(20, about="The code.", examples=["S1"])
    height: float | None = c.number("height", about="The height in m.", examples=[1.5], null=True)


class Sensor(Base, table=True):
    """Keyed by UUIDs as text."""

    __tablename__ = "sensors"
    id: str = c.text_key()
    zone_id: uuid.UUID = c.reference("zones.id", on_delete="CASCADE", about="The zone.", examples=["north"])
    station_id: int | None = c.reference(
        "stations.id", on_delete="RESTRICT", about="Its station.", examples=["S1"], null=True, key=BigInteger
    )
    code: str = c.words(20, about="The code.", examples=["T1"])
    since: date | None = c.day(about="Since when.", examples=["2024-05-01"], null=True)


class Reading(Base, table=True):
    """Of every type a column, most of them optional."""

    __tablename__ = "readings"
    id: uuid.UUID = c.uuid_key()
    zone_id: uuid.UUID = c.reference("zones.id", on_delete="CASCADE", about="The zone.", examples=["north"])
    station_id: int | None = c.reference(
        "stations.id", on_delete="RESTRICT", about="Its station.", examples=["S1"], null=True, key=BigInteger
    )
    sensor_id: str | None = c.reference(
        "sensors.id", on_delete="RESTRICT", about="Its sensor.", examples=["T1"], null=True, key=String(36)
    )
    code: str = c.words(20, about="The code.", examples=["A"])
    note: str | None = c.words(about="A text.", examples=["x"], null=True)
    small: int | None = c.whole("small", about="A small number.", examples=[1], null=True, bits=16)
    whole: int = c.whole("whole", about="A number.", examples=[1], default=7)
    big: int | None = c.whole("big", about="A big number.", examples=[1], null=True, bits=64)
    price: Decimal | None = Field(
        default=None,
        sa_column=Column(
            Numeric(10, 2), info={"managed": True, "description": "A price.", "examples": [1], "minimum": 0}
        ),
    )
    ratio: float | None = c.number("ratio", about="A ratio.", examples=[0.1], null=True)
    share: float = c.number("share", about="A share.", examples=[0.25], default=0.5, minimum=0, maximum=1)
    sure: bool = c.yes_no(about="Whether it is sure.", default=False)
    more: Any = Field(
        default=None,
        sa_column=Column(
            JSONB(none_as_null=True),
            info={"managed": True, "description": "More.", "examples": [{}], "schema": {"type": "object"}},
        ),
    )
    day: date | None = c.day(about="A day.", examples=["2024-05-01"], null=True)
    start: date = c.day(about="A day.", examples=["2024-05-01"], default="2000-01-01")
    at: datetime | None = c.instant(about="A moment.", examples=["2024-05-01T10:00:00Z"], null=True)
    until: datetime = c.instant(
        about="A moment.", examples=["2024-05-01T10:00:00Z"], default="2024-05-01T12:00:00.5+02:00"
    )


class Price(Base, table=True):
    """Keyed by a day."""

    __tablename__ = "prices"
    id: uuid.UUID = c.uuid_key()
    zone_id: uuid.UUID = c.reference("zones.id", on_delete="CASCADE", about="The zone.", examples=["north"])
    valid_from: date = c.day(about="From when on.", examples=["2024-05-01"])
    amount: float = c.number("amount", about="The amount.", examples=[1.5])


_ZONE = Ref("zone", to="zone", column="zone_id", placed=True)
_STATION = Ref("station", to="station", column="station_id", optional=True)
BARE = Pack(
    name="measured",
    version=1,
    kinds=(
        Kind("zone", "zones", "zones", ("code",)),
        Kind("station", "stations", "stations", ("zone", "code"), (_ZONE,)),
        Kind("sensor", "sensors", "sensors", ("zone", "code"), (_ZONE, _STATION)),
        Kind(
            "reading",
            "readings",
            "readings",
            ("zone", "code"),
            (_ZONE, _STATION, Ref("sensor", to="sensor", column="sensor_id", optional=True)),
        ),
        Kind("price", "prices", "prices", ("zone", "valid_from"), (_ZONE,)),
    ),
    metadata=lambda: Base.metadata,
    scope="zone",
)
TEXT = schema.text(schema.build(BARE, describe(BARE)))
SCHEMA: dict[str, Any] = json.loads(TEXT, parse_float=Decimal)
PACK = schema.complete(BARE, SCHEMA)
HEAD = 'pack = "measured"\nversion = 1\n'
NORTH = ("north",)


async def create_tables(url: str) -> None:
    """The pack's tables in a database that has the pipeline's own."""
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()


class Invalid(Exception):  # noqa: N818 - it carries findings
    """Manifests that have mistakes."""

    def __init__(self, found: list[Diagnostic]) -> None:
        super().__init__("\n".join(f"{one.rule}: {one.message} ({one.hint})" for one in found))
        self.found = found


def declared(files: Mapping[str, str]) -> tuple[list[Document], Desired]:
    """What manifests say. Raises Invalid."""
    documents, found = understood(files, {PACK.name: PACK.version})
    rejected = validate(documents, SCHEMA)
    desired, unresolved = resolve(documents, PACK, [one.origin for one in rejected])
    found = [*found, *rejected, *unresolved]
    found += checks.run(desired, PACK) if not found else []
    if any(one.severity == "error" for one in found):
        raise Invalid(locate(documents, found))
    return documents, desired


@dataclass
class Bench:
    """A database with the pack's tables."""

    engine: AsyncEngine
    connection: asyncpg.Connection[Any]

    async def reset(self) -> None:
        """Back to tables without rows."""
        tables = ("pipeline.changes", "pipeline.ledger", "pipeline.runs", "readings", "sensors", "stations")
        await self.connection.execute(
            ";".join(f"DELETE FROM {name}" for name in (*tables, "prices", "zones"))  # noqa: S608
        )

    async def snapshot(self) -> Snapshot:
        """What the pipeline reads."""
        async with reading(self.engine) as connection:
            return await read.read(connection, PACK)

    async def plan(self, files: Mapping[str, str]) -> tuple[Plan, Snapshot]:
        """The plan of valid manifests."""
        documents, desired = declared(files)
        async with reading(self.engine) as connection:
            snapshot = await read.read(connection, PACK)
            addresses = unsettled(desired.state, snapshot.state, snapshot.ledger, PACK, None)
            ledger = await read.with_values(connection, PACK, snapshot, addresses)
        found = diff(desired.state, snapshot.state, ledger, PACK, None, addresses)
        at = lines(documents, [change.origin for change in found.changes if change.origin])
        basis = Basis(snapshot.basis, {}, manifests_digest(desired.state))
        return build(PACK, None, found, basis, at, desired.state, snapshot.state), snapshot

    async def apply(self, files: Mapping[str, str]) -> Plan:
        """Plan, save, load and apply what was loaded."""
        plan, snapshot = await self.plan(files)
        loaded, before = through_file(plan, snapshot)
        assert loaded.digest == plan.digest
        assert before == snapshot.state
        if not plan.is_empty:
            await self.carry_out(loaded, before)
        return plan

    async def carry_out(self, plan: Plan, before: Any) -> None:
        """Apply a plan, whatever its hazards."""
        work = Work(PACK, plan, Author(), lambda: before)
        await apply(self.engine, work, lock_timeout=5, waiting=lambda _: None, progress=lambda *_: None)

    async def export(self) -> Written:
        """Manifests of all rows."""
        snapshot = await self.snapshot()
        return export(PACK, SCHEMA, snapshot.state, snapshot.ledger, home="..")

    async def last_entries(self) -> tuple[Entry, ...]:
        """What the last run did."""
        async with reading(self.engine) as connection:
            (run,) = (await history.runs(connection, 1, 1)).runs
            return await history.entries(connection, PACK, run.number)

    async def taken(self, files: Mapping[str, str]) -> str:
        """The manifest of the readings with what others changed taken over."""
        documents, desired = declared(files)
        plan, snapshot = await self.plan(files)
        async with reading(self.engine) as connection:
            addresses = [change.address for change in plan.changes]
            ledger = await read.with_values(connection, PACK, snapshot, addresses)
        found = deviations(plan, snapshot.state, ledger)
        made = takeover(PACK, SCHEMA, documents, found, desired.state, snapshot.state)
        assert made.left == []
        ((_, source),) = made.sources
        return source.decode()

    async def run_sql(self, statement: str) -> None:
        """Change the database past the pipeline."""
        await self.connection.execute(statement)


def through_file(plan: Plan, snapshot: Snapshot) -> tuple[Plan, Any]:
    """The plan and the rows it was computed from, as they come back from a plan file."""
    stream = BytesIO()
    planfile.dump(stream, planfile.Database("d", "s"), [(plan, snapshot.state)], {PACK.name: PACK})
    (saved,) = planfile.load(stream.getvalue(), {PACK.name: PACK}).saved
    return saved.plan, saved.before()
