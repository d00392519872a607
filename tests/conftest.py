"""A real PostgreSQL for the tests: one embedded server per test run, a database per test from a template."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.config import bundled
from pipeline.database import embedded, migrations
from pipeline.database.session import make_engine
from pipeline.packs import CATALOG
from tests import postgres

# Nothing here has to outlive the test run, so nothing waits for the disk.
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",  # it would sit in the template when that is copied
    "max_connections": "40",
}
HISTORIES = migrations.histories(bundled("alembic"), CATALOG)
_NUMBERS = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-cases", action="store_true", help="write the expected files of tests/cases anew")
    parser.addoption("--walks", type=int, help="how many walks the state machine takes, each twice as long as else")
    parser.addoption("--update-docs", action="store_true", help="write what commands print into the pages anew")
    parser.addoption("--update-pictures", action="store_true", help="take the pictures of the pages anew")
    parser.addoption(
        "--postgres", choices=postgres.VERSIONS, default=postgres.EMBEDDED, help="PostgreSQL that all tests run on"
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    """A temporary folder that any user can reach; pytest's own are closed to the server's when root runs them."""
    with tempfile.TemporaryDirectory(prefix="pipeline-test-") as name:
        yield Path(name).resolve()


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of the test run's server."""
    version = request.config.getoption("--postgres")
    with tempfile.TemporaryDirectory(prefix="pipeline-test-", dir=_in_memory()) as name:
        if version == postgres.EMBEDDED:
            with embedded.serve(Path(name) / "postgres", QUICK) as url:
                yield url
        elif found := postgres.find(version):
            with postgres.serve(found, Path(name).resolve(), QUICK) as running:
                yield running.url()
        else:
            pytest.exit(f"PostgreSQL {version} is not installed here.")


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The name of a database with the newest tables and no rows."""
    name = "migrated"

    async def migrate() -> None:
        await _execute(server, f"CREATE DATABASE {name}")
        engine = make_engine(_named(server, name))
        await migrations.upgrade(engine, HISTORIES)
        await engine.dispose()

    asyncio.run(migrate())
    return name


@pytest.fixture
def database(server: str, template: str) -> Iterator[str]:
    """The URL of a database of the test's own, with the newest tables and no rows."""
    yield from _temporary(server, template)


@pytest.fixture
def blank(server: str) -> Iterator[str]:
    """The URL of a database of the test's own, with nothing in it."""
    yield from _temporary(server, "template0")


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the test's database."""
    engine = make_engine(database)
    yield engine
    await engine.dispose()


@pytest.fixture
async def blank_engine(blank: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the test's empty database."""
    engine = make_engine(blank)
    yield engine
    await engine.dispose()


def _in_memory() -> str | None:
    """A folder in memory, if there is room: a database is copied there in a sixth of the time that a disk takes."""
    folder = Path("/dev/shm")  # noqa: S108
    roomy = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 4 * 1024**3
    return str(folder) if roomy else None


def _temporary(server: str, template: str) -> Iterator[str]:
    name = f"test_{next(_NUMBERS)}"
    asyncio.run(_execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
    yield _named(server, name)
    asyncio.run(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


def _named(server: str, name: str) -> str:
    return urlsplit(server)._replace(path=f"/{name}").geturl()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
