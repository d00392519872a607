"""What holds of exported manifests, whatever rows they are made from."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from pipeline import commands
from pipeline.commands import Export, Prepared, Validation
from pipeline.manifest.files import shown
from pipeline.model.address import Address
from pipeline.model.kind import Status
from pipeline.packs import CATALOG
from pipeline.plan.change import Change
from tests.edits import Edit
from tests.strategies import Catalogue
from tests.workbench import Workbench, write
from tests.worlds.everywhere import CATALOGUES, EDITS, everywhere
from tests.worlds.world import World


def histories(world: World) -> st.SearchStrategy[list[Catalogue]]:
    """Manifests one after another."""
    return st.lists(world.catalogues, min_size=1, max_size=3)


async def export(bench: Workbench) -> Export:
    (found,) = await commands.export(
        bench.engine, (bench.pack,), bench.folder / "new", bench.folder / "schemas", pack=None, scope=None
    )
    return found


def read(bench: Workbench, files: Mapping[str, str]) -> Validation:
    """The exported manifests, read from files as everybody reads them."""
    root = bench.folder / f"export-{next(bench.numbers)}"
    root.mkdir()
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")
    return commands.validate(root, CATALOG)


async def planned(bench: Workbench, validation: Validation) -> list[Prepared]:
    return await commands.plan(bench.engine, validation)


def changes(prepared: list[Prepared]) -> list[Change]:
    return [change for one in prepared for change in one.plan.changes]


def keeps_its_status(world: World, address: Address) -> bool:
    """Whether a retired row may hold a status that manifests cannot say: that of something replaced by what is gone."""
    kind = world.pack.kind[address.kind]
    return isinstance(kind.retire, Status) and any(
        ref.retires for one in world.pack.kinds for ref in one.refs if ref.to == kind.name
    )


@everywhere(30, history=histories)
async def test_exported_manifests_are_valid_and_change_no_row(
    bench: Workbench, world: World, history: list[Catalogue]
) -> None:
    await bench.reset()
    for catalogue in history:
        await bench.apply(bench.validate(catalogue))

    exported = await export(bench)
    validation = read(bench, exported.files)

    named = {remark.address for remark in exported.remarks}
    assert all(keeps_its_status(world, address) for address in named), exported.remarks
    assert exported.diagnostics == []
    assert validation.ok, [found.message for found in validation.diagnostics]
    assert {change.address for change in changes(await planned(bench, validation))} <= named


@everywhere(30, history=histories)
async def test_exported_manifests_make_the_rows_again(bench: Workbench, world: World, history: list[Catalogue]) -> None:
    await bench.reset()
    for catalogue in history:
        await bench.apply(bench.validate(catalogue))
    exported = await export(bench)
    validation = read(bench, exported.files)

    await bench.reset()
    for prepared in await planned(bench, validation):
        await commands.apply(bench.engine, prepared, lock_timeout=5)

    assert (await export(bench)).files == exported.files


@everywhere(30, catalogue=CATALOGUES, applied=lambda _: st.booleans(), by_hand=EDITS)
async def test_whatever_people_did_a_plan_changes_only_rows_that_a_remark_names(
    bench: Workbench, world: World, catalogue: Catalogue, applied: bool, by_hand: list[Edit]
) -> None:
    await bench.reset()
    await bench.apply(bench.validate(catalogue))
    await bench.edit(by_hand)
    if not applied:
        await bench.forget()

    exported = await export(bench)
    validation = read(bench, exported.files)

    named = {remark.address for remark in exported.remarks}
    assert bool(exported.diagnostics) == (not validation.ok)
    if validation.ok:
        assert {change.address for change in changes(await planned(bench, validation))} <= named


@everywhere(30, catalogue=CATALOGUES, by_hand=EDITS)
async def test_after_drift_is_taken_over_only_what_is_left_to_people_drifts(
    bench: Workbench, world: World, catalogue: Catalogue, by_hand: list[Edit]
) -> None:
    await bench.reset()
    root = bench.folder / f"drift-{next(bench.numbers)}"
    write(root, catalogue)
    for prepared in await planned(bench, commands.validate(root, CATALOG)):
        await commands.apply(bench.engine, prepared, lock_timeout=5)
    await bench.edit(by_hand)
    before = {path: path.read_bytes() for path in root.rglob("*.toml")}

    found = await commands.export_drift(
        bench.engine, commands.validate(root, CATALOG), pack=None, scope=None, progress=lambda *_: None
    )

    written = {one.file for item in found for one in item.taken}
    assert {shown(path) for path, source in before.items() if path.read_bytes() != source} == written
    assert {path for path in root.rglob("*") if path.is_file()} == before.keys()
    validation = commands.validate(root, CATALOG)
    if validation.ok:
        left = {one.address for item in found for one in item.left}
        drift = {change.address for change in changes(await planned(bench, validation)) if change.cause != "manifest"}
        assert drift <= left
