"""What holds of every rollback, whatever the manifests said and whatever people did to the rows before and after."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, reject

from pipeline import commands
from pipeline.commands import Prepared
from pipeline.errors import RollbackError, VerificationError
from pipeline.model.kind import AppendOnly, Flag, Status
from pipeline.model.pack import Pack
from pipeline.model.values import canonical_text
from pipeline.packs import CATALOG
from pipeline.plan.change import Change, Plan
from tests.allowed import everything
from tests.edits import Edit
from tests.strategies import Catalogue
from tests.workbench import Rows, Workbench
from tests.worlds.everywhere import CATALOGUES, EDITS, everywhere
from tests.worlds.world import World


async def run(bench: Workbench, prepared: Prepared) -> int:
    return await commands.apply(bench.engine, prepared, lock_timeout=5, allowed=everything(prepared))


async def apply_both(bench: Workbench, first: Catalogue, by_hand: list[Edit], second: Catalogue) -> tuple[int, Plan]:
    """Apply one catalogue, edit by hand, and apply the other. Returns the other's run and plan."""
    await bench.reset()
    await bench.apply(bench.valid(first))
    await bench.edit(by_hand)
    prepared = await bench.plan(bench.valid(second))
    assume(not prepared.plan.is_empty)
    return await run(bench, prepared), prepared.plan


async def take_back(bench: Workbench, number: int) -> Prepared:
    """Take a run back. A state that people had broken by hand is one that no rollback may bring back."""
    prepared = await commands.rollback(bench.engine, CATALOG, number)
    if not prepared.plan.is_empty:
        try:
            await run(bench, prepared)
        except VerificationError:
            reject()
    return prepared


def untimed(rows: Rows) -> Rows:
    return {id_: {name: value for name, value in row.items() if name != "updated_at"} for id_, row in rows.items()}


def status(pack: Pack, change: Change) -> str | None:
    """The field that says whether such a row is active, where it says more than that."""
    retire = pack.kind[change.address.kind].retire
    return retire.column if isinstance(retire, Status) else None


def told(pack: Pack, change: Change) -> tuple[Any, ...]:
    """What a plan says of a row; what is created the first time is brought back the second, with the status for it."""
    action = "reactivate" if change.action == "create" else change.action
    fields = tuple(canonical_text(field[:3]) for field in change.fields if field.name != status(pack, change))
    return action, change.address, fields, canonical_text(change.declared), change.active


def is_kept(pack: Pack, change: Change) -> bool:
    """Whether no run is taken back so far: what was added to rows that are only added stays."""
    return isinstance(pack.kind[change.address.kind].retire, AppendOnly)


def created(plan: Plan) -> set[Any]:
    return {change.address for change in plan.changes if change.action == "create"}


def is_out_of_use(pack: Pack, table: str, row: dict[str, Any]) -> bool:
    """Whether a row has retired, if such rows do."""
    retire = next(kind.retire for kind in pack.kinds if kind.table == table)
    match retire:
        case Flag(column=name):
            return not row[name]
        case Status(column=name, active=active):
            return row[name] not in active
        case AppendOnly():
            return True


@everywhere(30, first=CATALOGUES, by_hand=EDITS, second=CATALOGUES)
async def test_rows_are_as_before_the_run_and_the_manifests_ask_for_it_again(
    bench: Workbench, world: World, first: Catalogue, by_hand: list[Edit], second: Catalogue
) -> None:
    await bench.reset()
    await bench.apply(bench.valid(first))
    await bench.edit(by_hand)
    before = await bench.rows()
    wanted = await bench.plan(bench.valid(second))
    assume(not wanted.plan.is_empty)
    number = await run(bench, wanted)

    back = await take_back(bench, number)

    after = await bench.rows()
    assert back.plan.undoes == number
    assert {id_: row for id_, row in untimed(after).items() if id_ in before} == untimed(before)
    for table, id_ in after.keys() - before.keys():
        assert is_out_of_use(world.pack, table, after[table, id_])

    again = await bench.plan(bench.valid(second))
    asked = {
        told(world.pack, change)
        for change in wanted.plan.changes
        if (change.active or change.action != "create") and not is_kept(world.pack, change)
    }
    assert {told(world.pack, change) for change in again.plan.changes} == asked


@everywhere(15, first=CATALOGUES, second=CATALOGUES)
async def test_where_nobody_interfered_nothing_is_a_conflict_and_the_reasons_stay(
    bench: Workbench, world: World, first: Catalogue, second: Catalogue
) -> None:
    number, plan = await apply_both(bench, first, [], second)

    back = await take_back(bench, number)

    again = await bench.plan(bench.valid(second))
    assert {change.cause for change in back.plan.changes} <= {"manifest"}
    assert {change.cause for change in again.plan.changes} <= {"manifest"}
    old = {change.address for change in plan.changes} - created(plan)
    assert old <= {change.address for change in again.plan.changes}
    assert (await bench.plan(bench.valid(first))).plan.changes == ()


@everywhere(15, first=CATALOGUES, by_hand=EDITS, second=CATALOGUES)
async def test_taking_a_rollback_back_is_as_if_it_had_never_been(
    bench: Workbench, world: World, first: Catalogue, by_hand: list[Edit], second: Catalogue
) -> None:
    number, plan = await apply_both(bench, first, by_hand, second)
    validation = bench.valid(second)
    rows, ledger = await bench.rows(), await bench.ledger(validation.packs[0])

    await take_back(bench, number)
    prepared = await commands.rollback(bench.engine, CATALOG, number)
    assert prepared.plan.is_empty
    if plan.changes or plan.records:
        await take_back(bench, await last_run(bench))

    assert untimed(await bench.rows()) == untimed(rows)
    assert await bench.ledger(validation.packs[0]) == ledger
    assert (await bench.plan(validation)).plan.changes == ()


async def last_run(bench: Workbench) -> int:
    return int(await bench.connection.fetchval("SELECT max(id) FROM pipeline.runs"))


@everywhere(15, first=CATALOGUES, second=CATALOGUES, later=EDITS)
async def test_no_later_change_is_lost_unnoticed(
    bench: Workbench, world: World, first: Catalogue, second: Catalogue, later: list[Edit]
) -> None:
    number, plan = await apply_both(bench, first, [], second)
    await bench.edit(later)
    left = {change.address: {field.name: field.after for field in change.fields} for change in plan.changes}

    try:
        back = await commands.rollback(bench.engine, CATALOG, number)
    except RollbackError:  # what a row of the run refers to is gone: that is said, and nothing is done
        return

    for change in back.plan.changes:
        for field in change.fields:
            if field.name == status(world.pack, change) and field.name not in left[change.address]:
                continue  # it goes with the liveness, and keeps what it held before in the log
            is_as_left = canonical_text([field.before]) == canonical_text([left[change.address][field.name]])
            assert field.cause == ("manifest" if is_as_left else "conflict")
            assert is_as_left or change.cause == "conflict"
        assert change.action != "create" or change.cause == "conflict"
