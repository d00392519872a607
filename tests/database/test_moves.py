"""Declared renames, against a real database: ids stay, everything that refers to a row follows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from pipeline.commands import Prepared, Validation
from pipeline.errors import MoveError
from pipeline.packs.homologation import PACK
from tests.strategies import HEAD, Catalogue
from tests.workbench import Workbench, workbench

MOTOS = HEAD | {"category": "motos-part"}
CATEGORY = {"slug": "motos-part", "name": "Motocicletas", "client_type": "particular"}
FILE, MAPPING = "motos.toml", "mapping.toml"
Ids = dict[str, str]
"""The id of each row, by what does not change in a rename: its table and its name, label, url or message."""


@pytest.fixture
async def bench(database: str, folder: Path) -> AsyncIterator[Workbench]:
    async with workbench(database, folder) as made:
        yield made


def element(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": code} | more


def elements(*found: dict[str, Any], moved: tuple[tuple[str, str], ...] = ()) -> Catalogue:
    """A category with these elements, and elements that were renamed."""
    entries = [{"kind": "element", "from": old, "to": new} for old, new in moved]
    return {FILE: MOTOS | {"categories": [CATEGORY], "elements": list(found), "moved": entries}}


def named(code: str, name: str) -> dict[str, Any]:
    return {"code": code, "name": name}


def valid(bench: Workbench, catalogue: Catalogue) -> Validation:
    validation = bench.validate(catalogue)
    assert validation.ok, [found.message for found in validation.diagnostics]
    return validation


async def apply(bench: Workbench, catalogue: Catalogue) -> Prepared:
    """Plan and apply; afterwards nothing is left to do, and the ledger speaks of the rows that are there."""
    validation = valid(bench, catalogue)
    prepared = await bench.plan(validation)
    if not prepared.plan.is_empty:
        prepared = await bench.apply(validation)
    assert (await bench.plan(validation)).plan.is_empty
    pack = validation.packs[0]
    snapshot = await bench.snapshot(pack)
    for (kind, key), entry in (await bench.ledger(pack)).items():
        if entry.active:
            assert entry.id == str(snapshot.ids[kind][key])
    return prepared


async def ids(bench: Workbench, table: str = "elements", column: str = "name") -> Ids:
    return {row[column]: id_ for (name, id_), row in (await bench.rows()).items() if name == table}


async def codes(bench: Workbench) -> dict[str, str]:
    """The code of each element by its name."""
    return {row["name"]: row["code"] for (table, _), row in (await bench.rows()).items() if table == "elements"}


def actions(prepared: Prepared) -> list[tuple[str, str]]:
    return [(change.action, str(change.address)) for change in prepared.plan.changes]


async def remembered(bench: Workbench) -> list[tuple[str, str]]:
    found = await bench.connection.fetch("SELECT from_key, to_key FROM pipeline.moves ORDER BY 1, 2")
    return [tuple(key.split(",")[-1].strip('"]') for key in row) for row in found]


WHOLE: Catalogue = {
    FILE: MOTOS
    | {
        "categories": [CATEGORY],
        "tiers": [
            {"code": "T1", "name": "Uno", "price": 1, "warnings": [{"code": "aviso_tarifa", "message": "a"}]},
            {"code": "T2", "name": "Dos", "price": 2},
        ],
        "documents": [{"code": "fotos", "title": "Fotos", "description": "Fotos"}],
        "services": [{"code": "urgente", "name": "Urgente", "price": 3}],
        "prompt_sections": [{"section_type": "algorithm", "content": "x"}],
        "constraints": [
            {
                "code": "precio",
                "constraint_type": "price_requires_tool",
                "detection_pattern": "x",
                "required_tool": "t",
                "error_injection": "e",
            }
        ],
        "warnings": [{"code": "aviso_categoria", "message": "c"}],
        "elements": [
            element(
                "LUCES",
                name="Luces",
                images=[{"title": "Vista", "url": "/v"}],
                required_fields=[
                    {"field_name": "tipo", "label": "Tipo"},
                    {
                        "field_name": "marca",
                        "label": "Marca",
                        "condition_field": "tipo",
                        "condition_operator": "exists",
                    },
                ],
                warnings=[{"code": "aviso_luces", "message": "l", "show_condition": "always"}],
            ),
            element("FARO", name="Faro", parent="LUCES", variant_type="luz", variant_code="FARO"),
        ],
    },
    MAPPING: MOTOS | {"tiers": {"T1": {"elements": ["LUCES", "FARO"], "includes": ["T2"]}}},
    "company.toml": HEAD
    | {
        "policies": [{"key": "iva", "value": "21", "category": "x"}],
        "settings": [{"key": "plazo", "value": "x"}],
        "services": [{"code": "global", "name": "Global", "price": 3}],
    },
}
RENAMED = (
    ("category", "motos-part", "motocicletas"),
    ("tier", "T1", "TX"),
    ("document", "fotos", "imagenes"),
    ("service", "urgente", "rapido"),
    ("prompt_section", "algorithm", "footer"),
    ("element", "LUCES", "ALUMBRADO"),
    ("image", "LUCES/Vista", "ALUMBRADO/Vista/Frontal"),
    ("required_field", "ALUMBRADO/tipo", "ALUMBRADO/clase"),
    ("warning", "aviso_luces", "aviso_alumbrado"),
    ("constraint", "precio", "importe"),
    ("policy", "iva", "impuesto"),
    ("setting", "plazo", "dias"),
)


def replaced(content: Any, words: dict[str, str]) -> Any:
    """The content with whole words replaced, as keys and as values."""
    if isinstance(content, dict):
        return {replaced(key, words): replaced(value, words) for key, value in content.items()}
    if isinstance(content, list):
        return [replaced(item, words) for item in content]
    return words.get(content, content) if isinstance(content, str) else content


def after_renames(catalogue: Catalogue, renames: tuple[tuple[str, str, str], ...]) -> Catalogue:
    made: Catalogue = deepcopy(catalogue)
    for kind, old, new in renames:
        words = {old.rsplit("/", 1)[-1] if kind != "image" else "Vista": new.split("/", 1)[-1]}
        kept = {name: manifest.pop("moved", []) for name, manifest in made.items()}
        made = replaced(made, words)
        for name, manifest in made.items():
            manifest["moved"] = kept[name]
        file = "company.toml" if kind in ("policy", "setting") else FILE
        made[file]["moved"] = [*made[file]["moved"], {"kind": kind, "from": old, "to": new}]
    return made


@pytest.mark.parametrize("renames", [*((one,) for one in RENAMED), RENAMED], ids=lambda found: found[-1][0])
async def test_every_kind_with_a_code_keeps_its_id(bench: Workbench, renames: tuple[tuple[str, str, str], ...]) -> None:
    await apply(bench, WHOLE)
    before = await bench.rows()

    if renames[0][0] == "required_field":
        renames = (("required_field", "LUCES/tipo", "LUCES/clase"),)
    if renames[0][0] == "image":
        renames = (("image", "LUCES/Vista", "LUCES/Vista/Frontal"),)
    prepared = await apply(bench, after_renames(WHOLE, renames))
    after = await bench.rows()

    assert sorted(change.address.kind for change in prepared.plan.changes) == sorted(kind for kind, *_ in renames)
    assert prepared.plan.summary["move"] == len(renames)
    assert prepared.plan.records == ()
    assert before.keys() == after.keys()
    columns = {(PACK.kind[kind].table, PACK.kind[kind].code): new.split("/", 1)[-1] for kind, _, new in renames}
    for (table, id_), row in after.items():
        was = before[table, id_]
        for name in row.keys() - {"updated_at"}:
            assert row[name] == was[name] or row[name] == columns[table, name]


def test_every_kind_with_a_code_is_tried() -> None:
    assert {kind for kind, *_ in RENAMED} == {kind.name for kind in PACK.kinds if kind.movable}


async def test_a_chain_of_history_leads_any_database_to_its_end(bench: Workbench) -> None:
    chain = (("UNO", "DOS"), ("DOS", "TRES"))
    await apply(bench, elements(named("UNO", "x")))
    (kept,) = (await ids(bench)).values()

    await apply(bench, elements(named("DOS", "x"), moved=chain[:1]))
    await apply(bench, elements(named("TRES", "x"), moved=chain))

    assert (await ids(bench), await codes(bench)) == ({"x": kept}, {"x": "TRES"})
    assert await remembered(bench) == [("DOS", "TRES"), ("UNO", "DOS")]

    await bench.reset()
    await apply(bench, elements(named("UNO", "x")))
    prepared = await apply(bench, elements(named("TRES", "x"), moved=chain))
    assert actions(prepared) == [("move", "element motos-part/TRES")]


async def test_a_swap_is_done_once(bench: Workbench) -> None:
    await apply(bench, elements(named("A", "a"), named("B", "b")))
    before = await ids(bench)
    swapped = elements(named("B", "a"), named("A", "b"), moved=(("A", "B"), ("B", "A")))

    first = await apply(bench, swapped)
    assert first.plan.summary["move"] == 2

    swapped[FILE]["elements"].append(named("C", "c"))
    second = await apply(bench, swapped)
    assert actions(second) == [("create", "element motos-part/C")]
    assert await codes(bench) == {"a": "B", "b": "A", "c": "C"}
    assert (await ids(bench)).items() >= before.items()


async def test_a_swap_does_nothing_to_a_database_that_was_made_after_it(bench: Workbench) -> None:
    swapped = elements(named("B", "a"), named("A", "b"), moved=(("A", "B"), ("B", "A")))

    await apply(bench, swapped)

    assert await codes(bench) == {"a": "B", "b": "A"}
    assert (await bench.plan(valid(bench, swapped))).plan.is_empty


async def test_a_swap_below_something_stays_done_when_that_is_renamed(bench: Workbench) -> None:
    def fields(owner: str, *names: str) -> list[dict[str, Any]]:
        both = zip(names, ("l", "r"), strict=True)
        return [element(owner, required_fields=[{"field_name": name, "label": label} for name, label in both])]

    swap = [
        {"kind": "required_field", "from": "A/x", "to": "A/y"},
        {"kind": "required_field", "from": "A/y", "to": "A/x"},
    ]
    base = elements(*fields("A", "x", "y"))
    await apply(bench, base)
    before = await ids(bench, "element_required_fields", "label")
    swapped = elements(*fields("A", "y", "x"))
    swapped[FILE]["moved"] = swap
    await apply(bench, swapped)
    renamed = elements(*fields("B", "y", "x"), moved=(("A", "B"),))
    renamed[FILE]["elements"][0]["name"] = "A"
    renamed[FILE]["moved"] += swap

    prepared = await apply(bench, renamed)

    assert actions(prepared) == [("move", "element motos-part/B")]
    assert await ids(bench, "element_required_fields", "label") == before
    known = await bench.connection.fetch("SELECT from_key FROM pipeline.moves WHERE kind = 'required_field' ORDER BY 1")
    assert [row[0] for row in known] == ['[[["motos-part"],"B"],"x"]', '[[["motos-part"],"B"],"y"]']


async def test_there_and_back_and_there_again(bench: Workbench) -> None:
    there, back = (("A", "B"),), (("B", "A"),)
    await apply(bench, elements(named("A", "x")))
    kept = await ids(bench)

    for code, moved in (("B", there), ("A", back), ("B", there), ("A", back + there), ("B", back + there)):
        prepared = await apply(bench, elements(named(code, "x"), moved=moved))
        assert actions(prepared) == [("move", f"element motos-part/{code}")]
        assert await ids(bench) == kept


async def test_what_leads_back_is_forgotten(bench: Workbench) -> None:
    await apply(bench, elements(named("A", "x")))
    await apply(bench, elements(named("B", "x"), moved=(("A", "B"),)))
    assert await remembered(bench) == [("A", "B")]

    await apply(bench, elements(named("A", "x"), moved=(("B", "A"),)))

    assert await remembered(bench) == [("B", "A")]
    prepared = await apply(bench, elements(named("B", "x"), named("A", "new"), moved=(("A", "B"),)))
    assert actions(prepared) == [("create", "element motos-part/A"), ("move", "element motos-part/B")]


async def test_a_code_that_is_free_again_can_be_used_at_once_and_later(bench: Workbench) -> None:
    await apply(bench, elements(named("A", "x")))
    kept = (await ids(bench))["x"]
    both = elements(named("B", "x"), named("A", "new"), moved=(("A", "B"),))

    await apply(bench, both)
    both[FILE]["elements"][1]["description"] = "more"
    prepared = await apply(bench, both)

    assert actions(prepared) == [("update", "element motos-part/A")]
    assert await codes(bench) == {"x": "B", "new": "A"}
    assert (await ids(bench))["x"] == kept


async def test_a_row_that_stays_is_in_the_way(bench: Workbench) -> None:
    await apply(bench, elements(named("A", "a"), named("B", "b")))
    rows = await bench.rows()

    with pytest.raises(MoveError, match=r"element motos-part/A cannot become motos-part/B.*element motos-part/B"):
        await bench.plan(valid(bench, elements(named("B", "b"), moved=(("A", "B"),))))

    assert await bench.rows() == rows


async def test_two_rows_that_would_get_one_code(bench: Workbench) -> None:
    await apply(bench, elements(named("A", "a"), named("B", "b")))

    with pytest.raises(
        MoveError, match=r"element motos-part/\w and element motos-part/\w would both become motos-part/C"
    ):
        await bench.plan(valid(bench, elements(named("C", "b"), moved=(("A", "B"), ("B", "C")))))


async def test_a_row_that_nobody_declared_is_adopted_by_its_move(bench: Workbench) -> None:
    await apply(bench, elements())
    await bench.connection.execute(
        "INSERT INTO elements (code, name, category_id) SELECT 'A', 'x', id FROM vehicle_categories"
    )
    kept = await ids(bench)

    prepared = await apply(bench, elements(named("B", "x"), moved=(("A", "B"),)))

    assert [(change.action, change.cause) for change in prepared.plan.changes] == [("move", "adopt")]
    assert await ids(bench) == kept


async def test_a_stale_entry_of_the_ledger_gives_way(bench: Workbench) -> None:
    await apply(bench, elements(named("A", "a"), element("B", name="b", images=[{"title": "t", "url": "/u"}])))
    await bench.connection.execute("DELETE FROM elements WHERE code = 'B'")
    kept = await ids(bench)

    prepared = await apply(bench, elements(named("B", "a"), moved=(("A", "B"),)))

    assert [change.action for change in prepared.plan.changes] == ["move"]
    assert await ids(bench) == kept


async def test_what_follows_keeps_its_own_story(bench: Workbench) -> None:
    """Drift below a renamed row is still drift, and a row that vanished comes back under its id."""
    catalogue = after_renames(WHOLE, ())
    await apply(bench, catalogue)
    before = await ids(bench, "element_required_fields", "label")
    await bench.connection.execute("UPDATE element_images SET url = '/other'")
    await bench.connection.execute("DELETE FROM element_required_fields WHERE field_name = 'marca'")

    prepared = await apply(bench, after_renames(WHOLE, (("element", "LUCES", "ALUMBRADO"),)))

    assert [(change.action, change.address.kind, change.cause) for change in prepared.plan.changes] == [
        ("create", "required_field", "drift"),
        ("move", "element", "manifest"),
        ("update", "image", "drift"),
    ]
    assert await ids(bench, "element_required_fields", "label") == before


async def test_the_change_log_and_the_run_tell_of_the_move(bench: Workbench) -> None:
    await apply(bench, elements(named("A", "x")))
    await apply(bench, elements(named("B", "y"), moved=(("A", "B"),)))

    run = await bench.connection.fetchrow("SELECT id, moved, updated FROM pipeline.runs ORDER BY id DESC LIMIT 1")
    assert (run["moved"], run["updated"]) == (1, 0)
    (change,) = await bench.connection.fetch(
        "SELECT action, key, moved_from, recorded->'values'->>'code' AS code FROM pipeline.changes WHERE run_id = $1",
        run["id"],
    )
    assert tuple(change) == ("move", '[["motos-part"],"B"]', '[["motos-part"],"A"]', "A")


async def test_codes_of_a_fixed_list_change_hands_while_one_is_free_for_each(bench: Workbench) -> None:
    def sections(*names: str, moved: tuple[tuple[str, str], ...] = ()) -> Catalogue:
        entries = [{"section_type": name, "content": str(number)} for number, name in enumerate(names)]
        moves = [{"kind": "prompt_section", "from": old, "to": new} for old, new in moved]
        return {FILE: MOTOS | {"categories": [CATEGORY], "prompt_sections": entries, "moved": moves}}

    swap = (("algorithm", "footer"), ("footer", "algorithm"))
    await apply(bench, sections("algorithm", "footer"))
    before = await ids(bench, "tariff_prompt_sections", "content")
    prepared = await apply(bench, sections("footer", "algorithm", moved=swap))
    assert prepared.plan.summary["move"] == 2
    assert await ids(bench, "tariff_prompt_sections", "content") == before

    await bench.reset()
    await apply(bench, sections("algorithm", "footer", "special_cases"))
    rows = await bench.rows()
    with pytest.raises(MoveError, match="short list"):
        await bench.apply(valid(bench, sections("footer", "algorithm", "special_cases", moved=swap)))
    assert await bench.rows() == rows


async def test_a_move_of_another_category_waits(bench: Workbench) -> None:
    from pipeline import commands

    other = {"slug": "coches", "name": "Coches", "client_type": "particular"}

    def both(one: str, two: str, *moved: dict[str, str]) -> Catalogue:
        return {
            "a.toml": MOTOS | {"categories": [CATEGORY, other], "elements": [named(one, "m")], "moved": list(moved)},
            "b.toml": HEAD | {"category": "coches", "elements": [named(two, "c")], "moved": list(moved)},
        }

    await apply(bench, both("A", "A"))
    validation = valid(bench, both("B", "B", {"kind": "element", "from": "A", "to": "B"}))

    (prepared,) = await commands.plan(bench.engine, validation, scope="coches")
    await commands.apply(bench.engine, prepared, lock_timeout=5)

    assert await codes(bench) == {"m": "A", "c": "B"}
    assert await bench.connection.fetchval("SELECT array_agg(from_key) FROM pipeline.moves") == ['[["coches"],"A"]']
    assert actions(await bench.plan(validation)) == [("move", "element motos-part/B")]
