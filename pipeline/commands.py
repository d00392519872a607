"""One function per verb: the whole way through. Prints nothing and asks nothing."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from pipeline import checks
from pipeline.config import Settings, bundled
from pipeline.errors import ManifestError, UsageError
from pipeline.manifest import schema as schemas
from pipeline.manifest.document import Document
from pipeline.manifest.load import load
from pipeline.manifest.locate import lines, locate
from pipeline.manifest.resolve import resolve
from pipeline.manifest.validate import validate as check_schema
from pipeline.model.diagnostic import Desired, Diagnostic
from pipeline.model.pack import Pack, Violation
from pipeline.model.resource import State
from pipeline.plan.build import build, manifests_digest
from pipeline.plan.change import Basis, Plan
from pipeline.plan.diff import diff, unsettled

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from pipeline.database.migrations import History
    from pipeline.database.read import Snapshot

# Everything of the room `database` is imported where it is used: checking manifests needs none of it.

Catalog: TypeAlias = tuple[Pack, ...]
Purpose: TypeAlias = Literal["plan", "apply"]
Tell: TypeAlias = Callable[[str], None]
Progress: TypeAlias = Callable[[int, int, str], None]
"""Told (steps done, steps in all or 0 where unknown, what is under way)."""


@dataclass(frozen=True)
class Validation:
    """What the manifests say and what is wrong with them. `packs` have their fields, documents just their text."""

    documents: tuple[Document, ...]
    packs: Catalog
    desired: dict[str, Desired]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing stands in the way of a plan."""
        return not any(found.severity == "error" for found in self.diagnostics)


@dataclass(frozen=True, repr=False)  # asyncio writes the repr of what it returns, and this may be large
class Prepared:
    """A plan with what is needed to carry it out."""

    pack: Pack
    plan: Plan
    desired: State
    snapshot: Snapshot


class Health(NamedTuple):
    """What `verify` found in one pack: rows and active rows per kind, and broken invariants by name."""

    pack: Pack
    rows: dict[str, tuple[int, int]]
    violations: dict[str, list[Violation]]


def validate(root: Path, catalog: Catalog) -> Validation:
    """Read and check all manifests below `root`. Needs no database. Findings are data, not exceptions."""
    packs = tuple(schemas.complete(pack, schemas.read(bundled("schemas") / pack.name)) for pack in catalog)
    documents, found = load(root, {pack.name: pack.version for pack in packs})
    readable = not found
    desired = {}
    for pack in packs:
        own = [document for document in documents if document.pack == pack.name]
        rejected = check_schema(own, schemas.read(bundled("schemas") / pack.name))
        desired[pack.name], unresolved = resolve(own, pack, [item.origin for item in rejected])
        found += [*rejected, *unresolved]
        if readable:  # with a file missing from the picture, references to it would look wrong
            found += checks.run(desired[pack.name], pack)
    located = locate(documents, dict.fromkeys(found))
    texts = tuple(replace(document, data={}) for document in documents)  # what they say is in `desired` now
    return Validation(texts, packs, desired, tuple(located))


def validate_paths(root: Path, paths: Sequence[Path], catalog: Catalog) -> Validation:
    """Check all manifests, and report what stands in or touches `paths`; everything where there are none.

    A folder that lies outside `root` is checked as a folder of manifests of its own.
    """
    outside = [path for path in paths if path.is_dir() and not path.resolve().is_relative_to(root.resolve())]
    if outside and len(paths) == 1:
        return validate(outside[0], catalog)
    validation = validate(root, catalog)
    if not paths:
        return validation
    missing = [path for path in paths if not path.exists() or not path.resolve().is_relative_to(root.resolve())]
    if missing:
        raise UsageError(f"{missing[0]} is no file or folder below {root}. Say --manifests for another folder.")
    wanted = [path.resolve() for path in paths]

    def concerns(found: Diagnostic) -> bool:
        places = [found.origin.file, *(place.file for place in found.also_places)]
        return any(Path(file).resolve().is_relative_to(path) for file in places for path in wanted)

    return replace(validation, diagnostics=tuple(filter(concerns, validation.diagnostics)))


def require_valid(validation: Validation) -> None:
    """Raise ManifestError if the manifests have errors."""
    if not validation.ok:
        raise ManifestError("The manifests have errors: nothing was planned. See each with `pipeline validate`.")


@asynccontextmanager
async def database(settings: Settings, catalog: Catalog, *, upgrade_fresh: bool = True) -> AsyncIterator[AsyncEngine]:
    """The engine of the database that the settings name: the given one, or the embedded server's.

    A fresh embedded database is brought to the newest revision at once; any other only on demand.
    """
    from pipeline.database import embedded, migrations
    from pipeline.database.session import make_engine

    if settings.database_url:
        engine = make_engine(settings.database_url)
        try:
            yield engine
        finally:
            await engine.dispose()
        return
    with embedded.serve(settings.data / "postgres") as url:
        engine = make_engine(url)
        try:
            current = await migrations.current(engine, histories(catalog))
            if upgrade_fresh and not any(current.values()):
                await migrations.upgrade(engine, histories(catalog))
            yield engine
        finally:
            await engine.dispose()


def histories(catalog: Catalog) -> tuple[History, ...]:
    """The schema histories that the pipeline and the packs bring, in the order in which they are upgraded."""
    from pipeline.database import migrations

    return migrations.histories(bundled("alembic"), catalog)


async def upgrade(settings: Settings, catalog: Catalog) -> dict[str, tuple[str | None, str | None]]:
    """Bring the schema to the newest revision. Returns each history's revision before and after."""
    from pipeline.database import migrations

    async with database(settings, catalog, upgrade_fresh=False) as engine:
        before = await migrations.current(engine, histories(catalog))
        await migrations.upgrade(engine, histories(catalog))
        after = await migrations.current(engine, histories(catalog))
    return {name: (before[name], after[name]) for name in before}


async def downgrade(
    settings: Settings, catalog: Catalog, revision: str, name: str | None
) -> dict[str, tuple[str | None, str | None]]:
    """Take one history back, or for `base` every history. Returns each one's revision before and after."""
    from pipeline.database import migrations

    chosen = _histories_named(catalog, name)
    if len(chosen) > 1 and revision != "base":
        raise UsageError(f"Say with --pack which history goes back to {revision}; only `base` holds for all.")
    async with database(settings, catalog, upgrade_fresh=False) as engine:
        before = await migrations.current(engine, chosen)
        for history in reversed(chosen):
            await migrations.downgrade(engine, history, revision)
        after = await migrations.current(engine, chosen)
    return {name: (before[name], after[name]) for name in before}


async def revisions(settings: Settings, catalog: Catalog) -> dict[str, tuple[str | None, str]]:
    """Each history's revision in the database, and the newest one."""
    from pipeline.database import migrations

    async with database(settings, catalog, upgrade_fresh=False) as engine:
        current = await migrations.current(engine, histories(catalog))
    newest = migrations.heads(histories(catalog))
    return {name: (current[name], newest[name]) for name in current}


async def revision(settings: Settings, catalog: Catalog, message: str, name: str | None) -> Path | None:
    """Write a new revision of one history from what its tables have and the database lacks; None for nothing."""
    from pipeline.database import migrations

    chosen = _histories_named(catalog, name)
    if len(chosen) != 1:
        raise UsageError("Say with --pack for which history the revision is.")
    async with database(settings, catalog) as engine:
        return await migrations.revision(engine, chosen[0], message)


def _histories_named(catalog: Catalog, name: str | None) -> tuple[History, ...]:
    known = histories(catalog)
    chosen = tuple(history for history in known if name in (None, history.name))
    if not chosen:
        raise UsageError(f"There is no history {name!r}. Known: {', '.join(history.name for history in known)}.")
    return chosen


@contextmanager
def psql(settings: Settings) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The program psql, the URL of the database, and the variables it needs beside, for as long as the block runs."""
    from pipeline.database import embedded
    from pipeline.database.url import checked_url, split_password

    if settings.database_url:
        program = shutil.which("psql")
        if program is None:
            raise UsageError("psql is not installed here. Install PostgreSQL's client programs.")
        url, password = split_password(checked_url(settings.database_url))
        yield program, url, {} if password is None else {"PGPASSWORD": password}
        return
    with embedded.serve(settings.data / "postgres") as url:
        yield str(embedded.psql()), url, {}


def grants(settings: Settings, catalog: Catalog, role: str, purpose: Purpose, pack: str | None) -> str:
    """The GRANT statements that a role needs to plan or to apply. Needs no database; a URL just gives its name."""
    from pipeline.database.grants import grants as granted
    from pipeline.database.url import database_name

    packs = [schemas.complete(known, schemas.read(bundled("schemas") / known.name)) for known in catalog]
    chosen = [known for known in packs if pack in (None, known.name)]
    if not chosen:
        raise UsageError(f"There is no pack {pack!r}. Known: {', '.join(known.name for known in packs)}.")
    database = database_name(settings.database_url) if settings.database_url else None
    return granted(role, purpose, chosen, histories(catalog), database)


async def plan(
    engine: AsyncEngine,
    validation: Validation,
    *,
    pack: str | None = None,
    scope: str | None = None,
    progress: Progress = lambda *_: None,
) -> list[Prepared]:
    """The plan of every pack that has manifests, or of the one named, in a READ ONLY transaction."""
    from pipeline.database import fields, migrations, read
    from pipeline.database.session import reading

    require_valid(validation)
    prepared = []
    async with reading(engine) as connection:
        known = histories(validation.packs)
        await migrations.require_newest(connection, known)
        for chosen in _chosen(validation, pack):
            progress(0, 0, f"reading the database for {chosen.name}")
            fields.require_in_step(chosen)
            desired = validation.desired[chosen.name].state
            _require_scope(chosen, desired, scope)
            snapshot = await read.read(connection, chosen, desired)
            addresses = unsettled(desired, snapshot.state, snapshot.ledger, chosen, scope)
            ledger = await read.with_values(connection, chosen, snapshot, addresses)
            difference = diff(desired, snapshot.state, ledger, chosen, scope, addresses)
            basis = Basis(snapshot.basis, migrations.heads(known), manifests_digest(desired))
            at = lines(validation.documents, [change.origin for change in difference.changes if change.origin])
            made = build(chosen, scope, difference, basis, at, desired, snapshot.state)
            prepared.append(Prepared(chosen, made, desired, snapshot))
    return prepared


async def apply(
    engine: AsyncEngine,
    prepared: Prepared,
    *,
    lock_timeout: float,
    waiting: Tell = lambda _: None,
    progress: Progress = lambda *_: None,
) -> int:
    """Carry out a plan, in one transaction. Returns the number of the run."""
    from pipeline.database.apply import apply as carry_out
    from pipeline.database.record import Author

    done = await carry_out(
        engine,
        prepared.pack,
        prepared.plan,
        Author(),
        prepared.snapshot,
        lock_timeout=lock_timeout,
        waiting=waiting,
        progress=progress,
    )
    return done.run


async def verify(engine: AsyncEngine, catalog: Catalog) -> list[Health]:
    """Count the rows of every kind and check the packs' invariants on them."""
    from pipeline.database import migrations, read
    from pipeline.database.session import reading

    found = []
    async with reading(engine) as connection:
        await migrations.require_newest(connection, histories(catalog))
        for bare in catalog:
            pack = schemas.complete(bare, schemas.read(bundled("schemas") / bare.name))
            state = (await read.read(connection, pack)).state
            rows = {
                name: (len(resources), sum(resource.active for resource in resources.values()))
                for name, resources in state.items()
            }
            broken = {invariant.name: list(invariant.check(state)) for invariant in pack.invariants}
            found.append(Health(pack, rows, broken))
    return found


def schema(catalog: Catalog) -> dict[str, str]:
    """The JSON Schemas that tables and kinds make: their text by path below the schemas' folder."""
    from pipeline.database.fields import describe

    return {f"{pack.name}/{schemas.FILE_NAME}": schemas.text(schemas.build(pack, describe(pack))) for pack in catalog}


def _chosen(validation: Validation, pack: str | None) -> Sequence[Pack]:
    names = [known.name for known in validation.packs]
    if pack is not None and pack not in names:
        raise UsageError(f"There is no pack {pack!r}. Known: {', '.join(names)}.")
    used = {document.pack for document in validation.documents}
    return [known for known in validation.packs if known.name == (pack or known.name) and known.name in used]


def _require_scope(pack: Pack, desired: State, scope: str | None) -> None:
    if scope is not None and (scope,) not in desired[pack.scope]:
        known = ", ".join(str(key[0]) for key in sorted(desired[pack.scope]))
        raise UsageError(f"The manifests have no {pack.scope} {scope!r}. Known: {known}.")
