"""The console script as a process of its own: with pipes, on a pseudo-terminal, without some module."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PIPELINE = str(Path(sys.executable).with_name("pipeline"))
PATIENCE = 30.0


def environment(**more: str) -> dict[str, str]:
    """The environment without what somebody's shell says of the pipeline and of colours."""
    dropped = ("PIPELINE_", "NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "LC_", "LANG", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | {"TERM": "xterm", "LANG": "C.UTF-8"} | more


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `pipeline …` in a folder, with more of an environment."""
    return _run([PIPELINE, *arguments], folder, environment(**more))


def run_python(folder: Path, code: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a folder."""
    return _run([sys.executable, "-c", code, *arguments], folder, environment(**more))


def _run(command: Sequence[str], folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


class Terminal:
    """A process whose three streams are one pseudo-terminal, and what it has shown so far."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process = process
        self.shown = ""
        self._descriptor = descriptor

    def answer(self, text: str) -> None:
        """Type a line."""
        os.write(self._descriptor, f"{text}\n".encode())

    def interrupt(self) -> None:
        """Press Ctrl-C, when whoever is asked has had the time to put a hand on it.

        Between showing a question and reading the answer, Python is deaf for some microseconds.
        """
        time.sleep(0.5)
        os.write(self._descriptor, b"\x03")

    def wait_for(self, text: str) -> None:
        """Read until a text is shown."""
        end = time.monotonic() + PATIENCE
        while text not in self.shown:
            assert self._read(end), f"{text!r} was not shown:\n{self.shown}"

    def finish(self) -> int:
        """Read until the process ends; its exit code."""
        end = time.monotonic() + PATIENCE
        while self._read(end):
            pass
        return self.process.wait(PATIENCE)

    def _read(self, end: float) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], max(0.0, end - time.monotonic()))
        try:
            piece = os.read(self._descriptor, 65536) if ready else b""
        except OSError:  # the other end is closed
            piece = b""
        self.shown += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)


@contextmanager
def terminal(folder: Path, *arguments: str, **more: str) -> Iterator[Terminal]:
    """Run `pipeline …` on a pseudo-terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603
        [PIPELINE, *arguments],
        cwd=folder,
        env=environment(**more),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=lambda: os.login_tty(theirs),  # so that Ctrl-C reaches it  # noqa: PLW1509
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
