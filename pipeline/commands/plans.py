"""Plan and apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from pipeline import repository
from pipeline.commands.catalog import Catalog, with_scope
from pipeline.commands.databases import histories
from pipeline.commands.manifests import Validation, require_valid
from pipeline.config import Settings, ci_actor
from pipeline.errors import HazardError, UsageError
from pipeline.manifest.locate import lines
from pipeline.model.diagnostic import Desired
from pipeline.model.pack import Pack
from pipeline.model.probe import Example
from pipeline.model.resource import State
from pipeline.plan import hazard, policy, probing, scenarios
from pipeline.plan.allowance import Allowance, allowance, refused
from pipeline.plan.build import build, manifests_digest
from pipeline.plan.change import Basis, Plan
from pipeline.plan.diff import diff, unsettled
from pipeline.plan.moves import marked
from pipeline.plan.outcome import outcome
from pipeline.plan.policy import Policy
from pipeline.render import hazards as render_hazards

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from pipeline.database.read import Snapshot
    from pipeline.database.record import Author


Tell: TypeAlias = Callable[[str], None]
Progress: TypeAlias = Callable[[int, int, str], None]
"""Told (steps done, steps in all or 0 where unknown, what is under way)."""


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


def policies(settings: Settings, catalog: Catalog) -> dict[str, Policy]:
    """From where on something is a hazard, in each pack. UsageError where the settings name what does not exist."""
    return policy.policies(catalog, settings.policy.tables())


def allowances(given: Sequence[str], catalog: Catalog) -> tuple[Allowance, ...]:
    """What `NAME[:KIND][=COUNT]` allow. UsageError for a hazard or kind that does not exist, or no number."""
    kinds = [kind.name for pack in catalog for kind in pack.kinds]
    return tuple(allowance(text, kinds) for text in given)


async def plan(
    engine: AsyncEngine,
    validation: Validation,
    *,
    pack: str | None = None,
    scope: str | None = None,
    policies: Mapping[str, Policy] | None = None,
    progress: Progress = lambda *_: None,
    impact: bool = True,
    limit: int = probing.LIMIT,
) -> list[Prepared]:
    """The plan of every pack that has manifests, or of the one named, in a READ ONLY transaction.

    `policies` are those of the packs by name (see `policies`); a pack without one has the default thresholds. Without
    `impact` nothing is said of what a plan changes for quotes, and its dangers are not found; `limit` is how many
    requests are compared for it in each scope.
    """
    from pipeline.database import fields, migrations, moves, read
    from pipeline.database.reflection import reflected
    from pipeline.database.session import reading

    require_valid(validation, pack)
    prepared = []
    async with reading(engine) as connection:
        chosen_packs = _chosen(validation, pack, scope)
        await migrations.require_newest(connection, histories(chosen_packs))
        for one in chosen_packs:
            progress(0, 0, f"reading the database for {one.name}")
            chosen = await reflected(connection, one)
            fields.require_in_step(chosen)
            declared = validation.desired[chosen.name]
            desired = declared.state
            found = await read.read(connection, chosen, desired)
            renaming, snapshot, done = await moves.followed(connection, chosen, declared, found, scope)
            addresses = unsettled(desired, snapshot.state, snapshot.ledger, chosen, scope)
            ledger = await read.with_values(connection, chosen, snapshot, addresses)
            difference = marked(diff(desired, snapshot.state, ledger, chosen, scope, addresses), renaming)
            revisions = migrations.heads(histories((chosen,)))
            basis = Basis(snapshot.basis, revisions, manifests_digest(desired, declared.moves))
            at = lines(validation.documents, [change.origin for change in difference.changes if change.origin])
            made = build(chosen, scope, difference, basis, at, desired, snapshot.state, moves=done)
            if impact:
                progress(0, 0, f"comparing quotes of {one.name}")
                made = measured(chosen, made, found.state, limit, declared.examples)
            made = await guarded(connection, chosen, made, replace(snapshot, ledger=ledger), policies)
            made = _tried(chosen, made, found.state, declared, validation)
            prepared.append(Prepared(chosen, made, constantly(found.state), found, desired))
    return prepared


def measured(pack: Pack, made: Plan, current: State, limit: int, examples: Sequence[Example] = ()) -> Plan:
    """The plan with what it changes for quotes, where the pack gives any; what the examples ask is among them.

    `current` are the rows before any move.
    """
    if pack.probes is None:
        return made
    ask = pack.examples().request if pack.examples else None
    more = [ask(one) for one in examples if ask and made.scope in (None, one.scope)]
    found = probing.impact(pack, pack.probes(), made.changes, current, limit=limit, examples=more)
    return replace(made, impact=found)


async def guarded(
    connection: AsyncConnection, pack: Pack, made: Plan, seen: Snapshot, policies: Mapping[str, Policy] | None
) -> Plan:
    """The plan with its hazards. `seen` has the keys of the changes, and a ledger that knows their values."""
    from pipeline.database import hooks

    limits = (policies or {}).get(pack.name, Policy())
    uses = await hooks.uses(connection, pack, seen.ids, made.changes)
    found = hazard.find(pack, made.changes, seen.state, seen.ledger, limits, uses, made.impact)
    return replace(made, hazards=found)


def _tried(pack: Pack, made: Plan, before: State, declared: Desired, validation: Validation) -> Plan:
    """The plan with the examples of the manifests as a hazard where they fail on what it makes of the rows."""
    examples = [one for one in declared.examples if made.scope in (None, one.scope)]
    if not examples:
        return made
    failed = scenarios.failures(pack, outcome(pack, before, made.changes), examples)
    at = lines(validation.documents, [one.example.origin for one in failed])
    found = scenarios.hazards(failed, lambda origin: f"{origin.file}:{at[origin]}")
    return replace(made, hazards=(*made.hazards, *found))


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
    that are not among the allowed, and StalePlanError if what it retires came into use since, unless that is allowed.
    """
    from pipeline.database.apply import Work
    from pipeline.database.apply import apply as carry_out
    from pipeline.database.record import Author

    require_allowed([prepared], allowed)
    prepared = await with_tables(engine, prepared)
    who = author or Author()
    work = Work(prepared.pack, prepared.plan, who, prepared.before, prepared.snapshot, tuple(allowed))
    done = await carry_out(engine, work, lock_timeout=lock_timeout, waiting=waiting, progress=progress)
    return done.run


async def with_tables(engine: AsyncEngine, prepared: Prepared) -> Prepared:
    """The same with a pack that knows its tables, also where they must be read from the database."""
    from pipeline.database.reflection import reflected
    from pipeline.database.session import reading

    if prepared.pack.metadata is not None:
        return prepared
    async with reading(engine) as connection:
        return replace(prepared, pack=await reflected(connection, prepared.pack))


def author(settings: Settings, reason: str | None = None) -> Author:
    """Who applies, why, and from which commit of the manifests' repository."""
    from pipeline.database.record import Author

    commit, clean = repository.head(settings.manifests)
    return Author(_sendable(settings.actor or ci_actor()), _sendable(reason), commit, clean)


def _sendable(text: str | None) -> str | None:
    """The text as the database takes it: what the terminal's encoding could not tell is spelled out."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0") if text else None


def _chosen(validation: Validation, pack: str | None, scope: str | None) -> Catalog:
    states = {name: desired.state for name, desired in validation.desired.items()}
    chosen = tuple(one for one in validation.packs if pack in (None, one.name))
    if pack is not None and not chosen:
        known = ", ".join(one.name for one in validation.packs) or "none"
        raise UsageError(f"There are no manifests of a pack {pack!r}. There are manifests of: {known}.")
    _require_apart(chosen)
    return with_scope(chosen, states, scope)


def _require_apart(packs: Catalog) -> None:
    """Raise UsageError where a table is in two packs: each would retire the rows of the other."""
    whose: dict[tuple[str | None, str], str] = {}
    for pack in packs:
        for kind in pack.kinds:
            first = whose.setdefault((pack.schema, kind.table), pack.name)
            if first != pack.name:
                place = f"the schema {pack.schema}" if pack.schema else "the default schema"
                raise UsageError(
                    f"The packs {first} and {pack.name} both work on the table {kind.table} of {place}. "
                    f"Give one of them a schema of its own in [tool.pipeline.packs.{pack.name}]."
                )


def constantly(state: State) -> Callable[[], State]:
    """The state as `Prepared.before` gives it."""
    return lambda: state
