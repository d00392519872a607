"""Many applies at once: as if one after another."""

from __future__ import annotations

import re
import shutil
from contextlib import ExitStack
from pathlib import Path

from tests.faults.conftest import Databases, every_pack_with
from tests.faults.states import Known, apply, ask, difference, rows
from tests.faults.steps import APPLY, Outcome, stepped

VARIED = {
    "homologation": ("motos.toml", "price = 420.00", "price = 5{:02}.00"),
    "contracts": ("acme.toml", "30 days of the invoice", "{} days"),
    "components": ("models.toml", "max_tokens = 512", "max_tokens = 6{:02}"),
    "quiz": ("quiz.toml", "Reformas de importancia", "Reformas {}"),
}
"""By pack the file, and what stands there, in which each of many differs."""


def variants(home: Path, pack: str, many: int) -> list[Path]:
    """Folders with manifests, each with a value of its own."""
    name, old, new = VARIED[pack]
    found = []
    for number in range(many):
        folder = home / f"variant-{number}"
        shutil.copytree(home / "manifests", folder / "manifests")
        shutil.copy(home / "pyproject.toml", folder)
        file = folder / "manifests" / name
        text = file.read_text("utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new.format(number)), "utf-8")
        found.append(folder)
    return found


def is_told(done: Outcome) -> bool:
    """Whether the apply was done, or left for a reason that a person understands."""
    if done.code == 0:
        return "\nApplied: " in done.out
    return "Applied: " not in done.out and bool(
        done.code == 4
        and re.search("error: (The database changed after the plan was made|This plan was applied already)", done.err)
    )


@every_pack_with("many", [10], [4])
def test_twice_as_many_applies_at_once(known: Known, home: Path, fresh: Databases, many: int) -> None:
    folders = variants(home, known.pack, many)
    with fresh() as url:
        with stepped(home, url, "plan", "--out", "plan.json", standing=False) as planning:
            assert planning.end().code == 0
        with ExitStack() as all_of_them:
            crowd = []
            for folder in folders:
                crowd.append(all_of_them.enter_context(stepped(folder, url, *APPLY, standing=False)))
                crowd.append(all_of_them.enter_context(stepped(home, url, *APPLY, "plan.json", standing=False)))
            ends = [process.end() for process in crowd]
        assert all(map(is_told, ends)), [done for done in ends if not is_told(done)]

        done = {int(re.findall(r"\(run (\d+)\)", end.out)[0]): place for place, end in enumerate(ends) if end.code == 0}
        runs = [run for (run,) in ask(url, "SELECT id FROM pipeline.runs ORDER BY id OFFSET 1")]
        assert runs == sorted(done)
        assert len(runs) == sum(end.code == 0 for end in ends) >= 1
        assert sum(place % 2 for place in done.values()) <= 1, "the plan was applied more than once"

        with fresh() as other:
            for run in runs:
                apply(other, (home if done[run] % 2 else folders[done[run] // 2]) / "manifests")
            assert not difference(rows(other), rows(url))
