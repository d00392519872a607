"""Plan -> rows: one INSERT or COPY and one UPDATE per kind, whatever the number of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles

from pipeline.database.ids import Ids
from pipeline.database.tables import tables
from pipeline.errors import StalePlanError
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource, State
from pipeline.model.values import Row, Value
from pipeline.plan.change import Change, becomes

MANY = 1000
"""From so many rows on, COPY: 2.5 times faster than an INSERT from arrays, but it asks for the types first."""

_ONLY_TEXT = (sa.Float, sa.Date, sa.DateTime)
"""Types of which just a text can say every value: the driver takes 9999-12-31 for infinity."""
_AS_TEXT = (sa.Numeric, sa.SmallInteger, sa.BigInteger, *_ONLY_TEXT)


class Column(NamedTuple):
    """One column of an array-valued source: its name, its type, and one value per row."""

    name: str
    type: sa.types.TypeEngine[Any]
    values: Sequence[Any]


def source(columns: Iterable[Column], name: str = "source") -> sa.TableValuedAlias:
    """`unnest($1::…[], $2::…[]) AS source(a, b)`: many rows as few bound parameters.

    JSON and dates travel as text, because their text is ready; so do numbers that few tables have, because the driver
    asks the server about each type of array it meets. They are cast where they are used (see `taken`).
    """
    listed = list(columns)
    arrays = [sa.bindparam(f"p_{column.name}", _values(column), sa.ARRAY(_sent(column.type))) for column in listed]
    names = [sa.column(column.name, _sent(column.type)) for column in listed]
    return sa.func.unnest(*arrays).table_valued(*names).render_derived(name=name)


def taken(rows: sa.TableValuedAlias, column: Column) -> Any:
    """The source's column as the type of the table's column."""
    found = rows.c[column.name]
    return sa.cast(found, column.type) if isinstance(column.type, (JSONB, *_AS_TEXT)) else found


def _sent(sa_type: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    return sa.Text() if isinstance(sa_type, (JSONB, sa.String, *_AS_TEXT)) else sa_type


def _values(column: Column) -> Sequence[Any]:
    if isinstance(column.type, _AS_TEXT):
        return [None if value is None else str(value) for value in column.values]
    return column.values


class NewRows(NamedTuple):
    """Rows to be added to one table, `size` of them. They are made while they are sent, so that the server works
    on the first while we make the last."""

    table: sa.Table
    columns: Sequence[str]
    rows: Iterable[tuple[Any, ...]]
    size: int


class Step(NamedTuple):
    """One statement of an apply: what it does in words, to how many rows, and itself."""

    label: str
    rows: int
    statement: NewRows | sa.Update


def steps(pack: Pack, changes: Iterable[Change], after: State, ids: Ids) -> list[Step]:
    """The statements that carry out the changes, in order: creates parents first, then updates.

    `after` is the state that the changes lead to.
    """
    named = tables(pack)
    created: dict[str, list[Change]] = defaultdict(list)
    changed: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        (created if change.action == "create" else changed)[change.address.kind].append(change)
    made = []
    for kind in pack.kinds:
        if rows := created[kind.name]:
            insertion = _insert(kind, named[kind.table], rows, after, ids)
            made.append(Step(f"create {kind.section}", len(rows), insertion))
    for kind in pack.kinds:
        if rows := changed[kind.name]:
            made.append(Step(f"update {kind.section}", len(rows), _update(kind, named[kind.table], rows, ids)))
    return made


async def execute(connection: AsyncConnection, step: Step) -> None:
    """Run one statement. Raises StalePlanError where it did not reach every row it was meant for."""
    if isinstance(step.statement, NewRows):
        await insert(connection, step.statement)
        return
    result = await connection.execute(step.statement)
    if result.rowcount != step.rows:
        raise StalePlanError("Rows that the plan wants to write are gone. Nothing was changed; make a new plan.")


async def insert(connection: AsyncConnection, new: NewRows) -> None:
    """Add rows in one statement: INSERT … SELECT FROM unnest(…), or COPY where they are many and it can say them."""
    if new.size >= MANY and not any(isinstance(new.table.c[name].type, _ONLY_TEXT) for name in new.columns):
        async with _plain_json(connection) as driver:
            await driver.copy_records_to_table(
                new.table.name, schema_name=new.table.schema, columns=list(new.columns), records=new.rows
            )
    elif new.size:
        written = zip(new.columns, zip(*new.rows, strict=True), strict=True)
        columns = [Column(name, new.table.c[name].type, cells) for name, cells in written]
        rows = source(columns)
        given = [taken(rows, column) for column in columns]
        identities = [new.table.c[name].identity for name in new.columns]
        always = any(identity is not None and identity.always for identity in identities)
        chosen = _Overriding(*given) if always else sa.select(*given)
        await connection.execute(sa.insert(new.table).from_select(list(new.columns), chosen, include_defaults=False))


@asynccontextmanager
async def _plain_json(connection: AsyncConnection) -> AsyncIterator[Any]:
    """The driver's connection, which writes JSON itself meanwhile: SQLAlchemy has it call Python for every cell."""
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    await driver.reset_type_codec("jsonb", schema="pg_catalog")
    try:
        yield driver
    finally:
        if not driver.is_closed():
            await connection.dialect.setup_asyncpg_jsonb_codec(raw.dbapi_connection)  # type: ignore[attr-defined]  # the dialect of asyncpg


class _Overriding(sa.Select[Any]):
    """A SELECT for INSERT that gives numbers to a column which is GENERATED ALWAYS. They are from its sequence."""

    inherit_cache = True


@compiles(_Overriding)
def _compile_overriding(element: _Overriding, compiler: Any, **more: Any) -> str:
    return f"OVERRIDING SYSTEM VALUE {compiler.visit_select(element, **more)}"


def _insert(kind: Kind, table: sa.Table, changes: Sequence[Change], after: State, ids: Ids) -> NewRows:
    """The rows to create. A field that none of them declares gets the column's default; JSON travels as text."""
    declared = set().union(*(change.declared for change in changes))
    written = [(name, position) for position, name in enumerate((*kind.ref, *kind.field)) if name in declared]
    names = [kind.ref[name].column if name in kind.ref else name for name, _ in written]
    resources, own = after[kind.name], ids[kind.name]

    def rows() -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(changes), MANY):
            some = [resources[change.address.key] for change in changes[start : start + MANY]]
            columns = cells(kind, some, ids)
            keys, active = [own[one.address.key] for one in some], [one.active for one in some]
            flags = [active] if kind.flag else []
            yield from zip(keys, *flags, *(columns[position] for _, position in written), strict=True)

    return NewRows(table, ["id", *([kind.flag] if kind.flag else []), *names], rows(), len(changes))


def cells(kind: Kind, resources: Sequence[Resource], ids: Ids) -> list[list[Any]]:
    """References, as ids, and fields of whole rows, as columns in the kind's order."""
    columns: list[list[Any]] = [list(column) for column in zip(*(_row(one).cells for one in resources), strict=True)]
    for position, ref in enumerate(kind.refs):
        find = ids[ref.to].get
        columns[position] = [None if key is None else find(key) for key in columns[position]]
    return columns


def _row(resource: Resource) -> Row:
    if not isinstance(resource.values, Row):
        raise TypeError("a row of the database is needed")
    return resource.values


def _id(convert: Callable[[Any], Any], key: Value) -> Any:
    return None if key is None else convert(key)


def _update(kind: Kind, table: sa.Table, changes: Sequence[Change], ids: Ids) -> sa.Update:
    """UPDATE … FROM unnest(…). A row's column is set only where the plan changes it, by a flag beside the value."""
    columns = [Column("id", table.c.id.type, [ids[kind.name][change.address.key] for change in changes])]
    if kind.flag:
        columns.append(Column(kind.flag, sa.Boolean(), [change.active for change in changes]))
    after = [becomes(kind, change) for change in changes]
    touched = [name for name in (*kind.ref, *kind.field) if any(name in fields for fields in after)]
    flagged: list[tuple[Column, Column]] = []
    for name in touched:
        ref = kind.ref.get(name)
        column = table.c[ref.column if ref else name]
        written: list[Any] = [fields.get(name) for fields in after]
        if ref:
            written = [_id(ids[ref.to].get, key) for key in written]
        value = Column(column.name, column.type, written)
        flag = Column(f"set_{column.name}", sa.Boolean(), [name in fields for fields in after])
        flagged.append((value, flag))
    rows = source([*columns, *(column for pair in flagged for column in pair)])
    own = taken(rows, columns[0])
    assigned: dict[str, Any] = {
        value.name: sa.case((rows.c[flag.name], taken(rows, value)), else_=table.c[value.name])
        for value, flag in flagged
    }
    if kind.flag:
        assigned[kind.flag] = rows.c[kind.flag]
    if "updated_at" in table.c:
        assigned["updated_at"] = sa.func.now()
    return sa.update(table).where(table.c.id == own).values(assigned)
