"""What a pack does in the database beside the engine, within the engine's transactions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.model.address import Address, Key
from pipeline.model.pack import Pack
from pipeline.plan.change import Change
from pipeline.plan.hazard import Use


class Access(NamedTuple):
    """Columns of a table that is no kind's, which a pack's hooks read or fill."""

    table: str
    columns: tuple[str, ...]


class Hooks(NamedTuple):
    """Functions of a pack; each may be absent.

    `recorded` is called with the number of a run when its changes stand in `pipeline.changes`, before the commit.
    `uses` is given the ids of rows that a plan retires, and says what still needs them. `unsound` says in sentences
    what is wrong with rows that are no resources.

    `reads` is what `uses` looks at, beside the tables of kinds, and `writes` what `recorded` inserts: roles that plan
    or apply are granted it.
    """

    recorded: Callable[[AsyncConnection, Pack, int], Awaitable[None]] | None = None
    uses: Callable[[AsyncConnection, Pack, Mapping[Address, Any]], Awaitable[Sequence[Use]]] | None = None
    unsound: Callable[[AsyncConnection, Pack], Awaitable[Sequence[str]]] | None = None
    reads: tuple[Access, ...] = ()
    writes: tuple[Access, ...] = ()


def hooks(pack: Pack) -> Hooks:
    """The pack's own, or none."""
    found: Hooks = pack.hooks() if pack.hooks else Hooks()
    return found


async def recorded(connection: AsyncConnection, pack: Pack, run: int) -> None:
    """Let the pack write down a run whose changes are recorded."""
    write = hooks(pack).recorded
    if write is not None:
        await write(connection, pack, run)


async def uses(
    connection: AsyncConnection, pack: Pack, ids: Mapping[str, Mapping[Key, Any]], changes: Iterable[Change]
) -> Sequence[Use]:
    """What still needs the rows that the changes retire. Costs nothing where none retires.

    `ids` are those of the rows by kind and key, under the keys that the changes have.
    """
    ask = hooks(pack).uses
    if ask is None:
        return ()
    addresses = [change.address for change in changes if change.action == "deactivate"]
    return await ask(connection, pack, {one: ids[one.kind][one.key] for one in addresses}) if addresses else ()
