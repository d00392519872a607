"""What past runs did, what has happened to it since, and how to take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from pipeline.commands.catalog import Catalog, named_packs, with_scope
from pipeline.commands.databases import histories, newest
from pipeline.commands.plans import Prepared, constantly, guarded, measured
from pipeline.errors import RollbackError, UsageError
from pipeline.manifest.words import suggestion
from pipeline.model.address import Address
from pipeline.model.pack import Pack
from pipeline.model.resource import State
from pipeline.plan.blame import Account, account, fields_of, named
from pipeline.plan.build import build, manifests_digest
from pipeline.plan.change import Basis
from pipeline.plan.drift import Status
from pipeline.plan.drift import status as drifted
from pipeline.plan.moves import marked
from pipeline.plan.outcome import outcome
from pipeline.plan.past import Entry, Run
from pipeline.plan.policy import Policy
from pipeline.plan.probing import LIMIT
from pipeline.plan.rollback import inverse
from pipeline.plan.way_back import redone, retraced, way_back
from pipeline.render.address import shown

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from pipeline.database.history import Old, Page


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


async def status(
    engine: AsyncEngine, catalog: Catalog, *, pack: str | None = None, scope: str | None = None
) -> list[Standings]:
    """What became of the rows since they were applied, per pack and kind. Reads no manifests.

    A pack without any rows is left out, unless it is named or all are.
    """
    from pipeline.database import history, read

    found = []
    async with newest(engine, catalog, pack) as (connection, packs):
        snapshots = {one.name: await read.read(connection, one) for one in packs}
        states = {name: snapshot.state for name, snapshot in snapshots.items()}
        for one in with_scope(packs, states, scope, "The database has"):
            snapshot = snapshots[one.name]
            addresses = [Address(name, key) for name, entries in snapshot.ledger.items() for key in entries]
            ledger = await read.with_values(connection, one, snapshot, addresses)
            state = drifted(one, scope, snapshot.state, ledger)
            runs = await history.last_runs(connection, one, [drift.address for drift in state.drifts])
            found.append(Standings(one, state, runs))
    in_use = [one for one in found if any(row.managed or row.retired or row.unmanaged for row in one.status.standings)]
    return found if pack else in_use or found


async def history(engine: AsyncEngine, catalog: Catalog, *, limit: int, page: int) -> Page:
    """The runs on a page of `limit`, newest first."""
    from pipeline.database import history

    async with newest(engine, catalog) as (connection, _):
        return await history.runs(connection, limit, page)


async def past(engine: AsyncEngine, catalog: Catalog, number: int) -> Past:
    """One run and all that it did."""
    async with newest(engine, catalog) as (connection, packs):
        return await _past(connection, packs, number)


async def old_details(engine: AsyncEngine, catalog: Catalog, age: timedelta) -> Old:
    """How many change details `prune` would remove."""
    from pipeline.database import history

    async with newest(engine, catalog) as (connection, _):
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
    async with newest(engine, catalog) as (connection, packs):
        for pack in packs:
            snapshot = await read.read(connection, pack)
            both = (snapshot.state, snapshot.ledger)
            known = {Address(name, key): None for found in both for name in found for key in found[name]}
            asked = named(typed, known, shown)
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


async def accounts(engine: AsyncEngine, pack: Pack) -> dict[Address, Account]:
    """Where the values come from of all that the pipeline manages in a pack, read once for all rows."""
    from pipeline.database import history, read

    async with newest(engine, (pack,), pack.name) as (connection, (known,)):
        snapshot = await read.read(connection, known)
        managed = [Address(name, key) for name, entries in snapshot.ledger.items() for key in entries]
        ledger = await read.with_values(connection, known, snapshot, managed)
        touches = await history.all_touches(connection, known)
    return {
        address: account(
            known.kind[address.kind],
            address,
            None,
            snapshot.state[address.kind].get(address.key),
            ledger[address.kind].get(address.key),
            touches.get(address, ()),
        )
        for address in managed
    }


async def rollback(
    engine: AsyncEngine,
    catalog: Catalog,
    number: int,
    *,
    policies: Mapping[str, Policy] | None = None,
    limit: int = LIMIT,
) -> Prepared:
    """The plan that takes a run back, guarded by hazards like any. Raises RollbackError where that cannot be done.

    `limit` is how many requests are compared in each scope to tell what it changes for quotes.
    """
    from pipeline.database import fields, history, migrations, moves, read

    async with newest(engine, catalog) as (connection, packs):
        pack, run, entries = await _past(connection, packs, number)
        if run.pruned:
            raise RollbackError(
                f"Run {number} cannot be taken back: what it changed was pruned from the history. "
                "Change the manifests back instead, and apply them."
            )
        fields.require_in_step(pack)
        snapshot = await read.read(connection, pack)
        places = await history.places(connection, pack, number, snapshot)
        renaming = way_back(run, entries, snapshot.state, places, pack)
        seen = await moves.renamed(connection, pack, snapshot, renaming)
        was, old = retraced(run, entries, pack)
        addresses = [entry.address for entry in old if entry.address.kind in pack.kind]
        ledger = await read.with_values(connection, pack, seen, addresses)
        newer = {Address(name, renaming.key(name, key)) for name, key in await history.newer(connection, pack, number)}
        found = marked(inverse(run, old, seen.state, ledger, newer, pack), renaming)
        nothing: State = {kind.name: {} for kind in pack.kinds}
        basis = Basis(snapshot.basis, migrations.heads(histories((pack,))), manifests_digest(nothing))
        after = outcome(pack, snapshot.state, found.changes)
        done = redone(renaming) if await history.is_undoing(connection, run) else ()
        made = build(pack, was.scope, found, basis, {}, after, seen.state, moves=done)
        made = measured(pack, made, snapshot.state, limit)
        made = await guarded(connection, pack, made, replace(seen, ledger=ledger), policies)
        made = replace(made, undoes=number)
        return Prepared(pack, made, constantly(snapshot.state), snapshot)


async def _past(connection: AsyncConnection, packs: Catalog, number: int) -> Past:
    from pipeline.database import history

    run = await history.by_number(connection, number)
    if run is None:
        raise UsageError(f"There is no run {number}. `pipeline history` lists those there are.")
    (pack,) = named_packs(packs, run.pack)
    return Past(pack, run, await history.entries(connection, pack, number))
