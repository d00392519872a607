"""A folder with manifests as the working directory, the command line in this process, and the database beside it."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import asyncpg
import pytest

from pipeline.cli import run
from tests.cli import catalogue


class Outcome(NamedTuple):
    """What a command line came to."""

    code: int
    out: str
    err: str


Cli: TypeAlias = Callable[..., Outcome]
Query: TypeAlias = Callable[[str], list[Any]]


@pytest.fixture
def home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working directory, and no settings from outside."""
    for name in os.environ:
        if name.startswith("PIPELINE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    yield folder
    gc.enable()  # a command line leaves it off, for it expects the process to end


@pytest.fixture
def manifests(home: Path) -> Path:
    """The working directory, with small manifests in it."""
    catalogue.write(home)
    return home


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """The command line, run in this process."""

    def call(*arguments: str) -> Outcome:
        code = run(arguments)
        return Outcome(code, *capsys.readouterr())

    return call


@pytest.fixture
def use(database: str, manifests: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A migrated database, named by the environment; manifests are in the working directory."""
    monkeypatch.setenv("PIPELINE_DATABASE_URL", database)
    return database


@pytest.fixture
def query(database: str) -> Query:
    """Run SQL on the test's database, from wherever: it is done in a thread of its own."""

    def call(statement: str) -> list[Any]:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(_fetch(database, statement))).result()

    return call


async def _fetch(url: str, statement: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


@pytest.fixture
def held(database: str) -> Callable[[str], AbstractContextManager[None]]:
    """Keep a transaction open that has run a statement, for as long as a block runs."""

    @contextmanager
    def hold(statement: str) -> Iterator[None]:
        with asyncio.Runner() as runner:
            connection = runner.run(asyncpg.connect(database))
            runner.run(connection.execute("BEGIN"))
            runner.run(connection.execute(statement))
            yield
            runner.run(connection.close())

    return hold
