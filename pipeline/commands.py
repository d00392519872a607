"""One function per verb: the whole way through. Prints nothing and asks nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from pipeline import checks, repository
from pipeline.config import Settings, bundled, ci_actor
from pipeline.errors import HazardError, ManifestError, PlanFileError, RevisionError, RollbackError, UsageError
from pipeline.manifest import schema as schemas
from pipeline.manifest.document import Document
from pipeline.manifest.export import export as make_manifests
from pipeline.manifest.fidelity import Remark, remarks
from pipeline.manifest.load import load, understood
from pipeline.manifest.locate import lines, locate
from pipeline.manifest.resolve import resolve
from pipeline.manifest.store import relative, write_over
from pipeline.manifest.takeover import Takeover, takeover
from pipeline.manifest.validate import validate as check_schema
from pipeline.manifest.words import suggestion
from pipeline.model.address import Address
from pipeline.model.diagnostic import Desired, Diagnostic
from pipeline.model.pack import Pack, Violation
from pipeline.model.resource import State
from pipeline.plan import hazard, planfile, policy
from pipeline.plan.allowance import Allowance, allowance, on_record, refused
from pipeline.plan.blame import Account, account, fields_of, named
from pipeline.plan.build import build, manifests_digest
from pipeline.plan.change import Basis, Plan
from pipeline.plan.deviations import deviations
from pipeline.plan.diff import diff, unsettled
from pipeline.plan.drift import Status
from pipeline.plan.drift import status as drifted
from pipeline.plan.moves import marked
from pipeline.plan.outcome import outcome
from pipeline.plan.past import Entry, Run
from pipeline.plan.policy import Policy
from pipeline.plan.rollback import inverse
from pipeline.plan.stale import Moved, moved_between
from pipeline.render import hazards as render_hazards

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from pipeline.database.history import Old, Page
    from pipeline.database.migrations import History
    from pipeline.database.read import Snapshot
    from pipeline.database.record import Author
    from pipeline.database.unread import Unread

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
    """A plan with what is needed to carry it out.

    `before` gives the rows that it was computed from. A plan that was just made has its `snapshot` and, where
    manifests asked for it, what they declare; one from a file has neither.
    """

    pack: Pack
    plan: Plan
    before: Callable[[], State]
    snapshot: Snapshot | None = None
    desired: State | None = None


class Export(NamedTuple):
    """Manifests made from tables, by path below the folder they are for, and how they differ from the rows.

    `diagnostics` are the errors that the manifests have, because rows break a rule.
    """

    files: dict[str, str]
    remarks: list[Remark]
    unread: list[Unread]
    diagnostics: list[Diagnostic]


class Health(NamedTuple):
    """What `verify` found in one pack: rows and active rows per kind, and broken invariants by name."""

    pack: Pack
    rows: dict[str, tuple[int, int]]
    violations: dict[str, list[Violation]]


class Standings(NamedTuple):
    """What `status` found in one pack, and the run that each resource which drifted was last applied by."""

    pack: Pack
    status: Status
    runs: dict[Address, Run]


class Past(NamedTuple):
    """A run and what it did to each row; nothing where that was pruned."""

    pack: Pack
    run: Run
    entries: tuple[Entry, ...]


def validate(root: Path, catalog: Catalog) -> Validation:
    """Read and check all manifests below `root`. Needs no database. Findings are data, not exceptions."""
    packs = _complete(catalog)
    return _checked(packs, *load(root, {pack.name: pack.version for pack in packs}))


def _checked(packs: Catalog, documents: Sequence[Document], unreadable: Sequence[Diagnostic]) -> Validation:
    """What documents say, and all that is wrong with them and with the files that could not be read."""
    readable, found = not unreadable, list(unreadable)
    desired = {}
    for pack in packs:
        own = [document for document in documents if document.pack == pack.name]
        rejected = check_schema(own, schemas.read(bundled("schemas") / pack.name))
        desired[pack.name], unresolved = resolve(own, pack, [item.origin for item in rejected])
        found += [*rejected, *unresolved]
        if readable:  # with a file missing from the picture, references to it would look wrong
            found += checks.run(desired[pack.name], pack)
    located = locate(documents, dict.fromkeys(found))
    texts = tuple(document.emptied() for document in documents)  # what they say is in `desired` now
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


def policies(settings: Settings, catalog: Catalog) -> dict[str, Policy]:
    """From where on something is a hazard, in each pack. UsageError where the settings name what does not exist."""
    return policy.policies(catalog, settings.policy.tables())


def allowances(given: Sequence[str], catalog: Catalog) -> tuple[Allowance, ...]:
    """What `NAME[:KIND][=COUNT]` allow. UsageError for a hazard or kind that does not exist, or no number."""
    kinds = [kind.name for pack in catalog for kind in pack.kinds]
    return tuple(allowance(text, kinds) for text in given)


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
    policies: Mapping[str, Policy] | None = None,
    progress: Progress = lambda *_: None,
) -> list[Prepared]:
    """The plan of every pack that has manifests, or of the one named, in a READ ONLY transaction.

    `policies` are those of the packs by name (see `policies`); a pack without one has the default thresholds.
    """
    from pipeline.database import fields, migrations, moves, read
    from pipeline.database.session import reading

    require_valid(validation)
    prepared = []
    async with reading(engine) as connection:
        known = histories(validation.packs)
        await migrations.require_newest(connection, known)
        for chosen in _chosen(validation, pack):
            progress(0, 0, f"reading the database for {chosen.name}")
            fields.require_in_step(chosen)
            declared = validation.desired[chosen.name]
            desired = declared.state
            _require_scope(chosen, desired, scope)
            found = await read.read(connection, chosen, desired)
            renaming, snapshot, done = await moves.followed(connection, chosen, declared, found, scope)
            addresses = unsettled(desired, snapshot.state, snapshot.ledger, chosen, scope)
            ledger = await read.with_values(connection, chosen, snapshot, addresses)
            difference = marked(diff(desired, snapshot.state, ledger, chosen, scope, addresses), renaming)
            basis = Basis(snapshot.basis, migrations.heads(known), manifests_digest(desired, declared.moves))
            at = lines(validation.documents, [change.origin for change in difference.changes if change.origin])
            made = build(chosen, scope, difference, basis, at, desired, snapshot.state, moves=done)
            limits = (policies or {}).get(chosen.name, Policy())
            hazards = hazard.find(chosen, made.changes, snapshot.state, ledger, limits)
            made = replace(made, hazards=hazards)
            prepared.append(Prepared(chosen, made, _constantly(found.state), found, desired))
    return prepared


def require_allowed(prepared: Sequence[Prepared], allowed: Sequence[Allowance]) -> None:
    """Raise HazardError if a plan has hazards that are not allowed."""
    plans = [(item.plan, refused(item.plan.hazards, allowed)) for item in prepared]
    found = [render_hazards.refusal(plan, left) for plan, left in plans if left]
    if found:
        raise HazardError("\n".join(found))


async def apply(
    engine: AsyncEngine,
    prepared: Prepared,
    *,
    author: Author | None = None,
    lock_timeout: float,
    allowed: Sequence[Allowance] = (),
    waiting: Tell = lambda _: None,
    progress: Progress = lambda *_: None,
) -> int:
    """Carry out a plan, in one transaction. Returns the number of the run.

    Without `author` it is the database user. Raises HazardError, before anything is written, if the plan has hazards
    that are not among the allowed.
    """
    from pipeline.database.apply import Work
    from pipeline.database.apply import apply as carry_out
    from pipeline.database.record import Author

    require_allowed([prepared], allowed)
    who = (author or Author())._replace(allowed=on_record(prepared.plan.hazards, allowed))
    work = Work(prepared.pack, prepared.plan, who, prepared.before, prepared.snapshot)
    done = await carry_out(engine, work, lock_timeout=lock_timeout, waiting=waiting, progress=progress)
    return done.run


async def save(engine: AsyncEngine, prepared: Sequence[Prepared], path: Path) -> None:
    """Write plans into a file, for `load_plan`. The file is whole or not there at all."""
    from pipeline.database.identity import identify
    from pipeline.database.session import reading

    async with reading(engine) as connection:
        database = await identify(connection)
    plans = [(item.plan, item.before()) for item in prepared]
    content = planfile.dump(database, plans, {item.pack.name: item.pack for item in prepared})
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise PlanFileError(
            f"The plan cannot be written to {path}: {(error.strerror or 'unknown reason').lower()}."
        ) from error


def load_plan(path: Path, catalog: Catalog) -> tuple[planfile.Database, list[Prepared]]:
    """The plans of a file, and the database that they are for. Needs neither manifests nor that database."""
    packs = {pack.name: schemas.complete(pack, schemas.read(bundled("schemas") / pack.name)) for pack in catalog}
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PlanFileError(
            f"The plan file {path} cannot be read: {(error.strerror or 'unknown reason').lower()}."
        ) from error
    found = planfile.load(content, packs)
    return found.database, [Prepared(packs[saved.plan.pack], saved.plan, saved.before) for saved in found.saved]


async def require_fit(
    engine: AsyncEngine, database: planfile.Database, prepared: Sequence[Prepared], catalog: Catalog
) -> None:
    """Raise unless the database is the one that saved plans are for, with the tables that they were made for."""
    from pipeline.database import migrations
    from pipeline.database.identity import identify
    from pipeline.database.session import reading

    known = histories(catalog)
    async with reading(engine) as connection:
        here = await identify(connection)
        if here != database:
            raise PlanFileError(
                f"The plan is for the database {database.name!r}, on another server than this or under another name: "
                f"this is {here.name!r}. Nothing was applied. Name the right one with --database-url."
            )
        current = await migrations.current(connection, known)
    for item in prepared:
        if dict(item.plan.basis.revisions) != current:
            raise RevisionError(
                "The database's tables are not those that the plan was made for: their revision is another one now. "
                "Nothing was applied; make a new plan."
            )


async def moved(engine: AsyncEngine, prepared: Prepared) -> list[Moved] | None:
    """The rows that moved since the plan was made; None where it still fits the database."""
    from pipeline.database.basis import basis
    from pipeline.database.read import read
    from pipeline.database.session import reading

    async with reading(engine) as connection:
        if await basis(connection, prepared.pack) == prepared.plan.basis.rows:
            return None
        return moved_between(prepared.before(), (await read(connection, prepared.pack)).state)


def author(settings: Settings, reason: str | None = None) -> Author:
    """Who applies, why, and from which commit of the manifests' repository."""
    from pipeline.database.record import Author

    commit, clean = repository.head(settings.manifests)
    return Author(_sendable(settings.actor or ci_actor()), _sendable(reason), commit, clean)


async def status(
    engine: AsyncEngine, catalog: Catalog, *, pack: str | None = None, scope: str | None = None
) -> list[Standings]:
    """What became of the rows since they were applied, per pack and kind. Reads no manifests."""
    from pipeline.database import history, read

    found = []
    async with _newest(engine, catalog) as connection:
        for one in _complete(_named(catalog, pack)):
            snapshot = await read.read(connection, one)
            addresses = [Address(name, key) for name, entries in snapshot.ledger.items() for key in entries]
            _require_scope(one, snapshot.state, scope, "The database has")
            ledger = await read.with_values(connection, one, snapshot, addresses)
            state = drifted(one, scope, snapshot.state, ledger)
            runs = await history.last_runs(connection, one, [drift.address for drift in state.drifts])
            found.append(Standings(one, state, runs))
    return found


async def history(engine: AsyncEngine, catalog: Catalog, *, limit: int, page: int) -> Page:
    """The runs on a page of `limit`, newest first."""
    from pipeline.database import history

    async with _newest(engine, catalog) as connection:
        return await history.runs(connection, limit, page)


async def past(engine: AsyncEngine, catalog: Catalog, number: int) -> Past:
    """One run and all that it did."""
    async with _newest(engine, catalog) as connection:
        return await _past(connection, catalog, number)


async def old_details(engine: AsyncEngine, catalog: Catalog, age: timedelta) -> Old:
    """How many change details `prune` would remove."""
    from pipeline.database import history

    async with _newest(engine, catalog) as connection:
        return await history.old(connection, age)


async def prune(engine: AsyncEngine, age: timedelta) -> int:
    """Remove the change details of runs older than `age`; runs and ledger stay. Returns how many."""
    from pipeline.database import history
    from pipeline.database.session import explained, writing

    with explained():
        async with writing(engine) as connection:
            return await history.prune(connection, age)


async def blame(engine: AsyncEngine, catalog: Catalog, typed: str) -> Account:
    """Where the values of a resource come from. `typed` is its address as plans print it, and a field if wished."""
    from pipeline.database import history, read

    names: list[str] = []
    async with _newest(engine, catalog) as connection:
        for pack in _complete(catalog):
            snapshot = await read.read(connection, pack)
            both = (snapshot.state, snapshot.ledger)
            known = {Address(name, key): None for found in both for name in found for key in found[name]}
            asked = named(typed, known)
            if asked is None:
                names += map(str, known)
                continue
            address, field = asked
            kind = pack.kind[address.kind]
            if field is not None and field not in fields_of(kind):
                hint = suggestion(field, fields_of(kind)) or f"It has: {', '.join(fields_of(kind))}."
                raise UsageError(f"A {kind.name} has no field {field!r}. {hint[:1].upper()}{hint[1:]}")
            ledger = await read.with_values(connection, pack, snapshot, [address])
            row, entry = snapshot.state[kind.name].get(address.key), ledger[kind.name].get(address.key)
            return account(kind, address, field, row, entry, await history.touches(connection, pack, address))
    hint = suggestion(typed, names) or "write it as `pipeline plan` does, such as `kind category/CODE`."
    raise UsageError(f"Neither the database nor the ledger has {typed!r}: {hint}")


async def rollback(
    engine: AsyncEngine, catalog: Catalog, number: int, *, policies: Mapping[str, Policy] | None = None
) -> Prepared:
    """The plan that takes a run back, guarded by hazards like any. Raises RollbackError where that cannot be done."""
    from pipeline.database import fields, history, migrations, read

    async with _newest(engine, catalog) as connection:
        pack, run, entries = await _past(connection, catalog, number)
        if run.pruned:
            raise RollbackError(
                f"Run {number} cannot be taken back: what it changed was pruned from the history. "
                "Change the manifests back instead, and apply them."
            )
        fields.require_in_step(pack)
        snapshot = await read.read(connection, pack)
        addresses = [entry.address for entry in entries if entry.address.kind in pack.kind]
        ledger = await read.with_values(connection, pack, snapshot, addresses)
        newer = await history.newer(connection, pack, number)
        found = inverse(run, entries, snapshot.state, ledger, newer, pack)
        nothing: State = {kind.name: {} for kind in pack.kinds}
        basis = Basis(snapshot.basis, migrations.heads(histories(catalog)), manifests_digest(nothing))
        after = outcome(pack, snapshot.state, found.changes)
        made = build(pack, run.scope, found, basis, {}, after, snapshot.state)
        limits = (policies or {}).get(pack.name, Policy())
        hazards = hazard.find(pack, made.changes, snapshot.state, ledger, limits)
        made = replace(made, hazards=hazards, undoes=number)
        return Prepared(pack, made, _constantly(snapshot.state), snapshot)


async def verify(engine: AsyncEngine, catalog: Catalog) -> list[Health]:
    """Count the rows of every kind and check the packs' invariants on them."""
    from pipeline.database import read

    found = []
    async with _newest(engine, catalog) as connection:
        for pack in _complete(catalog):
            state = (await read.read(connection, pack)).state
            rows = {
                name: (len(resources), sum(resource.active for resource in resources.values()))
                for name, resources in state.items()
            }
            broken = {invariant.name: list(invariant.check(state)) for invariant in pack.invariants}
            found.append(Health(pack, rows, broken))
    return found


async def export(
    engine: AsyncEngine, catalog: Catalog, folder: Path, schema_folder: Path, *, pack: str | None, scope: str | None
) -> list[Export]:
    """Manifests for a folder that would make the rows of every pack, or of the one named. Writes no file."""
    from pipeline.database import fields, migrations, read
    from pipeline.database.session import reading
    from pipeline.database.unread import unread

    exports = []
    async with reading(engine) as connection:
        await migrations.require_newest(connection, histories(catalog))
        for bare in _named(catalog, pack):
            described = schemas.read(bundled("schemas") / bare.name)
            chosen = schemas.complete(bare, described)
            fields.require_in_step(chosen)
            snapshot = await read.read(connection, chosen)
            _require_scope(chosen, snapshot.state, scope, "The database has")
            home = relative(schema_folder / bare.name, folder / bare.name)
            made = make_manifests(chosen, described, snapshot.state, snapshot.ledger, home=home, scope=scope)
            files = {f"{bare.name}/{name}": text for name, text in made.files.items()}
            validation = _checked((chosen,), *understood(files, {chosen.name: chosen.version}))
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
        snapshot, described = item.snapshot, schemas.read(bundled("schemas") / item.pack.name)
        desired = validation.desired[item.pack.name].state
        if snapshot is None:
            raise TypeError("a plan that was just made has its snapshot")
        changed = deviations(item.plan, snapshot.state, snapshot.ledger)
        found.append(takeover(item.pack, described, validation.documents, changed, desired, snapshot.state))
    write_over({document.file: (document.content(), new) for one in found for document, new in one.sources})
    return found


def schema(catalog: Catalog) -> dict[str, str]:
    """The JSON Schemas that tables and kinds make: their text by path below the schemas' folder."""
    from pipeline.database.fields import describe

    return {f"{pack.name}/{schemas.FILE_NAME}": schemas.text(schemas.build(pack, describe(pack))) for pack in catalog}


@asynccontextmanager
async def _newest(engine: AsyncEngine, catalog: Catalog) -> AsyncIterator[AsyncConnection]:
    """A READ ONLY transaction on a database whose schema is the newest."""
    from pipeline.database import migrations
    from pipeline.database.session import reading

    async with reading(engine) as connection:
        await migrations.require_newest(connection, histories(catalog))
        yield connection


async def _past(connection: AsyncConnection, catalog: Catalog, number: int) -> Past:
    from pipeline.database import history

    run = await history.run(connection, number)
    if run is None:
        raise UsageError(f"There is no run {number}. `pipeline history` lists those there are.")
    (pack,) = _complete(_named(catalog, run.pack))
    return Past(pack, run, await history.entries(connection, pack, number))


def _complete(catalog: Catalog) -> Catalog:
    """The packs with their fields."""
    return tuple(schemas.complete(pack, schemas.read(bundled("schemas") / pack.name)) for pack in catalog)


def _named(catalog: Catalog, name: str | None) -> Catalog:
    known = [pack.name for pack in catalog]
    if name is not None and name not in known:
        raise UsageError(f"There is no pack {name!r}. Known: {', '.join(known)}.")
    return tuple(pack for pack in catalog if name in (None, pack.name))


def _sendable(text: str | None) -> str | None:
    """The text as the database takes it: what the terminal's encoding could not tell is spelled out."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0") if text else None


def _chosen(validation: Validation, pack: str | None) -> Sequence[Pack]:
    used = {document.pack for document in validation.documents}
    return [known for known in _named(validation.packs, pack) if known.name in used]


def _constantly(state: State) -> Callable[[], State]:
    return lambda: state


def _require_scope(pack: Pack, state: State, scope: str | None, who: str = "The manifests have") -> None:
    if scope is not None and (scope,) not in state[pack.scope]:
        known = ", ".join(str(key[0]) for key in sorted(state[pack.scope])) or "none"
        raise UsageError(f"{who} no {pack.scope} {scope!r}. Known: {known}.")
