"""What a comment has no room for: the least important is left out first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

LIMIT = 65_536
"""How many characters a comment may have."""
ROOM = LIMIT - 536
"""How many are used: whoever posts a comment may add a line by which to find it again."""
_NOTICE = 800
"""Enough for what is said of that which is left out."""


class Weight(IntEnum):
    """How important a piece is. The heaviest stays longest, what is CORE always."""

    VALUES = 0
    FIELDS = 1
    CREATES = 2
    CHANGES = 3
    FOLDS = 4
    TABLES = 5
    ROWS = 6
    HAZARDS = 7
    IMPACT = 8
    PACKS = 9
    CORE = 10


_LEFT_OUT: dict[Weight, tuple[str, str]] = {
    Weight.VALUES: ("the values of {} row to create", "the values of {} rows to create"),
    Weight.FIELDS: ("the fields of {} changed row", "the fields of {} changed rows"),
    Weight.CREATES: ("{} row to create", "{} rows to create"),
    Weight.CHANGES: ("{} other change", "{} other changes"),
    Weight.FOLDS: ("the changes of {} group", "the changes of {} groups"),
    Weight.TABLES: ("{} line of the impact's tables", "{} lines of the impact's tables"),
    Weight.ROWS: ("{} line under the hazards", "{} lines under the hazards"),
    Weight.HAZARDS: ("{} hazard", "{} hazards"),
    Weight.IMPACT: ("the impact of {} pack", "the impact of {} packs"),
    Weight.PACKS: ("{} pack", "{} packs"),
}


class Piece(NamedTuple):
    """Whole lines that are shown together or not at all; what is just a heading is not counted."""

    text: str
    weight: Weight = Weight.CORE
    counts: bool = True


class Fold(NamedTuple):
    """Pieces with what stands around them; `bare` says in a line what they were, where none is left."""

    opening: str
    pieces: Sequence[Piece]
    closing: str
    bare: str
    weight: Weight
    counts: bool = True


def size(text: str) -> int:
    """The length of a text in units of UTF-16: never less than its characters, however they are counted."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def fitted(parts: Sequence[Piece | Fold], room: int = ROOM) -> tuple[str, str]:
    """The text of all that there is room for, and what is said of the rest, empty where nothing is left out."""
    flat = list(_flat(parts))
    sizes = [size(piece.text) for piece in flat]
    total = sum(sizes)
    left: set[int] = set()
    if total > room:
        # The last of the least important goes first.
        for position in sorted(range(len(flat)), key=lambda at: (flat[at].weight, -at)):
            if total <= room - _NOTICE or flat[position].weight is Weight.CORE:
                break
            left.add(position)
            total -= sizes[position]
    count = Counter(flat[position].weight for position in left if flat[position].counts)
    return "".join(_joined(parts, left)), _notice(count)


def _flat(parts: Sequence[Piece | Fold]) -> Iterator[Piece]:
    """All pieces; of a fold first one of what stands around it, which goes after all within are gone."""
    for part in parts:
        if isinstance(part, Fold):
            yield Piece(part.opening + part.closing, part.weight, part.counts)
            yield from part.pieces
        else:
            yield part


def _joined(parts: Sequence[Piece | Fold], left: set[int]) -> Iterator[str]:
    position = 0
    for part in parts:
        if isinstance(part, Piece):
            if position not in left:
                yield part.text
            position += 1
            continue
        around, position = position, position + 1
        kept = [piece.text for at, piece in enumerate(part.pieces, position) if at not in left]
        position += len(part.pieces)
        if around not in left:
            yield "".join((part.opening, *kept, part.closing)) if kept else part.bare


def _notice(count: Counter[Weight]) -> str:
    if not count:
        return ""
    named = list(_named(count))
    return f"Left out here, where there is room for {LIMIT:,} characters: {', '.join(named)}."


def _named(count: Counter[Weight]) -> Iterable[str]:
    for weight, (one, many) in _LEFT_OUT.items():
        if count[weight]:
            yield (one if count[weight] == 1 else many).format(f"{count[weight]:,}")
