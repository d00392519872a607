"""Whole processes, measured from outside: wall time and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import NamedTuple

PIPELINE = str(Path(sys.executable).with_name("pipeline"))
_LAUNCHER = Path(__file__).with_name("launcher.py")


class Cost(NamedTuple):
    """What a process took: seconds, of these on a processor, and bytes. Work inside this process has just seconds."""

    seconds: float
    processor: float = 0.0
    peak: int = 0


class Costs(NamedTuple):
    """The costs of several runs of the same work."""

    runs: tuple[Cost, ...]

    @property
    def best(self) -> float:
        """The seconds of the quickest run."""
        return min(cost.seconds for cost in self.runs)

    @property
    def typical(self) -> float:
        """The median of the runs' seconds."""
        return median(cost.seconds for cost in self.runs)

    @property
    def processor(self) -> float:
        """The fewest seconds on a processor; they hardly depend on what else the machine does."""
        return min(cost.processor for cost in self.runs)

    @property
    def peak(self) -> int:
        """The most memory that any run had, in bytes."""
        return max(cost.peak for cost in self.runs)


def run(arguments: Iterable[str], folder: Path, url: str | None) -> Cost:
    """Run a program in a folder against a database. Its output goes nowhere, what it complains of is shown."""
    unwanted = ("PIPELINE_", "PYTHONDONTWRITEBYTECODE")  # users keep what they compiled
    environment = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    if url:
        environment["PIPELINE_DATABASE_URL"] = url
    command = [sys.executable, "-I", "-S", str(_LAUNCHER), *arguments]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        subprocess.run(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT, check=True)  # noqa: S603
        output.seek(0)
        text = output.read()
    said, _, last = text.rstrip().rpartition("\n")
    found = json.loads(last)
    if found["code"]:
        raise SystemExit(f"{' '.join(command)} ended with {found['code']}:\n{said[-2000:]}")
    return Cost(found["seconds"], found["processor"], found["peak"])


def pipeline(folder: Path, url: str | None, *arguments: str) -> Cost:
    """Run a command of the pipeline."""
    return run([PIPELINE, *arguments], folder, url)
