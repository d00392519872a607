"""pipeline quote"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Query

CATALOGUE = """\
pack = "homologation"
version = 1
category = "motos-part"

[[categories]]
slug = "motos-part"
name = "Motocicletas"
client_type = "particular"

[[tiers]]
code = "T1"
name = "Proyecto"
price = 410
classification_rules = { requires_project = true }

[[tiers]]
code = "T2"
name = "Un elemento"
price = 140.5
max_elements = 1
classification_rules = { requires_project = false }

[[elements]]
code = "ESCAPE"
name = "Escape"
keywords = ["tubo de escape"]

  [[elements.warnings]]
  code = "escape_homologacion"
  message = "El silenciador lleva contraseña."
  severity = "info"

  [[elements.required_fields]]
  field_name = "procedencia"
  label = "Procedencia"
  field_type = "select"
  options = ["Nuevo", "Otra moto"]

  [[elements.required_fields]]
  field_name = "tipo"
  label = "Tipo"
  is_required = false
  condition_field = "procedencia"
  condition_operator = "equals"
  condition_value = "Otra moto"

  [[elements.images]]
  title = "Placa"
  url = "https://media.example/placa.jpg"
  image_type = "required_document"
  user_instruction = "Que se lea el número."

[[elements]]
code = "LUCES"
name = "Luces"
question_hint = "¿Qué luces?"
multi_select_keywords = ["todas"]

[[elements]]
code = "FARO"
name = "Faro"
parent = "LUCES"

[[elements]]
code = "PILOTO"
name = "Piloto"
parent = "LUCES"

[[documents]]
code = "ficha"
title = "Ficha técnica"
description = "Por las dos caras."

[[services]]
code = "urgencia"
name = "Urgencia"
price = 100
"""
MAPPING = """\
pack = "homologation"
version = 1
category = "motos-part"

[groups]
base = ["ESCAPE", "LUCES", "FARO", "PILOTO"]

[tiers.T1]
groups = ["base"]

[tiers.T2]
groups = ["base"]
max_quantity = 1
"""
OFFER = """\
motos-part: ESCAPE
T2, Un elemento: 140.50 EUR, without a project

Warnings
  info escape_homologacion: El silenciador lleva contraseña.
    (ESCAPE is asked for)

Documents
  ficha: Ficha técnica

Pictures to send
  Placa (of ESCAPE): Que se lea el número.

Fields of ESCAPE
  procedencia: Procedencia (select, required): Nuevo / Otra moto
  tipo: Tipo (text, optional, only if "Procedencia" equals "Otra moto")

Services on offer
  urgencia: Urgencia, 100.00 EUR
"""


@pytest.fixture
def catalogue(home: Path) -> Path:
    """The working directory with manifests of a small tariff."""
    folder = home / "manifests"
    folder.mkdir()
    (folder / "catalogue.toml").write_text(CATALOGUE, "utf-8")
    (folder / "mapping.toml").write_text(MAPPING, "utf-8")
    return home


def edit(home: Path, name: str, old: str, new: str) -> None:
    path = home / "manifests" / name
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("asked", [["ESCAPE"], ["escape"], ["Tubo de ESCÁPE"], ["--text", "Cambio de tubo de escape"]])
def test_an_offer_with_all_that_goes_with_it(cli: Cli, catalogue: Path, asked: list[str]) -> None:
    assert cli("quote", "motos-part", *asked) == (0, OFFER, "")


def test_the_reasons(cli: Cli, catalogue: Path) -> None:
    done = cli("quote", "motos-part", "--text", "2 escape turbo, y todas las luces", "--explain")

    assert done.code == 0
    assert done.out.startswith(
        'motos-part: 2 x ESCAPE, FARO, PILOTO\nT1, Proyecto: 410.00 EUR, with a project\n\nNot understood: "turbo"\n'
    )
    assert done.out.endswith(
        "\nWords\n"
        '  "escape" gave ESCAPE\n'
        '  "todas" gave FARO, PILOTO\n'
        '  "luces" gave LUCES\n'
        "\nWhy T1\n  T2: 2 of ESCAPE are too many: it takes at most 1\n"
    )


def test_the_other_tiers_that_cover(cli: Cli, catalogue: Path) -> None:
    done = cli("quote", "motos-part", "ESCAPE", "--explain")

    assert done.out.endswith("\nWhy T2\n  T1, 410.00 EUR: covers it too, but T2 is cheaper\n")


def test_a_question(cli: Cli, catalogue: Path) -> None:
    expected = "motos-part: ESCAPE\n\nLUCES: ¿Qué luces?\n  FARO  Faro\n  PILOTO  Piloto\n"

    assert cli("quote", "motos-part", "ESCAPE", "LUCES") == (1, expected, "")


def test_unknown_words_come_with_candidates(cli: Cli, catalogue: Path) -> None:
    edit(catalogue, "catalogue.toml", 'name = "Piloto"\n', 'name = "Piloto"\nactive = false\n')
    expected = (
        'motos-part: nothing recognised\n\n"escap" means no element of motos-part. Is it one of these? ESCAPE\n'
        '\n"PILOTO" is retired.\n\n"xyz" means no element of motos-part.\n'
    )

    assert cli("quote", "motos-part", "escap", "PILOTO", "xyz") == (1, expected, "")


def test_no_tier(cli: Cli, catalogue: Path) -> None:
    edit(catalogue, "catalogue.toml", "price = 410\n", "price = 410\nmax_elements = 3\n")
    expected = (
        "motos-part: 4 x ESCAPE\n\nNo tier covers this\n"
        "  T1: 4 elements are too many: it takes at most 3\n  T2: 4 of ESCAPE are too many: it takes at most 1\n"
    )

    assert cli("quote", "motos-part", "ESCAPE=4") == (1, expected, "")


def test_data_for_programs(cli: Cli, catalogue: Path) -> None:
    done = cli("quote", "motos-part", "ESCAPE=2", "--format", "json")
    found = json.loads(done.out)

    assert done.code == 0
    assert found["offer"] == {
        "tier": "T1",
        "name": "Proyecto",
        "price": "410.00",
        "currency": "EUR",
        "requires_project": True,
    }
    assert found["elements"] == {"ESCAPE": 2}
    assert found["refusals"] == [
        {
            "tier": "T2",
            "reason": {
                "kind": "quantity-above",
                "about": "ESCAPE",
                "number": 2,
                "limit": 1,
                "text": "2 of ESCAPE are too many: it takes at most 1",
            },
        }
    ]
    assert found["fields"][1]["condition"]["value"] == "Otra moto"
    assert json.loads(cli("quote", "motos-part", "LUCES", "--format", "json").out)["offer"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["coches", "ESCAPE"], "The manifests have no category 'coches'. Known: motos-part."),
        (["motos-part"], "Nothing is asked for."),
        (["motos-part", "--text", " "], "Nothing is asked for."),
        (["motos-part", "ESCAPE=0"], "'ESCAPE=0' says no quantity."),
        (["motos-part", "ESCAPE=-1"], "'ESCAPE=-1' says no quantity."),
        (["motos-part", "ESCAPE=many"], "'ESCAPE=many' says no quantity."),
        (["motos-part", "=2"], "'=2' says no quantity."),
    ],
)
def test_wrong_usage(cli: Cli, catalogue: Path, arguments: list[str], message: str) -> None:
    done = cli("quote", *arguments)

    assert (done.code, done.out) == (64, "")
    assert message in done.err


def test_faulty_manifests_make_no_quote(cli: Cli, catalogue: Path) -> None:
    edit(catalogue, "catalogue.toml", "price = 410\n", 'price = "410"\n')
    done = cli("quote", "motos-part", "ESCAPE")

    assert (done.code, done.out) == (1, "")
    assert "The manifests have errors" in done.err


def test_what_comes_from_the_catalogue_or_the_command_line_is_shown_safely(cli: Cli, catalogue: Path) -> None:
    edit(catalogue, "catalogue.toml", 'title = "Ficha técnica"', 'title = "Ficha \\u202e técnica\\nFake: 0.00 EUR"')
    done = cli("quote", "motos-part", "ESCAPE", "\x1b[31mxyz")

    assert '"\\u001b[31mxyz" means no element' in done.out
    assert "Ficha \\u202e técnica⏎Fake: 0.00 EUR" in cli("quote", "motos-part", "ESCAPE").out
    assert "\\u202e" in cli("quote", "motos-part", "ESCAPE", "--format", "json").out


def test_the_database_and_what_a_plan_makes_of_it(
    cli: Cli, catalogue: Path, database: str, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELINE_DATABASE_URL", database)
    empty = cli("quote", "motos-part", "ESCAPE", "--on", "database")
    assert (empty.code, empty.err) == (64, "error: The database has no category 'motos-part'. Known: none.\n")

    assert cli("apply", "--yes").code == 0
    assert cli("quote", "motos-part", "ESCAPE", "--on", "database").out == OFFER

    edit(catalogue, "catalogue.toml", "price = 140.5\n", "price = 150\n")
    assert cli("plan", "--out", "plan.json").code == 0
    query("UPDATE tariff_tiers SET price = 1 WHERE code = 'T2'")
    assert cli("quote", "motos-part", "ESCAPE", "--on", "plan.json").out == OFFER.replace("140.50", "150.00")
    assert cli("quote", "motos-part", "ESCAPE", "--on", "database").out == OFFER.replace("140.50", "1.00")
    assert cli("quote", "motos-part", "ESCAPE", "--on", "manifests").out == OFFER.replace("140.50", "150.00")


def test_a_plan_that_is_not_there(cli: Cli, catalogue: Path) -> None:
    done = cli("quote", "motos-part", "ESCAPE", "--on", "plan.json")

    assert (done.code, done.out) == (1, "")
    assert "plan.json cannot be read" in done.err
