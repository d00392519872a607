"""What it costs to tell what a plan changes for quotes: the bundled catalogue of 42 elements, one price changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.process import Costs, pipeline

CATEGORY = "motos-part"
REQUESTS = 12_383
"""All requests of one, two and three of 42 elements."""
_PRICE, _DEARER = "price = 410.00", "price = 430.00"


def measure(folder: Path, url: str, manifests: Path, runs: int) -> tuple[Costs, Costs]:
    """Plans of the changed price with their impact and without it; runs of both alternate."""
    home = folder / "impact"
    shutil.copytree(manifests, home / "manifests")
    pipeline(home, url, "apply", "--yes")
    tiers = home / "manifests" / "homologation" / CATEGORY / "tiers.toml"
    text = tiers.read_text("utf-8")
    assert text.count(_PRICE) == 1
    tiers.write_text(text.replace(_PRICE, _DEARER), "utf-8")
    told, silent = [], []
    for _ in range(runs):
        told.append(pipeline(home, url, "plan"))
        silent.append(pipeline(home, url, "plan", "--no-impact"))
    return Costs(tuple(told)), Costs(tuple(silent))
