"""`python -m benchmarks`: measure and print."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Server, measure
from benchmarks.report import show
from pipeline.database import embedded


def main() -> None:
    """Measure on a server of its own in a temporary folder."""
    chosen = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="pipeline-bench-")).resolve()
    folder.chmod(0o755)  # the server's user must get through
    try:
        with embedded.serve(folder / "postgres") as url:
            seed_elements = min(chosen.seed_elements, chosen.elements)
            sizes = chosen.elements, seed_elements, chosen.large
            work = measure(Server(url, folder), *sizes, chosen.runs, _say)
            show(asyncio.run(work))
    finally:
        if chosen.keep:
            print(f"Kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--elements", type=int, default=10_000, help="elements; about five rows each")
    parser.add_argument("--seed-elements", type=int, default=2000, help="elements written row by row; scaled up")
    parser.add_argument("--large", type=int, default=100_000, help="elements of the large catalogue; 0 for none")
    parser.add_argument("--runs", type=int, default=3, help="runs of each measurement")
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder")
    return parser.parse_args()


def _say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


main()
