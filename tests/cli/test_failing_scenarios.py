"""Scenarios that fail on what a plan makes of the rows: a hazard, from the manifests to the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli import catalogue
from tests.cli.conftest import Cli, Query

SCENARIO = """\
pack = "homologation"
version = 1
category = "motos-part"

[[scenarios]]
name = "Escape"
request = { ESCAPE = 1 }
expect = { tier = "T1", price = 410.00 }
"""
FILE = "manifests/motos-part/scenarios.toml"
FAILS = (
    f"  ! scenario: 1 scenario fails\n      scenario motos-part/Escape: expected price 410.00, got 420.00 ({FILE}:5)\n"
)


@pytest.fixture
def applied(use: str, cli: Cli, manifests: Path) -> Path:
    """The working directory with a scenario that passes, all of it applied."""
    (manifests / FILE).write_text(SCENARIO, "utf-8")
    assert cli("apply", "--yes").code == 0
    return manifests


def test_a_scenario_makes_no_row(applied: Path, cli: Cli, query: Query) -> None:
    assert cli("plan").out == f"No changes. {catalogue.ROWS} unchanged, 0 unmanaged.\n"
    assert query("SELECT count(*) FROM pipeline.ledger") == [(catalogue.ROWS,)]


def test_a_change_that_makes_one_fail_is_refused_until_it_is_allowed(applied: Path, cli: Cli, query: Query) -> None:
    catalogue.replace(applied, "price = 410.00\n", "price = 420.00\n")

    shown = cli("plan")
    refused = cli("apply", "--yes")

    assert shown.code == 0
    assert shown.out.endswith(
        "1 hazard: apply refuses the plan unless it is told to allow it.\n"
        f"{FAILS}      allow it with --allow scenario=1\n"
    )
    assert refused.code == 3
    assert f"{FAILS}      allow it with --allow scenario=1\n" in refused.err
    assert query("SELECT price::text FROM tariff_tiers") == [("410.00",)]

    allowed = cli("apply", "--yes", "--allow", "scenario=1")

    assert (allowed.code, allowed.err) == (0, "")
    assert "scenario: 1 scenario fails (allowed)" in allowed.out
    assert query("SELECT price::text FROM tariff_tiers") == [("420.00",)]
    (recorded,) = query("SELECT allowed::text FROM pipeline.runs WHERE id = 2")[0]
    assert json.loads(recorded) == [{"name": "scenario", "kind": None, "ceiling": 1, "rows": 1}]


def test_a_plan_without_changes_is_refused_too(applied: Path, cli: Cli, query: Query) -> None:
    catalogue.replace(applied, "price = 410.00 }", "price = 420.00 }")

    shown = cli("plan")
    refused = cli("apply", "--yes")
    allowed = cli("apply", "--yes", "--allow", "scenario")

    assert shown.out.startswith(f"No changes. {catalogue.ROWS} unchanged, 0 unmanaged.\n\n1 hazard: ")
    assert "expected price 420.00, got 410.00" in shown.out
    assert refused.code == 3
    assert "Nothing was applied." in refused.err
    assert allowed.code == 0
    assert query("SELECT count(*) FROM pipeline.runs") == [(1,)]


def test_it_is_shown_beside_packs_in_which_nothing_changes(applied: Path, cli: Cli) -> None:
    quiz = applied / "manifests" / "quiz.toml"
    quiz.write_text('pack = "quiz"\nversion = 1\n\n[[categories]]\nslug = "x"\nname = "X"\n', "utf-8")
    assert cli("apply", "--yes").code == 0
    catalogue.replace(applied, "price = 410.00 }", "price = 420.00 }")

    done = cli("plan")

    assert "scenario: 1 scenario fails" in done.out
    assert "No changes in quiz." in done.out


def test_what_was_changed_in_the_panel_counts(applied: Path, cli: Cli, query: Query) -> None:
    query("UPDATE tariff_tiers SET min_elements = 2")  # no manifest says it, so no plan puts it back

    assert cli("test").code == 0
    done = cli("apply", "--yes")

    assert done.code == 3
    assert "expected tier T1, got no tier" in done.err


def test_a_retired_category_answers_nothing(applied: Path, cli: Cli) -> None:
    catalogue.replace(applied, 'client_type = "particular"', 'client_type = "particular"\nactive = false')

    done = cli("apply", "--yes", "--allow", "mass-deactivation")

    assert done.code == 3
    assert "the category motos-part is retired" in done.err


def test_a_plan_of_one_category_tries_its_own(applied: Path, cli: Cli) -> None:
    other = catalogue.CATEGORY.replace("motos-part", "aseicars-prof")
    (applied / "manifests" / "other.toml").write_text(other, "utf-8")
    catalogue.replace(applied, "price = 410.00 }", "price = 420.00 }")

    assert cli("apply", "--yes", "--category", "aseicars-prof").code == 0
    assert cli("apply", "--yes", "--category", "motos-part").code == 3


def test_a_saved_plan_holds_it(applied: Path, cli: Cli, query: Query) -> None:
    catalogue.replace(applied, "price = 410.00\n", "price = 420.00\n")
    assert cli("plan", "--out", "plan.json").code == 0
    (applied / FILE).unlink()

    shown = cli("show", "plan.json")
    refused = cli("apply", "plan.json", "--yes")
    allowed = cli("apply", "plan.json", "--yes", "--allow", "scenario=1")

    assert FAILS in shown.out
    assert refused.code == 3
    assert FAILS in refused.err
    assert allowed.code == 0
    assert query("SELECT price::text FROM tariff_tiers") == [("420.00",)]


def test_machines_read_it(applied: Path, cli: Cli) -> None:
    catalogue.replace(applied, "price = 410.00\n", "price = 420.00\n")

    (plan,) = json.loads(cli("plan", "--format", "json").out)["plans"]

    assert plan["hazards"] == [
        {
            "name": "scenario",
            "kind": None,
            "scope": None,
            "of": 0,
            "limit": 0,
            "allow": "scenario=1",
            "rows": [
                {
                    "kind": "scenario",
                    "key": ["motos-part", "Escape"],
                    "address": "scenario motos-part/Escape",
                    "note": f"expected price 410.00, got 420.00 ({FILE}:5)",
                }
            ],
        }
    ]


def test_hostile_names_cannot_steer_a_terminal(applied: Path, cli: Cli) -> None:
    catalogue.replace(applied, 'name = "Escape"\nrequest', 'name = "a\\u202Eb\\nc"\nrequest')
    catalogue.replace(applied, "price = 410.00 }", "price = 420.00 }")

    shown, refused = cli("plan"), cli("apply", "--yes")

    for text in (shown.out, refused.err):
        assert "\u202e" not in text
        assert "motos-part/a\\u202eb⏎c: expected price" in text


def test_export_leaves_scenarios_as_they_are(applied: Path, cli: Cli) -> None:
    home = applied / "elsewhere" / "homologation" / "motos-part"
    home.mkdir(parents=True)
    (home / "scenarios.toml").write_text(SCENARIO, "utf-8")

    done = cli("export", "--out", "elsewhere")

    assert done.code == 0
    assert (home / "scenarios.toml").read_text("utf-8") == SCENARIO
    assert cli("test", "--manifests", "elsewhere").out == "1 scenario passes.\n"


def test_values_from_the_database_come_into_a_file_that_holds_scenarios(applied: Path, cli: Cli, query: Query) -> None:
    tiers = applied / "manifests" / "motos-part" / "tiers.toml"
    scenario = SCENARIO[SCENARIO.index("[[scenarios]]") :]
    (applied / FILE).unlink()
    tiers.write_text(f"{tiers.read_text('utf-8')}\n# as agreed\n{scenario}", "utf-8")
    query("UPDATE tariff_tiers SET price = 415")

    assert cli("export", "--drift").code == 0

    assert tiers.read_text("utf-8") == catalogue.TIERS.replace("410.00", "415.00") + f"\n# as agreed\n{scenario}"
