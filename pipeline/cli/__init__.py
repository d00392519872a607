"""The command line: the only room that prints."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main() -> None:
    """The console script `pipeline`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code (see `pipeline.errors`)."""
    from pipeline.cli.app import invoke

    return invoke(list(arguments))
