"""Databases in a known state, and a folder with the manifests that lead to another known state."""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import pytest

from pipeline.database import migrations
from pipeline.database.session import make_engine
from tests.conftest import HISTORIES, _execute, _named, _temporary
from tests.faults.states import MANIFESTS, PACKS, Known, apply, rows

Databases: TypeAlias = Callable[[], AbstractContextManager[str]]


every_pack = pytest.mark.parametrize("pack", PACKS, indirect=True)
"""Run a test on the rows of each pack; without it they are those of the catalogue of vehicles."""


def every_pack_with(name: str, values: Sequence[Any], fewer: Sequence[Any]) -> pytest.MarkDecorator:
    """Run a test with all of the values on the first pack, and with fewer on the others."""
    found = [(pack, value) for pack in PACKS for value in (values if pack == next(iter(PACKS)) else fewer)]
    return pytest.mark.parametrize(("pack", name), found, indirect=["pack"])


@pytest.fixture
def pack(request: pytest.FixtureRequest) -> str:
    """The name of the pack that a test is about."""
    return str(getattr(request, "param", "homologation"))


@pytest.fixture(scope="session")
def made() -> dict[str, Known]:
    """The states that are known by now."""
    return {}


@pytest.fixture
def known(server: str, template: str, pack: str, made: dict[str, Known]) -> Known:
    """The state of a pack before the apply, and the state after one that nothing disturbed."""
    if pack not in made:
        name, manifests = f"before_{pack}", MANIFESTS / pack
        asyncio.run(_execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
        apply(_named(server, name), manifests / "before")
        before = rows(_named(server, name))
        with contextmanager(_temporary)(server, name) as url:
            apply(url, manifests / "after")
            made[pack] = Known(pack, name, before, rows(url))
    return made[pack]


def prepare(url: str) -> None:
    """Make a database in the state before, on a server that knows nothing."""

    async def migrate() -> None:
        engine = make_engine(url)
        await migrations.upgrade(engine, HISTORIES)
        await engine.dispose()

    asyncio.run(_execute(_named(url, "postgres"), f"CREATE DATABASE {urlsplit(url).path[1:]}"))
    asyncio.run(migrate())
    apply(url, MANIFESTS / "homologation" / "before")


@pytest.fixture
def fresh(server: str, known: Known) -> Databases:
    """Makes a database in the state before, for as long as a block runs."""
    return lambda: contextmanager(_temporary)(server, known.template)


@pytest.fixture
def case(fresh: Databases) -> Iterator[str]:
    """A database in the state before."""
    with fresh() as url:
        yield url


POLICY = "[tool.pipeline.policy]\nmass-update = 100\nmass-deactivation = 100\n"
"""In so small a catalogue nearly every change is one of many."""


@pytest.fixture
def home(folder: Path, pack: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory whose manifests are those that lead to the state after."""
    shutil.copytree(MANIFESTS / pack / "after", folder / "manifests")
    (folder / "pyproject.toml").write_text(POLICY, "utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("PIPELINE_DATABASE_URL", raising=False)
    yield folder
    gc.enable()  # a command line leaves it off, for it expects the process to end


@contextmanager
def holding(url: str, statement: str) -> Iterator[None]:
    """Keep a transaction open that has run a statement, for as long as the block runs."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(url))
        runner.run(connection.execute("BEGIN"))
        runner.run(connection.execute(statement))
        try:
            yield
        finally:
            runner.run(connection.close())
