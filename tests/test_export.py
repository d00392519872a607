"""From tables to manifests and back, with the bundled catalogue and with rows made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.commands import Export
from pipeline.config import PACKAGE
from pipeline.manifest.store import write_new
from pipeline.packs import CATALOG
from pipeline.plan.change import Plan
from tests.database.catalogue import fetch

BY_HAND = """
INSERT INTO vehicle_categories (slug, name, client_type, is_active) VALUES
  ('motos', 'Motos', 'particular', true), ('old', 'Old', 'professional', false);
INSERT INTO tariff_tiers (category_id, code, name, price)
  SELECT id, v.code, 'Tarifa', 10 FROM vehicle_categories, (VALUES ('T1'), ('T2')) v(code) WHERE slug = 'motos';
INSERT INTO elements (category_id, code, name, keywords, is_active)
  SELECT id, v.code, 'Elemento', '["escape"]', v.code <> 'C'
  FROM vehicle_categories, (VALUES ('A'), ('B'), ('C')) v(code) WHERE slug = 'motos';
UPDATE elements SET parent_element_id = (SELECT id FROM elements WHERE code = 'B') WHERE code = 'A';
INSERT INTO warnings (owner_category_id, code, message, element_id)
  SELECT category_id, 'aviso', E'Línea\\nlínea', id FROM elements WHERE code = 'A';
INSERT INTO element_warning_associations (element_id, warning_id, show_condition, threshold_quantity)
  SELECT w.element_id, w.id, 'on_exceed_max', 2 FROM warnings w;
INSERT INTO tier_element_inclusions (tier_id, element_id, max_quantity)
  SELECT t.id, e.id, 1 FROM tariff_tiers t, elements e WHERE e.code <> 'C';
INSERT INTO additional_services (code, name, price) VALUES ('urgencia', 'Urgencia', 12.5);
"""


async def export(engine: AsyncEngine, folder: Path) -> Export:
    (found,) = await commands.export(
        engine, CATALOG, folder, folder.parent / "schemas", pack="homologation", scope=None
    )
    return found


async def plan(engine: AsyncEngine, folder: Path) -> Plan:
    validation = commands.validate(folder, CATALOG)
    assert validation.ok, [found.message for found in validation.diagnostics]
    (prepared,) = await commands.plan(engine, validation)
    return prepared.plan


async def apply(engine: AsyncEngine, folder: Path) -> None:
    for prepared in await commands.plan(engine, commands.validate(folder, CATALOG)):
        await commands.apply(engine, prepared, lock_timeout=5)


async def test_the_bundled_catalogue_comes_back_as_it_went_in(engine: AsyncEngine, folder: Path) -> None:
    await apply(engine, PACKAGE.parent / "manifests" / "homologation")
    found = await export(engine, folder / "new")
    write_new(folder / "new", found.files)

    assert (found.remarks, found.unread, found.diagnostics) == ([], [], [])
    assert (await plan(engine, folder / "new")).changes == ()
    names = {name.removeprefix("homologation/") for name in found.files}
    assert {"policies.toml", "motos-part/category.toml", "motos-part/tiers.toml", "motos-part/mapping.toml"} <= names
    assert "motos-part/elements/suspension.toml" in names
    assert tomli.loads(found.files["homologation/motos-part/elements/suspension.toml"])["elements"][1]["code"] == (
        "SUSPENSION_DEL"
    )


async def test_every_file_leads_to_its_schema(engine: AsyncEngine, folder: Path) -> None:
    await apply(engine, PACKAGE.parent / "manifests" / "homologation")
    found = await export(engine, folder / "new")

    for name, text in found.files.items():
        line = text.partition("\n")[0].removeprefix("#:schema ")
        assert (folder / "new" / name / ".." / line).resolve() == (
            folder / "schemas/homologation/manifest.schema.json"
        ).resolve()


async def test_rows_made_by_hand_are_adopted_as_they_are(engine: AsyncEngine, database: str, folder: Path) -> None:
    for statement in BY_HAND.strip().split(";\n"):
        await fetch(database, statement)
    before = await fetch(database, "SELECT t::text FROM elements t UNION ALL SELECT t::text FROM warnings t ORDER BY 1")
    found = await export(engine, folder / "new")
    write_new(folder / "new", found.files)

    assert found.remarks == []
    made = await plan(engine, folder / "new")
    assert (made.changes, made.unmanaged, len(made.records)) == ((), 0, 14)
    await apply(engine, folder / "new")
    after = await fetch(database, "SELECT t::text FROM elements t UNION ALL SELECT t::text FROM warnings t ORDER BY 1")
    assert after == before
    assert found.files["homologation/motos/elements.toml"].partition("\n\n")[2] == (
        '[[elements]]\ncode = "B"\nname = "Elemento"\nkeywords = ["escape"]\n\n'
        '[[elements]]\ncode = "A"\nname = "Elemento"\nkeywords = ["escape"]\nparent = "B"\n\n'
        '  [[elements.warnings]]\n  code = "aviso"\n  message = """\nLínea\nlínea"""\n'
        '  show_condition = "on_exceed_max"\n  threshold_quantity = 2\n\n'
        '[[elements]]\ncode = "C"\nname = "Elemento"\nkeywords = ["escape"]\nactive = false\n'
    )


async def test_protected_rows_stay_protected(engine: AsyncEngine, folder: Path) -> None:
    head = 'pack = "homologation"\nversion = 1\n[[policies]]\nkey = "iva"\nvalue = "21"\ncategory = "precios"\n'
    (folder / "old").mkdir()
    (folder / "old/policies.toml").write_text(f"{head}protected = true\n")
    await apply(engine, folder / "old")

    found = await export(engine, folder / "new")
    write_new(folder / "new", found.files)

    assert found.files["homologation/policies.toml"].endswith('category = "precios"\nprotected = true\n')
    assert (await plan(engine, folder / "new")).is_empty


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE elements SET parent_element_id = (SELECT id FROM elements WHERE code = 'X') WHERE code = 'A'",
            "element motos/A: parent left out: element old/X lies elsewhere, and entries name only what is near",
        ),
        (
            "UPDATE warnings SET element_id = NULL, tier_id = (SELECT id FROM tariff_tiers WHERE code = 'T1')",
            "element_warning motos/A/aviso: left out: no entry can make this row; where the pipeline knows of it, the "
            "next apply will retire it",
        ),
        (
            "DELETE FROM element_warning_associations",
            "element_warning motos/A/aviso: there is no such row, but an entry makes it: the next apply will create it",
        ),
        (
            "UPDATE element_warning_associations SET is_active = false",
            "element_warning motos/A/aviso: the entry that makes it is active, and the row is retired",
        ),
        (
            "UPDATE tier_element_inclusions SET element_id = (SELECT id FROM elements WHERE code = 'X')"
            " WHERE id = (SELECT id FROM tier_element_inclusions ORDER BY id LIMIT 1)",
            "element old/X do not lie in one category",
        ),
        (
            "UPDATE elements SET keywords = 'null' WHERE code = 'A'",
            "element motos/A: keywords left out: it holds null, which TOML cannot say",
        ),
        (
            "UPDATE warnings SET element_id = (SELECT id FROM elements WHERE code = 'X')",
            "warning motos/aviso: left out: what it refers to lies in different places, so there is no place for its",
        ),
    ],
)
async def test_what_no_entry_can_say_is_named(
    engine: AsyncEngine, database: str, folder: Path, statement: str, said: str
) -> None:
    for one in BY_HAND.strip().split(";\n"):
        await fetch(database, one)
    await fetch(
        database,
        "INSERT INTO elements (category_id, code, name) SELECT id, 'X', 'x' FROM vehicle_categories WHERE slug = 'old'",
    )
    await fetch(database, statement)

    found = await export(engine, folder / "new")

    assert any(said in f"{remark.address}: {remark.message}" for remark in found.remarks), found.remarks
