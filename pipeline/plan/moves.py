"""Declared renames -> which rows of this database get which key, before anything is compared.

The states are renamed first and compared after, so that a renamed row is an ordinary row with another code.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from pipeline.errors import MoveError
from pipeline.model.address import Address, Key, path
from pipeline.model.kind import Kind
from pipeline.model.move import Move
from pipeline.model.pack import Pack
from pipeline.model.resource import Ledger, State
from pipeline.plan.change import Change
from pipeline.plan.diff import Difference, covers
from pipeline.plan.renaming import Renaming

Done: TypeAlias = "Collection[tuple[str, Key, Key]]"
"""Kind, from and to of the entries that this database remembers as done."""


def follow(
    pack: Pack, desired: State, current: State, ledger: Ledger, moves: Collection[Move], done: Done
) -> tuple[Renaming, tuple[Move, ...]]:
    """What the entries rename in this database, and the entries that it has to remember from now on.

    Raises MoveError where a row would get the key of another that stays.
    """
    renaming, fresh = Renaming(pack, {}), False
    for kind in pack.kinds:  # parents first: a key is only known when all above it has its new name
        entries = {move.source: move for move in moves if move.kind == kind.name}
        if not entries:
            continue
        settled = {
            (renaming.place(name, old), renaming.place(name, new)) for name, old, new in done if name == kind.name
        }
        places = {renaming.place(kind.name, key): key for key in current[kind.name]}
        known = {renaming.place(kind.name, key) for key in ledger[kind.name]}
        ends = {}
        for source, move in entries.items():
            end = _end(move, entries, desired[kind.name])
            if source in places and end not in (None, source):
                # A row under a name that nobody declares, and no trace of the other: it was renamed back since.
                again = source not in desired[kind.name] and end not in places and end not in known
                if again or (source, move.target) not in settled:
                    ends[source] = end
        _require_room(kind, ends, places, entries)
        fresh = fresh or any((move.source, move.target) not in settled for move in entries.values())
        renaming = Renaming(pack, {**renaming.rows, kind.name: {places[old]: new for old, new in ends.items()}})
    return renaming, tuple(moves) if fresh else ()


def within(pack: Pack, moves: Collection[Move], scope: str | None) -> list[Move]:
    """The entries that a plan for the scope is about."""
    return [move for move in moves if covers(pack, pack.kind[move.kind], move.target, scope)]


def marked(found: Difference, renaming: Renaming) -> Difference:
    """The difference with its moves called so. What else changes in a moved row stays beside the move."""
    before = {(name, new): old for name, keys in renaming.rows.items() for old, new in keys.items()}
    changes = [
        _moved(change, renaming.pack.kind[change.address.kind], before[change.address])
        if change.address in before
        else change
        for change in found.changes
    ]
    return found._replace(changes=changes)


def _moved(change: Change, kind: Kind, before: Key) -> Change:
    fields = tuple(field for field in change.fields if field.name != kind.code)
    action = "move" if change.action == "update" else change.action
    return change._replace(action=action, fields=fields, moved_from=before)


def _end(move: Move, entries: Mapping[Key, Move], declared: Collection[Key]) -> Key | None:
    """Where the entries lead from one of them: to the first key that is declared."""
    seen: set[Key] = set()
    while move.target not in declared:
        seen.add(move.source)
        following = entries.get(move.target)
        if following is None or following.source in seen:
            return None
        move = following
    return move.target


def _require_room(kind: Kind, ends: Mapping[Key, Key], places: Mapping[Key, Key], entries: Mapping[Key, Move]) -> None:
    taken: dict[Key, Key] = {}
    for source, end in ends.items():
        address, other, file = Address(kind.name, source), Address(kind.name, end), entries[source].origin.file
        if end in places and end not in ends:
            raise MoveError(
                f"{address} cannot become {_short(end)}, as {file} says: the database has {other} too, and nothing "
                f"moves that away. Give one of the two rows another {kind.code} in the database and plan again; or "
                f"take the entry out of [[moved]], so that {_short(source)} is retired and {_short(end)} managed."
            )
        if end in taken:
            raise MoveError(
                f"{Address(kind.name, taken[end])} and {address} would both become {_short(end)}, as {file} says. The "
                "database has both rows, and only one can have that name: take one of the entries out of [[moved]]."
            )
        taken[end] = source


def _short(key: Key) -> str:
    return "/".join(path(key))
