"""A database that many hands work on, in any order: manifests, people, saved plans, rollbacks.

`pytest tests/test_state_machine.py --walks 500` takes longer walks, and more of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from io import BytesIO
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from pipeline import commands
from pipeline.commands import Prepared, Validation
from pipeline.errors import HazardError, MoveError, RollbackError, StalePlanError, VerificationError
from pipeline.model.address import sort_key
from pipeline.model.pack import Pack
from pipeline.model.resource import State
from pipeline.packs import CATALOG
from pipeline.plan import planfile
from pipeline.plan.change import Plan
from pipeline.plan.planfile import Database
from tests import laws
from tests.allowed import everything
from tests.edits import Edit
from tests.laws import Moment, moment
from tests.one_entry import HOWS, How, edited
from tests.renames import Names
from tests.strategies import Catalogue
from tests.workbench import Workbench, workbench
from tests.worlds import WORLDS
from tests.worlds.world import World

WALKS, STEPS = 20, 15
NOWHERE = Database("nowhere", "0")
_T = TypeVar("_T")
_numbers = st.integers(0, 10**6)
_catalogues, _edits, _names = (
    st.runner().flatmap(attrgetter(f"world.{name}")) for name in ("catalogues", "edits", "names")
)
_runs = st.sampled_from((-1, -2)) | _numbers  # the newest are those that nobody has built upon


def dumped(plans: Sequence[tuple[Plan, State]], packs: Mapping[str, Pack]) -> bytes:
    """The bytes of a plan file."""
    stream = BytesIO()
    planfile.dump(stream, NOWHERE, plans, packs)
    return stream.getvalue()


class Saved(NamedTuple):
    """A plan in a file: what it was, what the database was, and for a plan of manifests which these were."""

    file: Path
    prepared: Prepared
    at: Moment
    validation: Validation | None


class Walk(RuleBasedStateMachine):
    """One database and its manifests. Every step is taken by somebody who knows nothing of the others."""

    bench: Workbench
    runner: asyncio.Runner
    world: World

    @property
    def pack(self) -> Pack:
        return self.world.whole

    def __init__(self) -> None:
        super().__init__()
        self.catalogue: Catalogue = {}
        self.validation: Validation
        self.saved: list[Saved] = []
        self.run(self.bench.reset())

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return self.runner.run(work)

    @initialize(catalogue=_catalogues)
    def begin(self, catalogue: Catalogue) -> None:
        assert self.declare(catalogue)
        self.run(self.apply(None))

    @rule(catalogue=_catalogues)
    def write_other_manifests(self, catalogue: Catalogue) -> None:
        assert self.declare(catalogue)

    @rule(entry=_numbers, key=_numbers, how=st.sampled_from(HOWS))
    def edit_an_entry(self, entry: int, key: int, how: How) -> None:
        self.declare(edited(self.catalogue, entry, how, key))  # what has become invalid is not written

    @rule(new=_names, at_once=st.booleans())
    def rename(self, new: Names, at_once: bool) -> None:
        assert self.declare(self.world.renamed(self.catalogue, new)) or self.world.derives
        if at_once:
            self.run(self.apply(None))

    @rule(by_hand=_edits, at_once=st.booleans())
    def edit_rows(self, by_hand: list[Edit], at_once: bool) -> None:
        self.run(self.bench.edit(by_hand))
        if at_once:
            self.run(self.apply(None))

    @rule(number=_numbers)
    def look(self, number: int) -> None:
        self.run(self.reads_only(self.plan(self.validation, None)))
        self.run(self.reads_only(self.blame(number)))

    @rule(number=st.none() | _numbers)
    def apply_all_or_a_scope(self, number: int | None) -> None:
        declared = self.validation.desired[self.pack.name].state.get(self.pack.scope, {})
        scopes = sorted(str(code) for (code,) in declared)
        self.run(self.apply(None if number is None or not scopes else scopes[number % len(scopes)]))

    @rule(run=_runs)
    def take_a_run_back(self, run: int) -> None:
        self.run(self.roll_back(run))

    @rule(run=st.none() | _runs)
    def save_a_plan_or_a_rollback(self, run: int | None) -> None:
        self.run(self.save(run))

    @precondition(lambda self: self.saved)
    @rule(number=st.just(-1) | _numbers)
    def apply_a_saved_plan(self, number: int) -> None:
        self.run(self.apply_saved(self.saved[number % len(self.saved)]))

    def declare(self, catalogue: Catalogue) -> bool:
        """Write the manifests, unless they are not valid."""
        validation = self.bench.validate(catalogue)
        if validation.ok:
            self.catalogue, self.validation = catalogue, validation
        return validation.ok

    async def moment(self) -> Moment:
        return await moment(self.bench, self.pack)

    async def reads_only(self, work: Coroutine[Any, Any, _T]) -> _T:
        """What the work returns; it must have written nothing."""
        before = await self.moment()
        found = await work
        laws.nothing_was_written(before, await self.moment())
        return found

    async def plan(self, validation: Validation, scope: str | None) -> Prepared | None:
        """The plan, made twice; None where a declared move has no room."""
        try:
            (one,) = await commands.plan(self.bench.engine, validation, scope=scope)
            (other,) = await commands.plan(self.bench.engine, validation, scope=scope)
        except MoveError:
            return None
        assert self.file(one) == self.file(other)
        return one

    def file(self, prepared: Prepared) -> bytes:
        """The plan as a file, which gives the same plan again."""
        packs = {self.pack.name: self.pack}
        content = dumped([(prepared.plan, prepared.before())], packs)
        (read,) = planfile.load(content, packs).saved
        assert dumped([(read.plan, read.before())], packs) == content
        return content

    async def undo(self, number: int) -> Prepared | None:
        """The plan that takes a run back; None where there is no such run, or no way back."""
        runs = [int(row[0]) for row in await self.bench.connection.fetch("SELECT id FROM pipeline.runs ORDER BY id")]
        if not runs:
            return None
        chosen = runs[number % len(runs)]
        try:
            one = await commands.rollback(self.bench.engine, CATALOG, chosen)
        except RollbackError:
            return None
        assert self.file(one) == self.file(await commands.rollback(self.bench.engine, CATALOG, chosen))
        return one

    async def apply(self, scope: str | None) -> None:
        validation = self.validation
        prepared = await self.reads_only(self.plan(validation, scope))
        if prepared is None:
            return
        if not prepared.plan.is_empty:
            await self.carry_out(prepared)
        await self.nothing_is_left(validation, scope)
        laws.ledger_equals_rows(self.pack, scope, await self.moment())

    async def roll_back(self, number: int) -> None:
        prepared = await self.reads_only(self.undo(number))
        if prepared is not None and not prepared.plan.is_empty and await self.carry_out(prepared):
            assert prepared.plan.undoes is not None
            again = (await commands.rollback(self.bench.engine, CATALOG, prepared.plan.undoes)).plan
            assert (laws.told(again.changes), again.records) == ([], ())

    async def nothing_is_left(self, validation: Validation, scope: str | None) -> None:
        (again,) = await commands.plan(self.bench.engine, validation, scope=scope)
        assert (laws.told(again.plan.changes), again.plan.records) == ([], ())

    async def save(self, run: int | None) -> None:
        validation = self.validation if run is None else None
        work = self.plan(self.validation, None) if run is None else self.undo(run)
        prepared = await self.reads_only(work)
        if prepared is not None and not prepared.plan.is_empty:
            file = self.bench.folder / f"plan-{next(self.bench.numbers)}.json"
            await commands.save(self.bench.engine, [prepared], file)
            self.saved.append(Saved(file, prepared, await self.moment(), validation))

    async def apply_saved(self, saved: Saved) -> None:
        database, (prepared,) = commands.load_plan(saved.file, CATALOG)
        await commands.require_fit(self.bench.engine, database, [prepared])
        assert prepared.plan.digest == saved.prepared.plan.digest
        now = await self.moment()
        if laws.managed(self.pack, now) == laws.managed(self.pack, saved.at):
            if await self.carry_out(prepared, saved.prepared) and saved.validation is not None:
                await self.nothing_is_left(saved.validation, None)
            now = await self.moment()
            if now.runs == saved.at.runs:
                return
        with pytest.raises(StalePlanError):
            await commands.apply(self.bench.engine, prepared, lock_timeout=5, allowed=everything(prepared))
        laws.nothing_was_written(now, await self.moment())

    async def carry_out(self, prepared: Prepared, made: Prepared | None = None) -> bool:
        """Apply a plan; `made` is the same from before it was saved. False where it would break an invariant."""
        before, plan, needed = await self.moment(), prepared.plan, everything(prepared)
        if needed:
            fewer = [allowance for allowance in needed if allowance != needed[-1]]
            with pytest.raises(HazardError):
                await commands.apply(self.bench.engine, prepared, lock_timeout=5, allowed=fewer)
            laws.nothing_was_written(before, await self.moment())
        try:
            run = await commands.apply(self.bench.engine, prepared, lock_timeout=5, allowed=needed)
        except VerificationError:
            assert plan.undoes is not None
            laws.nothing_was_written(before, await self.moment())
            return False
        after = await self.moment()
        laws.outcome_is_as_planned(self.pack, plan, before, after)
        laws.rows_stay_under_their_ids(self.pack, plan, before, after)
        laws.nothing_else_is_touched(self.pack, plan, before, after)
        laws.nothing_outside_the_scope(plan)
        if plan.undoes is None:
            laws.only_what_is_owned_is_written(self.pack, made or prepared, before)
        await laws.the_run_is_told(self.bench, plan, run, before, after)
        await laws.the_log_makes_the_ledger(self.bench, self.pack, plan, run, before, after)
        return True

    async def blame(self, number: int) -> None:
        """Nothing was pruned, so the run that wrote a value is known."""
        known = sorted((await self.moment()).ledger, key=sort_key)
        if known:
            account = await commands.blame(self.bench.engine, CATALOG, str(known[number % len(known)]))
            assert account.managed
            assert [source.name for source in account.sources if source.how == "unknown"] == []


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_whoever_does_what_in_whatever_order(
    request: pytest.FixtureRequest, database: str, folder: Path, world: World
) -> None:
    walks = request.config.getoption("--walks")
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        bench = runner.run(stack.enter_async_context(workbench(database, folder, world.pack)))
        here = type("Walk", (Walk,), {"bench": bench, "runner": runner, "world": world})
        limits = settings(
            max_examples=walks or world.examples(WALKS),
            stateful_step_count=STEPS * 2 if walks else STEPS,
            suppress_health_check=list(HealthCheck),
        )
        try:
            run_state_machine_as_test(here, settings=limits)
        finally:
            runner.run(stack.aclose())
