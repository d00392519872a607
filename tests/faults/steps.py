"""A command in a process of its own that stands still before and after each statement of its apply.

The production code knows nothing of it: SQLAlchemy's events and two wrappers around the driver say where it is.
A new statement of an apply is a new point by itself.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

APPLY = ("apply", "--yes")
SOON = 10
"""So many seconds a command may compute."""
PATIENCE = 30.0
_FIRST = "pg_try_advisory_xact_lock"
_TABLE = re.compile(r"^(INSERT INTO|UPDATE) (\S+)")

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__, "pipeline.cli.app", "pipeline.commands", "pipeline.database.apply"])


class Outcome(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


class Stepped:
    """The command, seen from outside. Whoever has seen a point lets it go on with `go`."""

    def __init__(self, process: Any, ours: Connection, files: Path) -> None:
        self.process = process
        self._ours = ours
        self._files = files

    def point(self) -> str | None:
        """The point at which it stands now; None when it has ended."""
        assert self._ours.poll(PATIENCE), "the command neither went on nor ended"
        try:
            return str(self._ours.recv())
        except (EOFError, ConnectionResetError):
            return None

    def go(self) -> None:
        """Let it go on to the next point."""
        with suppress(BrokenPipeError):
            self._ours.send(None)

    def go_to(self, number: int) -> str:
        """Let it go on until it stands at the point with the number, from 0; what that is called."""
        for _ in range(number):
            assert self.point() is not None
            self.go()
        found = self.point()
        assert found is not None
        return found

    def finish(self) -> Outcome:
        """Let it go on to its end."""
        self.go()
        while self.point() is not None:
            self.go()
        return self.end()

    def end(self) -> Outcome:
        """Wait for its end."""
        self.process.join(PATIENCE)
        assert self.process.exitcode is not None, "the command does not end"
        return Outcome(self.process.exitcode, *(self._said(name) for name in ("out", "err")))

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.join(PATIENCE)
        assert self.process.exitcode == -signal.SIGKILL

    def _said(self, name: str) -> str:
        return self._files.joinpath(f"{self.process.pid}.{name}").read_bytes().decode()


@contextmanager
def stepped(home: Path, url: str, *arguments: str, copy: bool = False, standing: bool = True) -> Iterator[Stepped]:
    """Run `pipeline …` in a folder on a database, from point to point, or without standing still at any.

    `copy` sends all new rows by COPY.
    """
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_main, args=(theirs, str(home), url, arguments, copy, standing), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Stepped(process, ours, home)
    finally:
        process.kill()
        process.join()
        ours.close()


def points(home: Path, url: str, *, copy: bool = False) -> list[str]:
    """The names of the points of an apply that nothing disturbs."""
    found = []
    with stepped(home, url, *APPLY, copy=copy) as process:
        while (point := process.point()) is not None:
            found.append(point)
            process.go()
        assert process.end().code == 0
    return found


def _main(pipe: Connection, home: str, url: str, arguments: tuple[str, ...], copy: bool, standing: bool) -> None:
    os.chdir(home)
    resource.setrlimit(resource.RLIMIT_CPU, (SOON, SOON + 1))
    for name in [name for name in os.environ if name.startswith("PIPELINE_")]:
        del os.environ[name]
    os.environ["PIPELINE_DATABASE_URL"] = url
    for descriptor, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{os.getpid()}.{name}", os.O_WRONLY | os.O_CREAT), descriptor)
    if copy:
        from pipeline.database import write

        write.MANY = 1

    def stop(point: str) -> None:
        pipe.send(point)
        pipe.recv()

    if standing:
        _watch(stop)
    from pipeline.cli import run

    code = run(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    pipe.close()
    os._exit(code)


def _watch(stop: Callable[[str], None]) -> None:
    """Call `stop` with each point of an apply, from its lock to its commit."""
    import asyncpg
    from sqlalchemy import Engine, event
    from sqlalchemy.dialects.postgresql import asyncpg as dialect

    applying = False

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal applying
        applying = applying or _FIRST in statement
        if applying:
            stop(f"before {_called(statement)}")

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if applying:
            stop(f"after {_called(statement)}")

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    commit: Callable[[Any], None] = dialect.AsyncAdapt_asyncpg_connection.commit
    copy = asyncpg.Connection.copy_records_to_table

    def commit_and_stop(connection: Any) -> None:
        nonlocal applying
        if not applying:
            commit(connection)
            return
        stop("before COMMIT")
        commit(connection)
        applying = False
        stop("after COMMIT")

    async def copy_and_stop(connection: Any, table: str, **more: Any) -> Any:
        stop(f"before COPY {table}")
        done = await copy(connection, table, **more)
        stop(f"after COPY {table}")
        return done

    dialect.AsyncAdapt_asyncpg_connection.commit = commit_and_stop  # type: ignore[method-assign]  # a stand-in
    asyncpg.Connection.copy_records_to_table = copy_and_stop


def _called(statement: str) -> str:
    """A statement by what it does, and to which table."""
    if _FIRST in statement:
        return "the lock"
    found = _TABLE.match(statement)
    return " ".join(found.groups()) if found else "SELECT"
