"""Where the fakes of the forges' programs keep what they know: the folder $FAKE_FORGE."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FORGE = Path(os.environ.get("FAKE_FORGE", ""))


def called(arguments: list[str]) -> None:
    """Write down what a program was asked for."""
    with (FORGE / "calls.jsonl").open("a") as log:
        log.write(json.dumps(arguments) + "\n")


def stored(name: str) -> list[Any]:
    """A list of the forge."""
    path = FORGE / f"{name}.json"
    found: list[Any] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return found


def store(name: str, items: list[Any]) -> None:
    """Keep a list."""
    (FORGE / f"{name}.json").write_text(json.dumps(items), "utf-8")
