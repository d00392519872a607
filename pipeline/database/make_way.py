"""Codes that change hands in one apply: first the rows that stand on a wanted code step aside.

PostgreSQL checks uniqueness row by row, so a shift or a swap cannot be done by one UPDATE, nor can a new row take
the code of one that is yet to be renamed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

import sqlalchemy as sa

from pipeline.database.ids import Ids
from pipeline.database.tables import tables
from pipeline.database.write import Column, Step, source, taken
from pipeline.errors import MoveError
from pipeline.model.address import Address, Key, path
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.plan.change import Change
from pipeline.plan.renaming import Renaming


def make_way(pack: Pack, changes: Sequence[Change], ids: Ids) -> list[Step]:
    """One statement per kind in which a row moves away from a code that another one gets.

    `ids` are those of all rows after the changes. Raises MoveError where the codes come from a list too short.
    """
    named = tables(pack)
    renaming = Renaming.of(pack, changes)
    left: dict[str, list[tuple[Key, Change]]] = defaultdict(list)
    for change in changes:
        if change.moved_from is not None:
            place = renaming.place(change.address.kind, change.moved_from)
            if place in ids[change.address.kind]:
                left[change.address.kind].append((place, change))
    made = []
    for kind in pack.kinds:
        if rows := left[kind.name]:
            table, used = named[kind.table], {*ids[kind.name], *(place for place, _ in rows)}
            codes = list(_free(kind, table.c[kind.code], rows, used))
            owners = [ids[kind.name][change.address.key] for _, change in rows]
            own, code = Column("id", table.c.id.type, owners), Column(kind.code, table.c[kind.code].type, codes)
            aside = source([own, code])
            statement = sa.update(table).where(table.c.id == taken(aside, own)).values({kind.code: taken(aside, code)})
            made.append(Step(f"make way in {kind.section}", len(rows), statement))
    return made


def _free(kind: Kind, column: sa.Column[str], rows: Sequence[tuple[Key, Change]], used: set[Key]) -> Iterator[str]:
    """A code for each row that nobody has or gets: of the column's list of values, if it has one."""
    listed = column.info.get("enum")
    numbers = (f"~{number}" for number in count(1))
    for place, change in rows:
        candidates: Iterable[str] = listed or numbers
        code = next((code for code in candidates if (*place[:-1], code) not in used), None)
        if code is None:
            old, new = Address(kind.name, change.moved_from or place), "/".join(path(change.address.key))
            raise MoveError(
                f"{old} cannot become {new} in one step: the {kind.code} comes from a short list, all of it is in use, "
                "and no row can step aside. Exchange what the entries say instead, and take these out of [[moved]]."
            )
        used.add((*place[:-1], code))
        yield code
