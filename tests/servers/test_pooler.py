"""Through PgBouncer in transaction mode, where every transaction may get another connection to the server."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline import commands
from pipeline.commands import Prepared
from pipeline.database import postmaster
from pipeline.database.session import make_engine
from pipeline.errors import StalePlanError
from pipeline.packs import CATALOG
from tests.cli import catalogue
from tests.cli.processes import PATIENCE, run
from tests.postgres import free_port, give

PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
MANY = 1200

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed here")


@pytest.fixture
def pooled(database: str, folder: Path) -> Iterator[str]:
    """The URL of the test's database by way of a pooler that takes the server's connections in turn."""
    parts = urlsplit(database)
    [host], [server_port] = (parse_qs(parts.query)[name] for name in ("host", "port"))
    port = free_port()
    config = folder / "pgbouncer.ini"
    config.write_text(
        f"[databases]\n* = host={host} port={server_port} user=postgres\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        "pool_mode = transaction\ndefault_pool_size = 3\nmin_pool_size = 3\nserver_round_robin = 1\n"
    )
    user = postmaster.programs().user
    folder.chmod(0o755)
    give(config, user)
    process = subprocess.Popen(  # noqa: S603
        [str(PGBOUNCER), str(config)], stderr=subprocess.PIPE, encoding="utf-8", user=user, group=user
    )
    assert process.stderr
    try:
        shown = ""
        while "process up" not in shown:
            shown = process.stderr.readline()
            assert shown, "pgbouncer does not come up"
        yield f"postgresql://ana@127.0.0.1:{port}{parts.path}"
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@pytest.fixture
def manifests(folder: Path) -> Path:
    """Manifests of so many elements that they are written by COPY."""
    home = folder / "home"
    catalogue.write(home)
    more = "".join(f'[[elements]]\ncode = "E{number}"\nname = "Escape {number}"\n' for number in range(MANY))
    catalogue.replace(home, "[groups]", f"{more}\n[groups]")
    return home


def test_the_whole_way(pooled: str, manifests: Path) -> None:
    def pipeline(*arguments: str) -> str:
        done = run(manifests, *arguments, PIPELINE_DATABASE_URL=pooled)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    assert pipeline("db", "downgrade", "base", "--yes").count(": nothing") == 1 + len(CATALOG)
    assert pipeline("db", "upgrade").count("(was nothing)") == 2
    assert f"{catalogue.ROWS + MANY} created" in pipeline("apply", "--yes")
    catalogue.replace(manifests, "o línea completa", "o línea entera")
    assert "1 updated" in pipeline("apply", "--yes")
    assert "No changes." in pipeline("plan")
    assert "elements" in pipeline("verify")


async def test_two_at_once(pooled: str, manifests: Path) -> None:
    """Of two plans for the same rows one is carried out, and the other is told that it came too late."""
    engines = [make_engine(pooled) for _ in range(2)]
    validation = commands.validate(manifests, CATALOG)
    told: list[str] = []

    async def prepare(number: int) -> Prepared:
        (prepared,) = await commands.plan(engines[number], validation)
        return prepared

    async def apply(number: int, prepared: Prepared) -> int | StalePlanError:
        try:
            return await commands.apply(engines[number], prepared, lock_timeout=PATIENCE, waiting=told.append)
        except StalePlanError as error:
            return error

    for again in range(3):
        await asyncio.gather(*(prepare(number % 2) for number in range(4)))
        plans = await asyncio.gather(prepare(0), prepare(1))
        assert plans[0].plan.digest == plans[1].plan.digest
        done = await asyncio.gather(apply(0, plans[0]), apply(1, plans[1]))
        assert sorted(isinstance(one, StalePlanError) for one in done) == [False, True]
        catalogue.replace(manifests, f'"Escape {again}"', f'"Tubo {again}"')
        validation = commands.validate(manifests, CATALOG)
    for engine in engines:
        await engine.dispose()
    assert told
    assert all(text.startswith("Waiting for another apply of homologation: ") for text in told)


def test_a_parameter_that_the_pooler_does_not_pass_on(pooled: str, manifests: Path) -> None:
    done = run(manifests, "plan", PIPELINE_DATABASE_URL=f"{pooled}?search_path=public")

    assert (done.returncode, done.stdout) == (1, "")
    assert 'the connection pooler does not pass on a parameter of the URL (it says: "unsupported' in done.stderr
