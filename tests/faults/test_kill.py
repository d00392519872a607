"""SIGKILL at every point of an apply: what was not committed is not there, and the next apply does it all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.faults.conftest import Databases, every_pack, every_pack_with, holding
from tests.faults.states import BLOCKED, Known, ask, connections, cut, untouched, wait, whole
from tests.faults.steps import APPLY, points, stepped

ALWAYS = ("the lock", "UPDATE pipeline.changes", "SELECT", "COMMIT")


@pytest.mark.parametrize("half", [0, 1])
@every_pack
def test_a_kill_between_two_statements(known: Known, home: Path, fresh: Databases, half: int) -> None:
    with fresh() as url:
        names = points(home, url)
        assert whole(known, url) == "after"
    assert {f"before {name}" for name in ALWAYS} <= set(names)
    assert {name.rsplit(" ", 1)[-1] for name in names if "INSERT" in name or "UPDATE" in name} >= set(known.written)
    between = [*range(0, len(names), 2), len(names) - 1]  # after one statement is before the next
    with fresh() as url:
        for number in between[half::2]:
            name = names[number]
            with stepped(home, url, *APPLY) as process:
                assert process.go_to(number) == name
                process.kill()
            if name == "after COMMIT":
                assert whole(known, url) == "after"
                return
            assert untouched(known, url), name
        assert whole(known, url) == "before"


@every_pack
def test_a_kill_while_it_waits_for_a_lock_frees_its_own(known: Known, home: Path, case: str, fresh: Databases) -> None:
    with fresh() as url:
        writing = [name for name in points(home, url) if re.match("before (INSERT INTO|UPDATE) (?!pipeline)", name)]
    table = writing[-1].rsplit(" ", 1)[-1]
    awaited = next(name for name in writing if name.endswith(f" {table}"))
    with holding(case, f"LOCK TABLE {table} IN SHARE MODE"):
        with stepped(home, case, *APPLY) as process:
            while process.point() != awaited:
                process.go()
            process.go()
            wait(lambda: ask(case, BLOCKED))
            process.kill()
        wait(lambda: connections(case) == 0)
    assert whole(known, case) == "before"


@every_pack_with("copy", [False, True], [True])
def test_a_kill_while_the_server_works(known: Known, home: Path, fresh: Databases, copy: bool) -> None:
    with fresh() as url:
        names = points(home, url, copy=copy)
    busy = [
        number
        for number, name in enumerate(names)
        if re.match("before (COPY|COMMIT|INSERT.*pipeline|UPDATE .*s$)", name)
    ]
    assert copy == any("COPY" in name for name in names)
    with fresh() as url:
        for number in busy[::2] + busy[-1:]:
            with stepped(home, url, *APPLY, copy=copy) as process:
                process.go_to(number)
                process.go()
                process.kill()
            cut(url)  # what it began is over now, one way or the other
            if names[number] == "before COMMIT":
                assert whole(known, url) in ("before", "after")
                return
            assert untouched(known, url), names[number]
