"""An administrator who writes beside an apply: as if one of the two had come after the other."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from tests.faults.conftest import Databases, holding
from tests.faults.states import BLOCKED, Known, Rows, ask, difference, reapply, rows, wait, whole
from tests.faults.steps import APPLY, stepped

MOMENTS = (
    "before the lock",
    "before INSERT INTO tariff_tiers",
    "before INSERT INTO pipeline.runs",
    "before COMMIT",
)
DEEDS = {
    "a row that the plan changes": "UPDATE tariff_tiers SET price = 99 WHERE code = 'T1'",
    "a row that the plan leaves": "UPDATE tariff_tiers SET price = 98 WHERE code = 'T2'",
    "a column that is not managed": "UPDATE element_images SET validated_at = now()",
    "a row that the plan makes": (
        "INSERT INTO tariff_tiers (id, category_id, code, name, price)"
        " SELECT '00000000-0000-4000-8000-000000000001', id, 'T4', 'x', 1 FROM vehicle_categories"
    ),
    "a row that nobody declares": (
        "INSERT INTO tariff_tiers (id, category_id, code, name, price)"
        " SELECT '00000000-0000-4000-8000-000000000002', id, 'T9', 'x', 1 FROM vehicle_categories"
    ),
    "a row that goes before it changes": "DELETE FROM element_images WHERE title = 'Vista general'",
    "a row that goes": "DELETE FROM policies WHERE key = 'iva'",
}
_WAITS = (
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    " AND application_name NOT LIKE 'pipeline %'"
)


def deed(url: str, statement: str) -> None:
    """What the administrator does; what the server refuses is not done."""
    with suppress(asyncpg.UniqueViolationError):
        ask(url, statement)


@pytest.mark.parametrize("name", DEEDS)
def test_as_if_one_after_the_other(known: Known, home: Path, fresh: Databases, name: str) -> None:
    with fresh() as url:
        deed(url, DEEDS[name])
        only_deed = rows(url)
    with fresh() as url:
        reapply(url)
        deed(url, DEEDS[name])
        both = rows(url)
    for moment in MOMENTS:
        with fresh() as url, ThreadPoolExecutor(1) as administrator, stepped(home, url, *APPLY) as process:
            while process.point() != moment:
                process.go()
            acting = administrator.submit(deed, url, DEEDS[name])
            wait(lambda acting=acting, url=url: acting.done() or ask(url, _WAITS))  # type: ignore[misc]  # mypy takes no defaults
            done = process.finish()
            acting.result()
            expected: dict[int, Rows] = {0: both, 4: only_deed}
            assert done.code in expected, done.err
            assert not difference(expected[done.code], rows(url)), moment
            assert ("\nApplied: " in done.out) == (done.code == 0)
            assert ("error: The database changed after the plan was made" in done.err) == (done.code == 4)
            reapply(url)


def test_a_row_that_somebody_locks_for_a_while(known: Known, home: Path, case: str) -> None:
    with stepped(home, case, *APPLY, standing=False) as process:
        with holding(case, "SELECT 1 FROM tariff_tiers WHERE code = 'T1' FOR UPDATE"):
            wait(lambda: ask(case, BLOCKED))
        assert process.end().code == 0
    assert whole(known, case) == "after"


def test_two_who_wait_for_each_other(known: Known, home: Path, case: str) -> None:
    """The server ends one of the two; the apply is tried again, or was not the one."""
    first = "UPDATE element_warning_associations SET show_condition = 'always'"
    second = "UPDATE tariff_tiers SET updated_at = now()"
    with ThreadPoolExecutor(1) as administrator, stepped(home, case, *APPLY) as process:
        while process.point() != "after UPDATE tariff_tiers":
            process.go()
        acting: Future[None] = administrator.submit(both_in_one, case, first, second)
        wait(lambda: ask(case, _WAITS))
        done = process.finish()
        acting.exception()
    assert done.code == 0, done.err
    assert whole(known, case) == "after"


def both_in_one(url: str, first: str, second: str) -> None:
    """Two statements in one transaction."""
    ask(url, "BEGIN", first, second, "COMMIT")
