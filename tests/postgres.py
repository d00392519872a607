"""PostgreSQL servers of other versions, and with TCP, passwords or TLS: what the embedded one has not.

`python -m tests.postgres` prints the versions that are here beside the embedded one, and fails where there is none.
"""

from __future__ import annotations

import importlib.util
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from pipeline.database import postmaster
from pipeline.database.postmaster import Programs

EMBEDDED = "18"
VERSIONS = ("15", "16", EMBEDDED)
WHEELS = {"16": "pgserver"}
DEBIAN = Path("/usr/lib/postgresql")


class Server(NamedTuple):
    """A running server: its folder, its TCP port on 127.0.0.1, and the system user it runs as if not ours."""

    data: Path
    port: int
    user: str | None

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """A URL by way of the socket."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.data), safe='/')}&port={self.port}"

    def tcp(self, credentials: str = "postgres", database: str = "postgres", host: str = "127.0.0.1") -> str:
        """A URL by way of TCP."""
        return f"postgresql://{credentials}@{host}:{self.port}/{database}"


def find(version: str) -> Programs | None:
    """The programs of a version: from a wheel, or from Debian's packages."""
    embedded = postmaster.programs()
    if version == EMBEDDED:
        return embedded
    wheel = importlib.util.find_spec(WHEELS[version]) if version in WHEELS else None
    folders = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    found = (folder for folder in (*folders, DEBIAN / version / "bin") if (folder / "initdb").exists())
    return next((embedded._replace(folder=folder) for folder in found), None)


@contextmanager
def serve(
    found: Programs, folder: Path, settings: Mapping[str, str], hba: str = "", files: Mapping[str, bytes] | None = None
) -> Iterator[Server]:
    """A server in `folder/data`, for as long as the block runs. It trusts everybody, unless `hba` says otherwise.

    `files` are put into its data folder.
    """
    data = folder / "data"
    server = Server(data, free_port(), found.user)
    data.mkdir(mode=0o700)
    give(data, found.user)
    postmaster._open_way(found, data)
    options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    _must(postmaster._run(found, data, "initdb", "--pgdata=.", *options))
    if hba:
        (data / "pg_hba.conf").write_text(hba)
    for name, content in (files or {}).items():
        (data / name).write_bytes(content)
        (data / name).chmod(0o600)
        give(data / name, found.user)
    _must(postmaster._start(found, data, {"listen_addresses": "127.0.0.1", "port": str(server.port), **settings}))
    try:
        yield server
    finally:
        _must(postmaster._run(found, data, "pg_ctl", "stop", "--pgdata=.", "--wait", "--mode=immediate"))


def free_port() -> int:
    """A TCP port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def give(path: Path, user: str | None) -> None:
    """Make a file or folder the system user's, where there is one."""
    if user:
        shutil.chown(path, user, user)


def _must(failure: str) -> None:
    if failure:
        raise RuntimeError(failure)


if __name__ == "__main__":
    others = [version for version in VERSIONS if version != EMBEDDED and find(version)]
    print("PostgreSQL beside the embedded one:", ", ".join(others) or "none")  # noqa: T201
    sys.exit(not others)
