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
_LIVENESS = {"reactivate": (False, True), "deactivate": (True, False)}


async def audit(connection: AsyncConnection, pack: Pack, run: int) -> None:
    """Write an entry for each change of the run, by its actor, in one statement.

    The entity is the kind and the row's id. `changes` is `{field: {"old": …, "new": …}}`; a reference is told by the
    key of its target, and what was created has null for the old. What the ledger only noted is no change. The entries
    have the time of the run: it leads to its number and its reason.
    """
    entries = (
        sa.select(
            CHANGES.c.kind,
            sa.cast(CHANGES.c.row_id, sa.Uuid),
            sa.case(_ACTIONS, value=CHANGES.c.action, else_="update"),
            _fields().op("||")(_renamed(pack)).op("||")(_switched()),
            sa.func.left(RUNS.c.actor, _NAME_LENGTH),
        )
        .join(RUNS, RUNS.c.id == CHANGES.c.run_id)
        .where(CHANGES.c.run_id == run, CHANGES.c.action != "record")
    )
    into = sa.insert(tables(pack)[LOG])  # the ids are the database's: SQLAlchemy would bring one for all rows
    await connection.execute(into.from_select(list(WRITES[0].columns), entries, include_defaults=False))


def _fields() -> Any:
    """All that was written of a new row, or each field that changed, with what it held before."""
    is_new = CHANGES.c.action == "create"
    written = sa.case((is_new, CHANGES.c.declared), else_=CHANGES.c.fields)
    each = sa.func.jsonb_each(written).table_valued(sa.column("name", sa.Text), sa.column("value", JSONB))
    each = each.render_derived(name="field")
    value = each.c.value
    change = sa.case((is_new, _change(_json(None), value)), else_=_change(value["before"], value["after"]))
    found = sa.select(sa.func.jsonb_object_agg(each.c.name, change)).scalar_subquery()
    return sa.func.coalesce(found, _nothing(), type_=JSONB)


def _renamed(pack: Pack) -> Any:
    """The code of a row that was moved: it is part of its key and not among the fields."""
    codes = {kind.name: kind.code for kind in pack.kinds}
    old, new = (sa.cast(key, JSONB)[-1] for key in (CHANGES.c.moved_from, CHANGES.c.key))
    told = sa.func.jsonb_build_object(sa.case(codes, value=CHANGES.c.kind), _change(old, new), type_=JSONB)
    return sa.case((CHANGES.c.moved_from.is_not(None), told), else_=_nothing())


def _switched() -> Any:
    """Whether the row is active, where the run switched it or made it."""
    told = {action: _flag(_json(old), _json(new)) for action, (old, new) in _LIVENESS.items()}
    told["create"] = _flag(_json(None), sa.func.to_jsonb(CHANGES.c.active))
    return sa.case(told, value=CHANGES.c.action, else_=_nothing())


def _flag(old: Any, new: Any) -> Any:
    return sa.func.jsonb_build_object("is_active", _change(old, new), type_=JSONB)


def _change(old: Any, new: Any) -> Any:
    return sa.func.jsonb_build_object("old", old, "new", new, type_=JSONB)


def _json(value: bool | None) -> Any:
    return sa.cast(sa.literal({None: "null", False: "false", True: "true"}[value], sa.Text), JSONB)


def _nothing() -> Any:
    return sa.cast(sa.literal("{}", sa.Text), JSONB)
