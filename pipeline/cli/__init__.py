"""The command line: the only room that prints."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main() -> None:
    """The console script `pipeline`."""
    code = run(sys.argv[1:])
    gc.freeze()  # or Python looks through every object before it ends, a tenth of the time of a large plan
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code (see `pipeline.errors`)."""
    from pipeline.cli.app import invoke

    return invoke(list(arguments))
