"""Requests to leave: SIGTERM, as CI and servers send it, ends a command just as Ctrl-C does."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143


@contextmanager
def heard() -> Iterator[Callable[[], int]]:
    """Let SIGTERM do what Ctrl-C does at that moment. Yields a function that tells the exit code of an interruption."""
    code = EXIT_INTERRUPTED

    def terminate(number: int, frame: FrameType | None) -> None:
        nonlocal code
        code = EXIT_TERMINATED
        interrupt = signal.getsignal(signal.SIGINT)
        if not callable(interrupt):  # started where Ctrl-C is not to be heard, as by a shell in the background
            raise KeyboardInterrupt
        interrupt(number, frame)

    if threading.current_thread() is not threading.main_thread():
        yield lambda: code
        return
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield lambda: code
    finally:
        signal.signal(signal.SIGTERM, before)


def leave_if_asked() -> None:
    """Leave now, if somebody asked for it while a commit was seen through."""
    import asyncio

    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
