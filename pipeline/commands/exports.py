"""From tables back to manifests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.commands.catalog import Catalog, described, with_scope
from pipeline.commands.databases import newest
from pipeline.commands.manifests import Validation, checked
from pipeline.commands.plans import Progress, plan
from pipeline.manifest.export import export as make_manifests
from pipeline.manifest.fidelity import Remark, remarks
from pipeline.manifest.load import understood
from pipeline.manifest.store import relative, write_over
from pipeline.manifest.takeover import Takeover, takeover
from pipeline.model.diagnostic import Diagnostic
from pipeline.plan.deviations import deviations
from pipeline.plan.renaming import Renaming

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from pipeline.database.unread import Unread


class Export(NamedTuple):
    """Manifests made from tables, by path below the folder they are for, and how they differ from the rows.

    `diagnostics` are the errors that the manifests have, because rows break a rule.
    """

    files: dict[str, str]
    remarks: list[Remark]
    unread: list[Unread]
    diagnostics: list[Diagnostic]


async def export(
    engine: AsyncEngine, catalog: Catalog, folder: Path, schemas: Path, *, pack: str | None, scope: str | None
) -> list[Export]:
    """Manifests for a folder that would make the rows of every pack, or of the one named. Writes no file.

    `schemas` is the folder with the JSON Schemas that they will name.
    """
    from pipeline.database import fields, read
    from pipeline.database.unread import unread

    exports = []
    async with newest(engine, catalog, pack) as (connection, packs):
        snapshots = {one.name: await read.read(connection, one) for one in packs}
        states = {name: snapshot.state for name, snapshot in snapshots.items()}
        for chosen in with_scope(packs, states, scope, "The database has"):
            fields.require_in_step(chosen)
            snapshot = snapshots[chosen.name]
            home = relative(chosen.home or schemas / chosen.name, folder / chosen.name)
            made = make_manifests(chosen, described(chosen), snapshot.state, snapshot.ledger, home=home, scope=scope)
            files = {f"{chosen.name}/{name}": text for name, text in made.files.items()}
            validation = checked((chosen,), *understood(files, {chosen.name: chosen.version}))
            found = remarks(chosen, snapshot.state, validation.desired[chosen.name].state, made.unsaid, scope)
            wrong = [one for one in validation.diagnostics if one.severity == "error"]
            exports.append(Export(files, found, await unread(connection, chosen, snapshot), wrong))
    return exports


async def export_drift(
    engine: AsyncEngine, validation: Validation, *, pack: str | None, scope: str | None, progress: Progress
) -> list[Takeover]:
    """Write what was changed outside the manifests since the last apply into their files, as far as they can say it."""
    found = []
    for item in await plan(engine, validation, pack=pack, scope=scope, progress=progress):
        snapshot = item.snapshot
        desired = validation.desired[item.pack.name].state
        if snapshot is None:
            raise TypeError("a plan that was just made has its snapshot")
        renaming = Renaming.of(item.pack, item.plan.changes)
        state = renaming.state(snapshot.state)
        ledger = renaming.ledger(snapshot.ledger, renaming.arrivals(snapshot.ids, snapshot.ledger))
        changed = deviations(item.plan, state, ledger)
        found.append(takeover(item.pack, described(item.pack), validation.documents, changed, desired, state))
    write_over({document.file: (document.content(), new) for one in found for document, new in one.sources})
    return found
