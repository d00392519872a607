"""Every folder of `tests/cases`: apply `before`, plan `after`, compare the plan byte by byte, apply it, plan again.

`pytest --update-cases` writes the expected files anew. Read what it writes: the files are the contract.
"""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.cli.app import invoke
from pipeline.commands import Prepared
from pipeline.database.read import Snapshot, key_text
from pipeline.database.session import make_engine
from pipeline.errors import EXIT_ERROR, HazardError
from pipeline.model import values
from pipeline.model.address import root
from pipeline.packs import CATALOG
from pipeline.packs.homologation import PACK
from pipeline.packs.homologation.audit import LOG
from pipeline.plan.renaming import Renaming
from pipeline.render import json as rendered
from pipeline.render import markdown, text
from tests import case_files
from tests.allowed import everything
from tests.case_files import FAILING, PASSING, Case, Entries, Rows
from tests.conftest import _temporary


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be written anew."""
    return bool(request.config.getoption("--update-cases"))


@pytest.fixture
def _collecting() -> Iterator[None]:
    """The command line turns garbage collection off, as a short process may."""
    yield
    gc.enable()


@pytest.fixture(scope="module")
def shared(server: str, template: str) -> Iterator[str]:
    """The URL of one database for all cases: emptying it is quicker than making it anew."""
    yield from _temporary(server, template)


@pytest.fixture
async def engine(shared: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the shared database, with nothing in it."""
    engine = make_engine(shared)
    await case_files.empty(engine, PACK)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize("case", PASSING, ids=lambda case: case.name)
async def test_plan_and_apply(case: Case, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, update: bool) -> None:
    monkeypatch.chdir(case.folder)
    await case.prepare(engine)
    rows, entries = await case_files.rows(engine, PACK), await case_files.ledger(engine)

    prepared = await case_files.plan(engine, "after", case.scope)
    plans = [item.plan for item in prepared]
    case.expect("plan.txt", "\n".join(map(text.render, plans)), update=update)
    case.expect("plan.json", rendered.plans(plans), update=update)
    if case.text("plan.md"):
        case.expect("plan.md", markdown.render(plans), update=update)
    for item in prepared:
        if not item.plan.is_empty:
            if item.plan.hazards:
                with pytest.raises(HazardError):
                    await commands.apply(engine, item, lock_timeout=5)
            await commands.apply(engine, item, lock_timeout=5, allowed=everything(item))

    for item in prepared:
        after = await case_files.snapshot(engine, item.pack)
        assert_just_the_plan_was_written(item, rows, await case_files.rows(engine, PACK), after)
        assert_ledger(item, entries, await case_files.ledger(engine), after)
    assert all(item.plan.is_empty for item in await case_files.plan(engine, "after", case.scope))
    for health in await commands.verify(engine, CATALOG):
        assert not any(health.violations.values())


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.name)
@pytest.mark.usefixtures("_collecting")
def test_nothing_is_written(
    case: Case, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], update: bool
) -> None:
    monkeypatch.chdir(case.folder)
    before = asyncio.run(_contents(database, case))

    code = invoke(["apply", "--yes", "--manifests", "after", "--database-url", database])

    said = capsys.readouterr()
    assert code == int(case.text("exit.txt") or EXIT_ERROR)
    case.expect("error.txt", said.err, update=update)
    case.expect("plan.txt", said.out, update=update)
    assert asyncio.run(_contents(database)) == before


async def _contents(database: str, prepare: Case | None = None) -> tuple[Rows, Entries]:
    """All rows and ledger entries, after a case was prepared where one is given."""
    engine = make_engine(database)
    if prepare:
        await prepare.prepare(engine)
    found = await case_files.rows(engine, PACK), await case_files.ledger(engine)
    await engine.dispose()
    return found


def assert_just_the_plan_was_written(prepared: Prepared, before: Rows, after: Rows, snapshot: Snapshot) -> None:
    """No row is gone; rows of the plan differ in its columns and in `updated_at`; all others are as they were."""
    pack = prepared.pack
    wanted = {
        (pack.kind[kind].table, snapshot.ids[kind][key]): change
        for change in prepared.plan.changes
        for kind, key in [change.address]
    }
    for table, rows in after.items():
        assert rows.keys() >= before[table].keys()
        if table == LOG:  # an entry for each change, see tests/packs/homologation/test_audit.py
            new = [row["entity_id"] for number, row in rows.items() if number not in before[table]]
            assert sorted(new) == sorted(number for _, number in wanted)
            continue
        for number, row in rows.items():
            change = wanted.get((table, number))
            known = before[table].get(number)
            assert (known is None) == (change is not None and change.action == "create")
            if known is not None:
                moved = {name for name, value in row.items() if value != known[name]}
                assert moved == (case_files.columns_written(prepared, change) | {"updated_at"} if change else set())
            elif change is not None:
                resource = snapshot.state[change.address.kind][change.address.key]
                kind = pack.kind[change.address.kind]
                expected = {field.name: field.default for field in kind.fields} | dict(change.declared)
                assert dict(resource.values) == dict.fromkeys(kind.ref) | expected
                assert resource.active == change.active


def assert_ledger(prepared: Prepared, before: Entries, after: Entries, snapshot: Snapshot) -> None:
    """The ledger equals what is declared, row by row; what is declared no more is recorded as retired."""
    scope = prepared.plan.scope
    scoped = prepared.plan.scoped
    assert prepared.desired is not None
    renaming = Renaming.of(prepared.pack, prepared.plan.changes)
    before = {
        (kind, key_text(renaming.key(kind, values.key(json.loads(key))))): entry
        for (kind, key), entry in before.items()
    }
    for kind, resources in prepared.desired.items():
        for key, resource in resources.items():
            if scope is None or (kind in scoped and root(key) == scope):
                entry = after.pop((kind, key_text(key)))
                assert (entry["active"], entry["values"]) == case_files.as_recorded(resource)
                assert entry["row_id"] == str(snapshot.ids[kind][key])
                assert entry["row_id"] == before.get((kind, key_text(key)), entry)["row_id"]
    for address, entry in after.items():
        if scope is None:
            assert not entry["active"]
        elif f'"{scope}"' not in address[1]:
            assert entry == before[address]
