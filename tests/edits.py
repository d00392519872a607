"""What people do to the tables by hand, past the pipeline: a Hypothesis strategy of SQL statements.

Rows are chosen by number, so an edit means the same whatever rows there are; ids are made from the text of the
edit, so that the same edits make the same rows. No edit breaks an invariant of the pack that no plan may mend:
warnings are never moved or revived, because the row that repeats them would have to follow.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from pipeline.model.values import text
from tests.strategies import ELEMENTS, SLUGS, TIERS, TITLES, WARNINGS, booleans, integers, texts

CHANGED: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "vehicle_categories": {"name": texts, "description": st.none() | texts, "icon": st.none() | texts},
    "tariff_tiers": {
        "price": st.sampled_from((Decimal("0.01"), Decimal("NaN"))),
        "conditions": st.none() | texts,
        "min_elements": st.sampled_from((None, 0, 1)),
        "classification_rules": st.sampled_from(("{}", "null", '{"priority": 1e400, "x": [1.0, "\\n\u0301"]}')),
    },
    "base_documentation": {"is_mandatory": booleans, "image_url": st.none() | texts},
    "additional_services": {"description": st.none() | texts, "sort_order": integers},
    "tariff_prompt_sections": {"content": texts, "version": st.just(3)},
    "elements": {
        "name": texts,
        "question_hint": st.none() | texts,
        "sort_order": integers,
        "keywords": st.sampled_from(("[]", '["faro"]', '["e\u0301", "\u0301", "\\t\u030c"]')),
    },
    "element_images": {"url": texts, "status": st.just("unavailable"), "user_instruction": st.none() | texts},
    "element_required_fields": {"label": texts, "options": st.sampled_from((None, '["Otro"]'))},
    "warnings": {"message": texts, "severity": st.sampled_from(("info", "warning"))},
    "element_warning_associations": {"threshold_quantity": st.sampled_from((None, 0, 3))},
    "tier_element_inclusions": {"notes": st.none() | texts, "min_quantity": st.sampled_from((None, 1))},
    "policies": {"value": texts},
    "system_settings": {"value": texts, "description": st.none() | texts},
    "response_constraints": {"priority": integers},
}
"""Columns that are edited, by table."""

ROW = "id = (SELECT id FROM {0} ORDER BY id OFFSET ${1} % (SELECT greatest(count(*), 1) FROM {0}) LIMIT 1)"
_FIRST = "FROM {} ORDER BY id LIMIT 1"
_IN_CATEGORY, _IN_ELEMENT = _FIRST.format("vehicle_categories"), _FIRST.format("elements")
_BOTH = "FROM tariff_tiers t JOIN elements e USING (category_id) ORDER BY t.id, e.id LIMIT 1"
_ADDED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "elements": ("code, category_id, name", f"id, 'Añadido' {_IN_CATEGORY}", (ELEMENTS[0], "A_MANO")),
    "tariff_tiers": ("code, category_id, name, price", f"id, '', 7 {_IN_CATEGORY}", (TIERS[0], "A_MANO")),
    "element_images": ("title, element_id, url", f"id, '/a' {_IN_ELEMENT}", tuple(map(text, TITLES))),
    "element_required_fields": ("field_name, element_id, label", f"id, '' {_IN_ELEMENT}", ("tipo", "a_mano")),
    "warnings": (
        "code, owner_category_id, category_id, message",
        f"id, id, '' {_IN_CATEGORY}",
        (WARNINGS[0], "a_mano"),
    ),
    "tier_element_inclusions": ("notes, tier_id, element_id", f"t.id, e.id {_BOTH}", ("a mano",)),
    "additional_services": ("code, name, price", "'Añadido', 12.5", ("urgencia", "a_mano")),
    "policies": ("key, value, category", "'', 'x'", ("iva", "a_mano")),
    "vehicle_categories": ("slug, name, client_type", "'Añadida', 'particular'", (*SLUGS, "a-mano")),
}
"""Rows that are added, by table: the columns, the values of all but the first, and what the first may hold."""

_RENAMED = {"element_images": "title", "policies": "key", "tariff_tiers": "code", "additional_services": "code"}
_TIED = {
    "elements": ("parent_element_id", "category_id"),
    "element_required_fields": ("condition_field_id", "element_id"),
}


class Edit(NamedTuple):
    """A statement with its parameters."""

    statement: str
    values: tuple[Any, ...]


def _change(table: str) -> st.SearchStrategy[Edit]:
    def statement(column: str, value: Any, row: int) -> Edit:
        where = ROW.format(table, 2)
        return Edit(f"UPDATE {table} SET {column} = $1, updated_at = now() WHERE {where}", (value, row))  # noqa: S608

    columns = CHANGED[table].items()
    return st.one_of([st.builds(statement, st.just(name), value, _rows) for name, value in columns])


def _retire(table: str, alive: bool, row: int) -> Edit:
    alive = alive and table not in ("warnings", "element_warning_associations")
    return Edit(f"UPDATE {table} SET is_active = $1 WHERE {ROW.format(table, 2)}", (alive, row))  # noqa: S608


def _vanish(table: str, row: int) -> Edit:
    return Edit(f"DELETE FROM {table} WHERE {ROW.format(table, 1)}", (row,))  # noqa: S608


def _add(table: str, number: int, alive: bool) -> Edit:
    columns, rest, keys = _ADDED[table]
    row = f"SELECT md5('{table}' || $1::text)::uuid, $2, $1, {rest}"
    statement = f"INSERT INTO {table} (id, is_active, {columns}) {row} ON CONFLICT DO NOTHING"
    return Edit(statement, (keys[number % len(keys)], alive))


def _rename(table: str, row: int) -> Edit:
    column = _RENAMED[table]
    where = ROW.format(table, 1)
    return Edit(f"UPDATE {table} SET {column} = 'R' || substr(id::text, 1, 8) WHERE {where}", (row,))  # noqa: S608


def _tie(table: str, row: int) -> Edit:
    """Make a row refer to the first of its siblings, perhaps itself: nothing in the table forbids it."""
    column, home = _TIED[table]
    sibling = f"(SELECT s.id FROM {table} s WHERE s.{home} = {table}.{home} ORDER BY s.id LIMIT 1)"  # noqa: S608
    return Edit(f"UPDATE {table} SET {column} = {sibling} WHERE {ROW.format(table, 1)}", (row,))  # noqa: S608


_rows = st.integers(0, 5)
_tables = st.sampled_from(tuple(CHANGED))
edits: st.SearchStrategy[list[Edit]] = st.lists(
    st.one_of(
        _tables.flatmap(_change),
        st.builds(_retire, _tables, booleans, _rows),
        st.builds(_vanish, _tables, _rows),
        st.builds(_add, st.sampled_from(tuple(_ADDED)), _rows, booleans),
        st.builds(_rename, st.sampled_from(tuple(_RENAMED)), _rows),
        st.builds(_tie, st.sampled_from(tuple(_TIED)), _rows),
    ),
    max_size=6,
)
