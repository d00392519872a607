"""What a run changed, as the administration panel lists changes: one entry in `audit_log` for each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from pipeline.database.basis import RUNS
from pipeline.database.hooks import Access
from pipeline.database.record import CHANGES
from pipeline.database.tables import tables
from pipeline.model.pack import Pack

LOG = "audit_log"
WRITES = (Access(LOG, ("entity_type", "entity_id", "action", "changes", "user")),)

_NAME_LENGTH = 100
_ACTIONS = {"create": "create", "deactivate": "delete"}
"""What the panel calls what a run does; all else is an `update`. The panel, too, deletes by switching off."""
_LIVENESS = {"reactivate": ("false", "true"), "deactivate": ("true", "false")}


async def audit(connection: AsyncConnection, pack: Pack, run: int) -> None:
    """Write an entry for each change of the run, by its actor, in one statement.

    The entity is the kind and the row's id. `changes` is `{field: {"old": …, "new": …}}`, and of what was created
    `{"new": {field: …}}`; a reference is told by the key of its target. What the ledger only noted is no change. The
    entries have the time of the run: it leads to its number and its reason.
    """
    entries = (
        sa.select(
            CHANGES.c.kind,
            sa.cast(CHANGES.c.row_id, sa.Uuid),
            sa.case(_ACTIONS, value=CHANGES.c.action, else_="update"),
            sa.case(
                (CHANGES.c.action == "create", _created()),
                else_=_fields().op("||")(_renamed(pack)).op("||")(_switched()),
            ),
            sa.func.left(RUNS.c.actor, _NAME_LENGTH),
        )
        .join(RUNS, RUNS.c.id == CHANGES.c.run_id)
        .where(CHANGES.c.run_id == run, CHANGES.c.action != "record")
    )
    into = sa.insert(tables(pack)[LOG])  # the ids are the database's: SQLAlchemy would bring one for all rows
    await connection.execute(into.from_select(list(WRITES[0].columns), entries, include_defaults=False))


def _created() -> Any:
    """All that was written of a new row. Field by field it would take three times as long."""
    active = sa.func.jsonb_build_object("is_active", CHANGES.c.active, type_=JSONB)
    return sa.func.jsonb_build_object("new", CHANGES.c.declared.op("||")(active), type_=JSONB)


def _fields() -> Any:
    """Each field that changed, with what it held before."""
    each = sa.func.jsonb_each(CHANGES.c.fields).table_valued(sa.column("name", sa.Text), sa.column("value", JSONB))
    each = each.render_derived(name="field")
    change = _change(each.c.value["before"], each.c.value["after"])
    found = sa.select(sa.func.jsonb_object_agg(each.c.name, change)).scalar_subquery()
    return sa.func.coalesce(found, _nothing(), type_=JSONB)


def _renamed(pack: Pack) -> Any:
    """The code of a row that was moved: it is part of its key and not among the fields."""
    codes = {kind.name: kind.code for kind in pack.kinds}
    old, new = (sa.cast(key, JSONB)[-1] for key in (CHANGES.c.moved_from, CHANGES.c.key))
    told = sa.func.jsonb_build_object(sa.case(codes, value=CHANGES.c.kind), _change(old, new), type_=JSONB)
    return sa.case((CHANGES.c.moved_from.is_not(None), told), else_=_nothing())


def _switched() -> Any:
    """Whether the row is active, where the run switched it."""
    told = {
        action: sa.func.jsonb_build_object("is_active", _change(_json(old), _json(new)), type_=JSONB)
        for action, (old, new) in _LIVENESS.items()
    }
    return sa.case(told, value=CHANGES.c.action, else_=_nothing())


def _change(old: Any, new: Any) -> Any:
    return sa.func.jsonb_build_object("old", old, "new", new, type_=JSONB)


def _json(text: str) -> Any:
    return sa.cast(sa.literal(text, sa.Text), JSONB)


def _nothing() -> Any:
    return _json("{}")
