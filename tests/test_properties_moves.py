"""Whatever is renamed in whatever catalogue: rows keep their ids, and the plan says nothing but moves."""

from __future__ import annotations

from hypothesis import assume

from tests.renames import Names
from tests.strategies import Catalogue
from tests.workbench import Rows, Workbench
from tests.worlds.everywhere import CATALOGUES, NAMES, everywhere
from tests.worlds.world import World


def declared(world: World, rows: Rows) -> Rows:
    """The rows without those that follow from others: what these are called may change what follows."""
    follow = {kind.table for kind in world.pack.kinds if kind.derived}
    return {row: held for row, held in rows.items() if row[0] not in follow}


@everywhere(30, catalogue=CATALOGUES, new=NAMES)
async def test_rows_keep_their_ids_and_nothing_else_happens(
    bench: Workbench, world: World, catalogue: Catalogue, new: Names
) -> None:
    await bench.reset()
    await bench.apply(bench.valid(catalogue))
    before = await bench.rows()
    entries = world.renamed(catalogue, new)
    wanted = sum(len(manifest.get("moved", ())) for manifest in entries.values())
    validation = bench.validate(entries)
    assert validation.ok or world.derives, [found.message for found in validation.diagnostics]
    assume(validation.ok)

    plan = (await bench.plan(validation)).plan
    changes = [change for change in plan.changes if not world.pack.kind[change.address.kind].derived]
    assert [change.action for change in changes] == ["move"] * wanted
    assert not any(change.fields for change in changes)
    assert not [one for one in plan.records if not world.pack.kind[one.address.kind].derived]
    if wanted:
        await bench.apply(validation)

    after = await bench.rows()
    assert before.keys() <= after.keys()
    assert declared(world, after).keys() == declared(world, before).keys()
    codes = {kind.code for kind in world.pack.kinds if kind.movable}
    for row, was in declared(world, before).items():
        differing = {name for name in was if after[row][name] != was[name]}
        assert len(differing) in (0, 2)
        assert differing <= codes | {"updated_at"}
    assert (await bench.plan(validation)).plan.is_empty
