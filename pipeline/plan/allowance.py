"""Allowances: which hazards somebody accepts, by name, and which are left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.errors import UsageError
from pipeline.model.address import Address
from pipeline.plan.change import HAZARDS, Hazard


class Allowance(NamedTuple):
    """A hazard that somebody accepts: its name, perhaps for one kind only and for so many rows at most."""

    name: str
    kind: str | None = None
    ceiling: int | None = None

    def __str__(self) -> str:
        kind = f":{self.kind}" if self.kind else ""
        return f"{self.name}{kind}" + ("" if self.ceiling is None else f"={self.ceiling}")


def allowance(text: str, kinds: Iterable[str]) -> Allowance:
    """What `NAME[:KIND][=COUNT]` allows. `kinds` are those there are; UsageError for anything else."""
    parts = re.fullmatch(r"(?P<name>[^:=]*)(:(?P<kind>[^:=]*))?(=(?P<count>.*))?", text, re.DOTALL)
    name, kind, count = (parts["name"], parts["kind"], parts["count"]) if parts else (text, None, None)
    if name not in HAZARDS:
        raise UsageError(f"--allow {text}: there is no hazard {name!r}. Known: {', '.join(HAZARDS)}.")
    known = tuple(dict.fromkeys(kinds))
    if kind is not None and kind not in known:
        raise UsageError(f"--allow {text}: there is no kind {kind!r}. Known: {', '.join(known)}.")
    if count is not None and not re.fullmatch(r"[0-9]{1,9}", count):
        raise UsageError(f"--allow {text}: {count!r} is no number of rows. Write it as in --allow {name}=12.")
    return Allowance(name, kind, None if count is None else int(count))


def refused(hazards: Sequence[Hazard], allowances: Iterable[Allowance]) -> list[Hazard]:
    """The hazards with a row that nothing allows.

    A ceiling counts all rows of the plan that the allowance is meant for. With one row more it allows none of them.
    """
    standing = _standing(hazards, allowances)

    def is_allowed(name: str, row: Address) -> bool:
        return any(given.name == name and given.kind in (None, row.kind) for given in standing)

    return [hazard for hazard in hazards if not all(is_allowed(hazard.name, row) for row in hazard.rows)]


def on_record(hazards: Sequence[Hazard], allowances: Iterable[Allowance]) -> list[dict[str, str | int | None]]:
    """What a run remembers of its allowances: those that let a hazard pass, and how many rows that were."""
    standing = ((given, _concerned(hazards, given)) for given in _standing(hazards, allowances))
    return [given._asdict() | {"rows": rows} for given, rows in standing if rows]


def _standing(hazards: Sequence[Hazard], allowances: Iterable[Allowance]) -> list[Allowance]:
    """The allowances, each once, whose ceiling is not exceeded."""
    given = dict.fromkeys(allowances)
    return [item for item in given if item.ceiling is None or _concerned(hazards, item) <= item.ceiling]


def _concerned(hazards: Iterable[Hazard], given: Allowance) -> int:
    """How many rows of the hazards an allowance is meant for."""
    rows = [row for hazard in hazards if hazard.name == given.name for row in hazard.rows]
    return sum(given.kind in (None, row.kind) for row in rows)
