"""Quotes: a pack's offer for what somebody asks, from manifests, from rows, or from what a plan makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.commands.catalog import Catalog, with_scope
from pipeline.commands.databases import newest
from pipeline.commands.manifests import Validation
from pipeline.commands.plans import Prepared
from pipeline.errors import UsageError
from pipeline.model.quotes import Answered
from pipeline.model.resource import State
from pipeline.plan.outcome import outcome

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from pipeline.model.pack import Pack

States = Mapping[str, State]
"""What packs are asked about, by their names."""


def quoting(catalog: Iterable[Pack]) -> Catalog:
    """The packs that answer with quotes."""
    return tuple(pack for pack in catalog if pack.quotes is not None and pack.scope)


def desired_states(validation: Validation) -> States:
    """What manifests want."""
    return {pack.name: validation.desired[pack.name].state for pack in quoting(validation.packs)}


def planned_states(prepared: Iterable[Prepared]) -> States:
    """What plans make of the rows that they were computed from."""
    chosen = [item for item in prepared if quoting((item.pack,))]
    return {item.pack.name: outcome(item.pack, item.before(), item.plan.changes) for item in chosen}


async def current_states(engine: AsyncEngine, catalog: Catalog) -> States:
    """What the tables hold now, in a READ ONLY transaction."""
    from pipeline.database import read

    async with newest(engine, quoting(catalog)) as (connection, packs):
        return {pack.name: (await read.read(connection, pack)).state for pack in packs}


def quote(
    catalog: Catalog, states: States, scope: str, things: Sequence[str], text: str, *, explain: bool = False, who: str
) -> Answered:
    """The answer of the first pack that has the scope. `who` begins the sentence of the error where none has it.

    Raises UsageError for a scope that is not there or has retired, and where nothing is asked for.
    """
    if not things and not text.strip():
        raise UsageError('Nothing is asked for. Name elements, such as ESCAPE MANILLAR=2, or say --text "…".')
    known = tuple(pack for pack in quoting(catalog) if pack.name in states)
    if not known:
        raise UsageError(f"{who} nothing that can be quoted: no pack with quotes is there.")
    pack = with_scope(known, states, scope, who)[0]
    if pack.quotes is None:
        raise TypeError("a pack that answers with quotes says how")
    return pack.quotes()(states[pack.name], scope, things, text, explain)
