"""What a pack does in the database beside the engine, within the engine's transactions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.model.address import Address
from pipeline.model.pack import Pack
from pipeline.plan.hazard import Use


class Hooks(NamedTuple):
    """Functions of a pack; each may be absent.

    `recorded` is called with the number of a run when its changes stand in `pipeline.changes`, before the commit.
    `uses` is given the ids of rows that a plan retires, and says what still needs them. `unsound` says in sentences
    what is wrong with rows that are no resources.
    """

    recorded: Callable[[AsyncConnection, Pack, int], Awaitable[None]] | None = None
    uses: Callable[[AsyncConnection, Pack, Mapping[Address, Any]], Awaitable[Sequence[Use]]] | None = None
    unsound: Callable[[AsyncConnection, Pack], Awaitable[Sequence[str]]] | None = None


def hooks(pack: Pack) -> Hooks:
    """The pack's own, or none."""
    found: Hooks = pack.hooks() if pack.hooks else Hooks()
    return found
