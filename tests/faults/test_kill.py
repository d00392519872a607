"""SIGKILL at every point of an apply: what was not committed is not there, and the next apply does it all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.faults.conftest import Databases, holding
from tests.faults.states import BLOCKED, Known, ask, connections, cut, untouched, wait, whole
from tests.faults.steps import APPLY, points, stepped

EXPECTED = (
    *("the lock", "INSERT INTO elements", "INSERT INTO tier_element_inclusions", "UPDATE tariff_tiers"),
    *("UPDATE element_warning_associations", "INSERT INTO pipeline.runs", "INSERT INTO pipeline.changes"),
    *("UPDATE pipeline.changes", "INSERT INTO pipeline.ledger", "SELECT", "COMMIT"),
)


@pytest.mark.parametrize("half", [0, 1])
def test_a_kill_between_two_statements(known: Known, home: Path, fresh: Databases, half: int) -> None:
    with fresh() as url:
        names = points(home, url)
        assert whole(known, url) == "after"
    assert {f"before {name}" for name in EXPECTED} <= set(names)
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


def test_a_kill_while_it_waits_for_a_lock_frees_its_own(known: Known, home: Path, case: str) -> None:
    with holding(case, "LOCK TABLE tier_element_inclusions IN SHARE MODE"):
        with stepped(home, case, *APPLY) as process:
            while process.point() != "before INSERT INTO tier_element_inclusions":
                process.go()
            process.go()
            wait(lambda: ask(case, BLOCKED))
            process.kill()
        wait(lambda: connections(case) == 0)
    assert whole(known, case) == "before"


@pytest.mark.parametrize("copy", [False, True])
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
