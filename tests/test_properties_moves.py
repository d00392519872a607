"""Whatever is renamed in whatever catalogue: rows keep their ids, and the plan says nothing but moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from pipeline.commands import Validation
from tests.renames import Names, names, renamed
from tests.strategies import Catalogue, catalogues
from tests.workbench import Workbench, workbench


@pytest.fixture
async def bench(database: str, folder: Path) -> AsyncIterator[Workbench]:
    async with workbench(database, folder) as made:
        yield made


def valid(bench: Workbench, catalogue: Catalogue) -> Validation:
    validation = bench.validate(catalogue)
    assert validation.ok, [found.message for found in validation.diagnostics]
    return validation


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(catalogues(), names())
async def test_rows_keep_their_ids_and_nothing_else_happens(bench: Workbench, catalogue: Catalogue, new: Names) -> None:
    await bench.reset()
    await bench.apply(valid(bench, catalogue))
    before = await bench.rows()
    entries = renamed(catalogue, new)
    wanted = sum(len(manifest.get("moved", ())) for manifest in entries.values())
    validation = valid(bench, entries)

    plan = (await bench.plan(validation)).plan
    assert [change.action for change in plan.changes] == ["move"] * wanted
    assert not any(change.fields for change in plan.changes)
    assert not plan.records
    if wanted:
        await bench.apply(validation)

    after = await bench.rows()
    assert after.keys() == before.keys()
    for row, was in before.items():
        differing = {name for name in was if after[row][name] != was[name]}
        assert len(differing) in (0, 2)
        assert differing <= {"code", "slug", "key", "field_name", "updated_at"}
    assert (await bench.plan(validation)).plan.is_empty
