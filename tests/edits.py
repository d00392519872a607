"""What people do to the tables by hand, past the pipeline: a Hypothesis strategy of SQL statements.

Rows are chosen by number, so an edit means the same whatever rows there are; ids are made from the text of the
edit, so that the same edits make the same rows. No edit breaks an invariant of the pack that no plan may mend:
warnings are never moved or revived, because the row that repeats them would have to follow.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.strategies import ELEMENTS, TITLES, WARNINGS, booleans, integers, texts

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

_ROW = "id = (SELECT id FROM {0} ORDER BY id OFFSET ${1} % (SELECT greatest(count(*), 1) FROM {0}) LIMIT 1)"
_MADE = "md5($1::text || '{0}')::uuid, $1"
_ADDED: dict[str, tuple[str, tuple[str, ...]]] = {
    "elements": (
        f"(id, code, is_active, category_id, name) SELECT {_MADE}, $2, id, 'Añadido' FROM vehicle_categories LIMIT 1",
        (ELEMENTS[0], "A_MANO"),
    ),
    "tariff_tiers": (
        f"(id, code, is_active, category_id, name, price) SELECT {_MADE}, $2, id, '', 7 FROM vehicle_categories LIMIT 1",
        ("T1", "A_MANO"),
    ),
    "element_images": (
        f"(id, title, is_active, element_id, url) SELECT {_MADE}, $2, id, '/a' FROM elements ORDER BY id LIMIT 1",
        (*TITLES, "Anv\u00e9s"),
    ),
    "element_required_fields": (
        f"(id, field_name, is_active, element_id, label) SELECT {_MADE}, $2, id, '' FROM elements ORDER BY id LIMIT 1",
        ("tipo", "a_mano"),
    ),
    "warnings": (
        f"(id, code, is_active, owner_category_id, category_id, message) SELECT {_MADE}, $2, id, id, ''"
        " FROM vehicle_categories LIMIT 1",
        (WARNINGS[0], "a_mano"),
    ),
    "tier_element_inclusions": (
        "(id, notes, is_active, tier_id, element_id) SELECT md5($1)::uuid, $1, $2, t.id, e.id"
        " FROM tariff_tiers t JOIN elements e USING (category_id) ORDER BY t.id, e.id LIMIT 1",
        ("a mano",),
    ),
    "additional_services": (
        f"(id, code, is_active, name, price) SELECT {_MADE}, $2, 'Añadido', 12.5",
        ("urgencia", "a_mano"),
    ),
    "policies": (f"(id, key, is_active, value, category) SELECT {_MADE}, $2, '', 'x'", ("iva", "a_mano")),
    "vehicle_categories": (
        f"(id, slug, is_active, name, client_type) SELECT {_MADE}, $2, 'Añadida', 'particular'",
        ("motos-part", "a-mano"),
    ),
}
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
        where = _ROW.format(table, 2)
        return Edit(f"UPDATE {table} SET {column} = $1, updated_at = now() WHERE {where}", (value, row))  # noqa: S608

    columns = CHANGED[table].items()
    return st.one_of(st.builds(statement, st.just(name), value, _rows) for name, value in columns)


def _retire(table: str, alive: bool, row: int) -> Edit:
    alive = alive and table not in ("warnings", "element_warning_associations")
    return Edit(f"UPDATE {table} SET is_active = $1 WHERE {_ROW.format(table, 2)}", (alive, row))  # noqa: S608


def _vanish(table: str, row: int) -> Edit:
    return Edit(f"DELETE FROM {table} WHERE {_ROW.format(table, 1)}", (row,))  # noqa: S608


def _add(table: str, number: int, alive: bool) -> Edit:
    rest, keys = _ADDED[table]
    return Edit(f"INSERT INTO {table} {rest.format(table)} ON CONFLICT DO NOTHING", (keys[number % len(keys)], alive))


def _rename(table: str, row: int) -> Edit:
    column = _RENAMED[table]
    where = _ROW.format(table, 1)
    return Edit(f"UPDATE {table} SET {column} = 'R' || substr(id::text, 1, 8) WHERE {where}", (row,))  # noqa: S608


def _tie(table: str, row: int) -> Edit:
    """Make a row refer to the first of its siblings, perhaps itself: nothing in the table forbids it."""
    column, home = _TIED[table]
    sibling = f"(SELECT s.id FROM {table} s WHERE s.{home} = {table}.{home} ORDER BY s.id LIMIT 1)"  # noqa: S608
    return Edit(f"UPDATE {table} SET {column} = {sibling} WHERE {_ROW.format(table, 1)}", (row,))  # noqa: S608


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
