"""All the measurements, in one run on one fresh server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from benchmarks import catalogue, floor, impact, statements
from benchmarks.process import Cost, Costs, pipeline, run
from pipeline.config import PACKAGE

TEMPLATE = "migrated"
WAYS = ("related", "alone")
BUNDLED_MANIFESTS = PACKAGE.parent / "manifests"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Scale:
    """What the everyday commands cost on a catalogue of some size; `rows` are those of the managed tables.

    `fetch` is a plain fetch of the rows, `save_line` a plan of a changed line into a file, `apply_saved` its apply.
    """

    elements: int
    rows: int
    no_op: Costs
    plan_line: Costs
    apply_line: Costs
    save_line: Costs
    apply_saved: Costs
    fetch: Costs


@dataclass(frozen=True)
class Figures:
    """What was measured. `statements_*` are counts, `size` the manifests' bytes.

    `large` is the everyday on ten times as many elements, None where it was not asked for. `seeds` are first and
    second run of each way of writing one row at a time; `seed_none` is its start-up. `plan_price` is a plan of a
    changed price in the bundled catalogues, with its impact, and `plan_price_alone` without it.
    """

    everyday: Scale
    large: Scale | None
    size: int
    help: Costs
    start_up: Costs
    validate: Costs
    first_apply: Costs
    empty_plan: Costs
    copy: Costs
    copy_all: Costs
    fetch_all: Costs
    seed_elements: int
    seed_none: Cost
    seeds: dict[str, tuple[Cost, Cost]]
    statements_apply: int
    statements_plan: int
    plan_price: Costs
    plan_price_alone: Costs


class Server:
    """A server with a template of a migrated database, and databases made from it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def named(self, name: str) -> str:
        """The URL of a database."""
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    async def execute(self, statement: str) -> None:
        """Run a statement on the server."""
        connection = await asyncpg.connect(self.url)
        await connection.execute(statement)
        await connection.close()

    async def prepare(self) -> None:
        """Make the template."""
        await self.execute(f"CREATE DATABASE {TEMPLATE}")
        pipeline(self.folder, self.named(TEMPLATE), "db", "upgrade")

    async def fresh(self, name: str) -> str:
        """The URL of a migrated database without rows; one of the same name is replaced. Nothing waits for the disk."""
        await self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        await self.execute("CHECKPOINT")
        return self.named(name)


async def measure(
    server: Server, elements: int, seed_elements: int, large_elements: int, runs: int, say: Say
) -> Figures:
    """Measure everything. Runs of what is compared alternate, so that a busy moment hits both."""
    folder, empty = server.folder / "catalogue", server.folder / "empty"
    size = catalogue.write(folder / "manifests", elements)
    catalogue.write_empty(empty / "manifests")
    await server.prepare()
    say("start-up and reading")
    start_up, validate, helps = [], [], []
    for _ in range(runs):
        helps.append(pipeline(empty, None, "--help"))
        start_up.append(pipeline(empty, None, "validate"))
        validate.append(pipeline(folder, None, "validate"))
    say("first apply and COPY")
    applied, copied, copied_all, fetched_all = [], [], [], []
    every = [*floor.managed_tables(), *floor.own_tables()]
    for _ in range(runs):
        url = await server.fresh("applied")
        applied.append(pipeline(folder, url, "apply", "--yes"))
        managed = await floor.rows(url, floor.managed_tables())
        own = await floor.rows(url, [*floor.own_tables(), *floor.log_tables()])
        copied.append(await floor.copy(await server.fresh("copied"), managed))
        copied_all.append(await floor.copy(await server.fresh("copied"), [*managed, *own]))
        fetched_all.append(await floor.fetch(url, every))
    del managed, own
    everyday = await _everyday(folder, url, elements, runs, say)
    url = await server.fresh("empty")
    pipeline(empty, url, "apply", "--yes")
    empty_plan = [pipeline(empty, url, "plan") for _ in range(runs)]
    say("one row at a time")
    none = _seed(await server.fresh("seeded"), 0, "alone")
    seeds = {}
    for way in WAYS:
        url = await server.fresh("seeded")
        seeds[way] = _seed(url, seed_elements, way), _seed(url, seed_elements, way)
    say("statements")
    counts = await _statements(server)
    say("impact")
    priced = impact.measure(server.folder, await server.fresh("priced"), BUNDLED_MANIFESTS, runs)
    large = None
    if large_elements:
        say(f"{large_elements} elements: first apply")
        folder = server.folder / "large"
        catalogue.write(folder / "manifests", large_elements)
        url = await server.fresh("large")
        pipeline(folder, url, "apply", "--yes")
        large = await _everyday(folder, url, large_elements, max(runs - 1, 1), say)
    return Figures(
        everyday=everyday,
        large=large,
        size=size,
        help=Costs(tuple(helps)),
        start_up=Costs(tuple(start_up)),
        validate=Costs(tuple(validate)),
        first_apply=Costs(tuple(applied)),
        empty_plan=Costs(tuple(empty_plan)),
        copy=Costs(tuple(copied)),
        copy_all=Costs(tuple(copied_all)),
        fetch_all=Costs(tuple(fetched_all)),
        seed_elements=seed_elements,
        seed_none=none,
        seeds=seeds,
        statements_apply=counts[0],
        statements_plan=counts[1],
        plan_price=priced[0],
        plan_price_alone=priced[1],
    )


async def _everyday(folder: Path, url: str, elements: int, runs: int, say: Say) -> Scale:
    """Plans and applies on a database that holds the catalogue already."""
    tables = floor.managed_tables()
    say(f"{elements} elements: no-op plan and fetch")
    no_op, fetched = [], []
    for _ in range(runs + 1):
        no_op.append(pipeline(folder, url, "plan"))
        fetched.append(await floor.fetch(url, tables))
    say(f"{elements} elements: one line changed")
    plan_line, apply_line, save_line, apply_saved = [], [], [], []
    for number in range(1, runs + 1):
        catalogue.change_a_line(folder / "manifests", number)
        plan_line.append(pipeline(folder, url, "plan"))
        apply_line.append(pipeline(folder, url, "apply", "--yes"))
        catalogue.change_a_line(folder / "manifests", -number)
        save_line.append(pipeline(folder, url, "plan", "--out", "plan.json"))
        apply_saved.append(pipeline(folder, url, "apply", "plan.json", "--yes"))
    return Scale(
        elements=elements,
        rows=sum(len(table.records) for table in await floor.rows(url, tables)),
        no_op=Costs(tuple(no_op)),
        plan_line=Costs(tuple(plan_line)),
        apply_line=Costs(tuple(apply_line)),
        save_line=Costs(tuple(save_line)),
        apply_saved=Costs(tuple(apply_saved)),
        fetch=Costs(tuple(fetched)),
    )


def _seed(url: str, elements: int, way: str) -> Cost:
    """Write a catalogue one row at a time (see `benchmarks.seeds`)."""
    return run([sys.executable, "-m", "benchmarks.seeds", url, str(elements), way], PACKAGE.parent, None)


async def _statements(server: Server) -> tuple[int, int]:
    """The statements of a first apply of the bundled tariff catalogues, and of the plan after it."""
    url = await server.fresh("counted")
    await statements.log_all(server.url, "counted")
    log = server.folder / "postgres" / "log"
    chosen = f"--manifests={BUNDLED_MANIFESTS}", "--pack=homologation"
    return (
        statements.counted(log, server.folder, url, "apply", "--yes", *chosen),
        statements.counted(log, server.folder, url, "plan", *chosen),
    )
