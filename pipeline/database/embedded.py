"""The embedded PostgreSQL: a server of one's own in a folder, for whoever has not set one up.

Beside the folder `postgres` stand `postgres.lock`, held while the server is started or stopped, and
`postgres.users`, on which every command that uses the server holds a shared lock. The operating system lets go
of locks when a process ends, however it ends. Where `postgres.temporary` stands, a command started the server
for itself, and the last command that uses it stops it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from pipeline.database import postmaster
from pipeline.errors import DatabaseError


def running(data: Path) -> bool:
    """Whether a server answers for the folder. Needs no wheel."""
    found = postmaster.read(data)
    return found is not None and found.answers()


def url(data: Path) -> str:
    """The URL of the running server's database. Raises DatabaseError where none runs."""
    found = postmaster.read(data)
    if found is None or not found.answers():
        raise DatabaseError(
            f"The embedded PostgreSQL in {data} is not running. Start it with `pipeline db start`, "
            f"or {postmaster.OWN_DATABASE}."
        )
    # The port is said because PGPORT in somebody's environment would otherwise choose another.
    return f"postgresql://postgres@/postgres?host={quote(found.sockets, safe='/')}&port={postmaster.PORT}"


def psql() -> Path:
    """The `psql` that came with the wheel. Raises DatabaseError without the wheel."""
    return postmaster.programs().folder / "psql"


@contextmanager
def serve(data: Path, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """The URL of a server in the folder, for as long as the block runs.

    Starts one, with `settings` over PostgreSQL's own, unless one is running. The last command that uses a
    server which a command started stops it; what `start` started goes on.
    """
    data = _usable(data)
    with _locked(data, "users", shared=True) as users:
        try:
            with _locked(data, "lock"):
                if not running(data):
                    _marker(data).touch()
                    postmaster.launch(data, settings or {})
            yield url(data)
        finally:
            with _locked(data, "lock"):
                if _marker(data).exists() and _is_last(users):
                    postmaster.halt(data)
                    _marker(data).unlink()


def start(data: Path, settings: Mapping[str, str] | None = None) -> str:
    """Start a server that outlives this process, or let a running one do so; its URL."""
    data = _usable(data)
    with _locked(data, "lock"):
        if not running(data):
            postmaster.launch(data, settings or {})
        _marker(data).unlink(missing_ok=True)
        return url(data)


def stop(data: Path) -> bool:
    """Stop the server, whoever uses it. False where none was running."""
    data = _usable(data)
    if not data.exists():
        return False
    with _locked(data, "lock"):
        was_running = running(data)
        postmaster.halt(data)
        _marker(data).unlink(missing_ok=True)
    return was_running


def _usable(data: Path) -> Path:
    if not hasattr(socket, "AF_UNIX"):
        raise DatabaseError(f"The embedded PostgreSQL needs Linux or macOS: {postmaster.OWN_DATABASE}.")
    return data.expanduser().resolve()


def _beside(data: Path, name: str) -> Path:
    return data.with_name(f"{data.name}.{name}")


def _marker(data: Path) -> Path:
    return _beside(data, "temporary")


@contextmanager
def _locked(data: Path, name: str, *, shared: bool = False) -> Iterator[int]:
    """A lock on the file `name` beside the folder, waited for; its file descriptor."""
    import fcntl  # not on every system, and this module must import there

    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(_beside(data, name), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise postmaster.not_ours(data, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _is_last(users: int) -> bool:
    import fcntl

    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
