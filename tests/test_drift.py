"""What was changed outside the manifests, taken over into them where they can say it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.manifest.takeover import Takeover
from pipeline.packs import CATALOG
from tests.allowed import everything
from tests.database.catalogue import fetch

HEAD = """\
pack = "homologation"
version = 1
category = "motos"
"""
MANIFEST = f"""\
{HEAD}
[[categories]]
slug = "motos"
name = "Motos"
client_type = "particular"

[[tiers]]
code = "T1"
name = "Tarifa"  # as on the website
price = 10.00
description = "Una"

[[tiers]]
code = "T2"
name = "Tarifa"
price = 5.00

[[elements]]
code = "BASE"
name = "Base"

[[elements]]
code = "ESCAPE"
name = "Escape"
parent = "BASE"
active = true

  [[elements.warnings]]
  code = "aviso"
  message = "Mira"
  threshold_quantity = 2

[[elements]]
code = "VIEJO"
name = "Viejo"
active = false
"""
MAPPING = f"""\
{HEAD}
[groups]
todos = ["BASE"]

[tiers.T1]
groups = ["todos"]
elements = [
    "ESCAPE",  # since 2020
    {{ element = "VIEJO", max_quantity = 2 }},
]
includes = ["T2"]
notes = "igual"
"""


def of(code: str, change: str) -> str:
    """SQL that changes the inclusion of an element."""
    row = f"SELECT id FROM elements WHERE code = '{code}'"  # noqa: S608
    return f"UPDATE tier_element_inclusions SET {change} WHERE element_id = ({row})"  # noqa: S608


def sources(root: Path) -> dict[str, str]:
    """The manifests' text by the names of their files."""
    return {path.name: path.read_text("utf-8") for path in root.iterdir()}


@pytest.fixture
async def root(engine: AsyncEngine, folder: Path) -> Path:
    """Manifests that were applied."""
    for name, text in (("motos.toml", MANIFEST), ("mapping.toml", MAPPING)):
        (folder / name).write_text(text, "utf-8")
    (prepared,) = await commands.plan(engine, commands.validate(folder, CATALOG))
    await commands.apply(engine, prepared, lock_timeout=5)
    return folder


async def take(engine: AsyncEngine, root: Path) -> Takeover:
    validation = commands.validate(root, CATALOG)
    assert validation.ok, [found.message for found in validation.diagnostics]
    (found,) = await commands.export_drift(engine, validation, pack=None, scope=None, progress=lambda *_: None)
    return found


async def plan_is_calm(engine: AsyncEngine, root: Path) -> bool:
    (prepared,) = await commands.plan(engine, commands.validate(root, CATALOG))
    return not prepared.plan.changes


@pytest.mark.parametrize(
    ("statement", "file", "old", "new"),
    [
        ("UPDATE tariff_tiers SET price = 7 WHERE code = 'T1'", "motos.toml", "price = 10.00", "price = 7.00"),
        (
            "UPDATE tariff_tiers SET name = 'Otra' WHERE code = 'T1'",
            "motos.toml",
            'name = "Tarifa"  # as',
            'name = "Otra"  # as',
        ),
        ("UPDATE tariff_tiers SET description = NULL", "motos.toml", 'description = "Una"\n', ""),
        ("UPDATE elements SET parent_element_id = NULL", "motos.toml", 'parent = "BASE"\n', ""),
        (
            "UPDATE elements SET parent_element_id = (SELECT id FROM elements WHERE code = 'VIEJO')"
            " WHERE code = 'ESCAPE'",
            "motos.toml",
            'parent = "BASE"',
            'parent = "VIEJO"',
        ),
        (
            "UPDATE elements SET is_active = false WHERE code = 'ESCAPE'",
            "motos.toml",
            "active = true",
            "active = false",
        ),
        ("UPDATE elements SET is_active = true WHERE code = 'VIEJO'", "motos.toml", "active = false", "active = true"),
        (
            "UPDATE tariff_tiers SET is_active = false WHERE code = 'T2'",
            "motos.toml",
            "price = 5.00\n",
            "price = 5.00\nactive = false\n",
        ),
        (
            "UPDATE element_warning_associations SET threshold_quantity = 3",
            "motos.toml",
            "threshold_quantity = 2",
            "threshold_quantity = 3",
        ),
        (
            "UPDATE element_warning_associations SET is_active = false; UPDATE warnings SET is_active = false",
            "motos.toml",
            "threshold_quantity = 2\n",
            "threshold_quantity = 2\n  active = false\n",
        ),
        (
            of("ESCAPE", "notes = 'otra'"),
            "mapping.toml",
            '"ESCAPE",  # since',
            '{ element = "ESCAPE", notes = "otra" },  # since',
        ),
        (
            of("VIEJO", "max_quantity = NULL"),
            "mapping.toml",
            '{ element = "VIEJO", max_quantity = 2 }',
            '"VIEJO"',
        ),
        (
            of("VIEJO", "is_active = false"),
            "mapping.toml",
            '    { element = "VIEJO", max_quantity = 2 },\n',
            "",
        ),
        (
            "UPDATE tier_element_inclusions SET is_active = false WHERE included_tier_id IS NOT NULL",
            "mapping.toml",
            'includes = ["T2"]',
            "includes = []",
        ),
    ],
)
async def test_what_the_manifests_can_say_they_say_and_nothing_else_moves(
    engine: AsyncEngine, database: str, root: Path, statement: str, file: str, old: str, new: str
) -> None:
    before = sources(root)
    for one in statement.split("; "):
        await fetch(database, one)

    found = await take(engine, root)

    assert not found.left
    assert before[file].count(old) == 1
    assert sources(root) == before | {file: before[file].replace(old, new)}
    assert await plan_is_calm(engine, root)


@pytest.mark.parametrize(
    ("statement", "address", "said"),
    [
        ("DELETE FROM tariff_tiers WHERE code = 'T2'", "tier motos/T2", "its row is gone: remove the entry"),
        (
            "UPDATE warnings SET element_id = (SELECT id FROM elements WHERE code = 'BASE')",
            "warning motos/aviso",
            "it belongs to another element now: move its entry there",
        ),
        (
            "UPDATE warnings SET is_active = false",
            "warning motos/aviso",
            "but element_warning motos/ESCAPE/aviso, which the same entry makes, was not",
        ),
        ("UPDATE tariff_tiers SET name = ''", "tier motos/T1", '"name" must not be empty): correct the row'),
        (
            of("BASE", "notes = 'x'"),
            "inclusion motos/T1/BASE",
            "notes was changed outside the manifests, and stands in the group todos",
        ),
        (
            of("ESCAPE", "notes = NULL"),
            "inclusion motos/T1/ESCAPE",
            "notes is written once for the whole table",
        ),
        (
            "WITH new AS (INSERT INTO elements (category_id, code, name) SELECT id, 'NUEVO', 'x'"
            " FROM vehicle_categories RETURNING id) UPDATE elements SET parent_element_id = (SELECT id FROM new)"
            " WHERE code = 'ESCAPE'",
            "element motos/ESCAPE",
            "element motos/NUEVO is in no manifest",
        ),
    ],
)
async def test_what_they_cannot_say_is_left_to_people(
    engine: AsyncEngine, database: str, root: Path, statement: str, address: str, said: str
) -> None:
    before = sources(root)
    await fetch(database, statement)

    found = await take(engine, root)

    messages = {str(one.address): one.message for one in found.left}
    assert said in messages[address]
    assert all(one.line for one in found.left)
    assert not found.taken
    assert sources(root) == before


async def test_what_changed_on_both_sides_or_is_declared_no_more_is_left_to_people(
    engine: AsyncEngine, database: str, root: Path
) -> None:
    await fetch(database, "UPDATE tariff_tiers SET price = 7, description = 'Otra' WHERE code = 'T1'")
    await fetch(database, "UPDATE elements SET question_hint = 'x'")
    text = MANIFEST.replace("10.00", "12.00")
    (root / "motos.toml").write_text(text, "utf-8")

    found = await take(engine, root)

    assert [(one.line, one.message) for one in found.left] == [
        (13, "price was changed both in the manifests and outside them since the last apply: write what is right")
    ]
    assert (root / "motos.toml").read_text("utf-8") == text.replace('"Una"', '"Otra"')


async def test_a_row_that_came_back_to_life_is_named(engine: AsyncEngine, database: str, root: Path) -> None:
    warning = MANIFEST[MANIFEST.index("  [[elements.warnings]]") : MANIFEST.index('\n[[elements]]\ncode = "VIEJO"')]
    (root / "motos.toml").write_text(MANIFEST.replace(warning, "") + warning, "utf-8")
    (prepared,) = await commands.plan(engine, commands.validate(root, CATALOG))
    await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))
    await fetch(database, "UPDATE element_warning_associations SET is_active = true")

    found = await take(engine, root)

    (left,) = found.left
    assert (str(left.address), left.file, left.line) == ("element_warning motos/ESCAPE/aviso", "", 0)
    assert left.message.startswith("the manifests retired it, and somebody made it active again")


async def test_json_manifests_are_left_to_people(engine: AsyncEngine, database: str, root: Path) -> None:
    source = '{"pack": "homologation", "version": 1, "policies": [{"key": "a", "value": "b", "category": "c"}]}'
    (root / "policies.json").write_text(source)
    (prepared,) = await commands.plan(engine, commands.validate(root, CATALOG))
    await commands.apply(engine, prepared, lock_timeout=5)
    await fetch(database, "UPDATE policies SET value = 'x'")

    found = await take(engine, root)

    assert not found.taken
    (left,) = found.left
    assert "the file is JSON, which is only changed by hand" in left.message
    assert (root / "policies.json").read_text() == source


async def test_a_rename_that_is_not_applied_yet_stands_in_no_ones_way(
    engine: AsyncEngine, database: str, root: Path
) -> None:
    moved = [("category", "motos", "motocicletas"), ("element", "ESCAPE", "SILENCIADOR")]
    entries = "".join(f'\n[[moved]]\nkind = "{kind}"\nfrom = "{old}"\nto = "{new}"\n' for kind, old, new in moved)
    for name, text in (("motos.toml", MANIFEST + entries), ("mapping.toml", MAPPING)):
        written = text.replace('"motos"\n', '"motocicletas"\n').replace('"ESCAPE"', '"SILENCIADOR"')
        written = written.replace('from = "SILENCIADOR"', 'from = "ESCAPE"')
        written = written.replace('from = "motocicletas"', 'from = "motos"')
        (root / name).write_text(written, "utf-8")
    before = sources(root)
    await fetch(database, "UPDATE tariff_tiers SET price = 7 WHERE code = 'T1'")
    await fetch(database, "UPDATE elements SET name = 'Otro', is_active = false WHERE code = 'ESCAPE'")
    await fetch(database, "UPDATE elements SET name = 'Suyo' WHERE code = 'BASE'")

    found = await take(engine, root)

    assert not found.left
    expected = before["motos.toml"].replace("10.00", "7.00").replace('"Escape"', '"Otro"').replace('"Base"', '"Suyo"')
    assert sources(root) == before | {"motos.toml": expected.replace("active = true", "active = false")}
    (prepared,) = await commands.plan(engine, commands.validate(root, CATALOG))
    assert [(change.action, change.fields) for change in prepared.plan.changes] == [("move", ()), ("move", ())]
