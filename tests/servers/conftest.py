"""Servers as people have them: with passwords, with a pooler before them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests import postgres
from tests.cli import catalogue
from tests.cli.processes import run
from tests.conftest import QUICK, _temporary
from tests.postgres import Server

Query: TypeAlias = Callable[[str], list[Any]]
ConnectAs: TypeAlias = Callable[[str], str]
PASSWORD = "corr3ct-h0rse"  # noqa: S105
_HBA = """\
local all postgres trust
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
"""
_NUMBERS = count(1)


@pytest.fixture
def manifests(folder: Path) -> Path:
    """A folder with small manifests in it."""
    catalogue.write(folder)
    return folder


@pytest.fixture(scope="session")
def guarded() -> Iterator[Server]:
    """A server that asks everybody for a password, save its owner on the socket."""
    found = postgres.find(postgres.EMBEDDED)
    assert found
    with tempfile.TemporaryDirectory(prefix="pipeline-test-") as name:
        folder = Path(name).resolve()
        with postgres.serve(found, folder, QUICK, _HBA) as server:
            upgraded = run(folder, "db", "upgrade", "--database-url", server.url("template1"))
            assert upgraded.returncode == 0, upgraded.stderr
            yield server


@pytest.fixture
def tariff(guarded: Server) -> Iterator[str]:
    """The owner's URL of a migrated database on the guarded server."""
    yield from _temporary(guarded.url(), "template1")


@pytest.fixture
def owner(tariff: str) -> Query:
    """Run SQL as the owner of the database."""

    async def fetch(statement: str) -> list[Any]:
        connection = await asyncpg.connect(tariff)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return lambda statement: asyncio.run(fetch(statement))


@pytest.fixture
def connect_as(guarded: Server, tariff: str, owner: Query, folder: Path) -> ConnectAs:
    """Make a role that may plan or apply, by the printed statements; its URL by TCP and with its password."""

    def make(purpose: str) -> str:
        role = f"{purpose} rôle {next(_NUMBERS)}"
        owner(f"CREATE ROLE \"{role}\" LOGIN PASSWORD '{PASSWORD}'")
        printed = run(folder, "db", "grants", "--role", role, "--for", purpose, "--database-url", tariff)
        assert (printed.returncode, printed.stderr) == (0, "")
        for statement in printed.stdout.splitlines():
            owner(statement)
        return guarded.tcp(f"{role.replace(' ', '%20')}:{PASSWORD}", urlsplit(tariff).path[1:])

    return make
