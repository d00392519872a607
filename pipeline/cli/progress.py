"""A progress bar for work that takes more than a second, on a terminal only."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

DELAY_SECONDS = 1.0


@contextmanager
def progress(delay: float = DELAY_SECONDS) -> Iterator[Callable[[int, int, str], None]]:
    """A function to tell (steps done, steps in all or 0, what is under way); draws on stderr after `delay`."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("working", total=None)
    timer = threading.Timer(delay, bar.start)
    timer.daemon = True
    timer.start()

    def told(done: int, total: int, label: str) -> None:
        bar.update(task, completed=done, total=total or None, description=label)

    try:
        yield told
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
