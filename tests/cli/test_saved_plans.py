"""pipeline plan --out, show, apply FILE: exactly the plan that was approved, or nothing"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli import catalogue
from tests.cli.conftest import Cli, Query

PRICE = "SELECT price::text FROM tariff_tiers"
RUNS = "SELECT count(*) FROM pipeline.runs"


@pytest.fixture
def dearer(cli: Cli, use: str, manifests: Path) -> Path:
    """A saved plan for a higher price; the manifests are gone."""
    assert cli("apply", "--yes").code == 0
    catalogue.replace(manifests, "price = 410.00", "price = 420.00")
    assert cli("plan", "--out", "plan.json").code == 0
    shutil.rmtree(manifests / "manifests")
    return manifests / "plan.json"


def test_a_saved_plan_is_applied_without_the_manifests(cli: Cli, dearer: Path, query: Query) -> None:
    shown = cli("show", "plan.json")
    assert (shown.code, shown.err) == (0, "")
    assert "price    410.00 -> 420.00" in shown.out

    done = cli("apply", "plan.json", "--yes")

    assert (done.code, done.err) == (0, "")
    assert done.out == shown.out + "\nApplied: 1 updated (run 2).\n"
    assert query(PRICE) == [("420.00",)]
    assert query("SELECT file, line FROM pipeline.changes WHERE run_id = 2") == [("manifests/motos-part/tiers.toml", 5)]


def test_equal_inputs_give_equal_bytes(cli: Cli, use: str, manifests: Path) -> None:
    for name in ("one.json", "two.json"):
        assert cli("plan", "--out", name).code == 0
    assert (manifests / "one.json").read_bytes() == (manifests / "two.json").read_bytes()


def test_a_first_apply_can_be_saved(cli: Cli, use: str, query: Query) -> None:
    assert cli("plan", "--out", "plan.json", "--detailed-exitcode").code == 2
    assert cli("apply", "plan.json", "--yes").code == 0
    again = cli("plan")
    assert again.out.startswith("No changes.")


def test_show_as_json_is_what_plan_prints(cli: Cli, use: str) -> None:
    planned = cli("plan", "--out", "plan.json", "--format", "json")
    assert json.loads(cli("show", "plan.json", "--format", "json").out) == json.loads(planned.out)


def test_a_plan_that_was_applied_is_not_applied_again(cli: Cli, dearer: Path, query: Query) -> None:
    assert cli("apply", "plan.json", "--yes").code == 0
    again = cli("apply", "plan.json", "--yes")
    assert again.code == 4
    assert "This plan was applied already, as run 2 on " in again.err
    assert query(RUNS) == [(2,)]


def test_what_came_into_use_since_is_listed(cli: Cli, use: str, manifests: Path, query: Query) -> None:
    assert cli("apply", "--yes").code == 0
    catalogue.replace(manifests, 'code = "ESCAPE"\n', 'code = "ESCAPE"\nactive = false\n')
    query("INSERT INTO cases (conversation_id, element_codes) VALUES ('17', '[\"ESCAPE\"]')")
    assert cli("plan", "--out", "plan.json").code == 0
    assert "element motos-part/ESCAPE 1 open case: 17\n" in cli("show", "plan.json").out

    refused = cli("apply", "plan.json", "--yes")
    assert refused.code == 3
    assert "--allow in-use=1" in refused.err
    query("DELETE FROM cases")
    assert cli("plan", "--out", "plan.json").code == 0
    query("INSERT INTO cases (conversation_id, element_codes) VALUES (E'\\x1b[2J', '[\"ESCAPE\"]')")
    assert "in-use" not in cli("show", "plan.json").out

    known = ("--allow", "mass-deactivation", "--allow", "unquotable")
    done = cli("apply", "plan.json", "--yes", *known)
    assert done.code == 4
    assert "1 row that the plan retires came into use after it was made: element motos-part/ESCAPE." in done.err
    assert "  element motos-part/ESCAPE    came into use: 1 open case: \\u001b[2J\n" in done.err
    assert cli("apply", "plan.json", "--yes", *known, "--allow", "in-use=1").code == 0


def test_rows_that_moved_are_listed_with_what_they_were_and_are(cli: Cli, dearer: Path, query: Query) -> None:
    query("UPDATE elements SET name = 'Otro', description = 'a mano'")

    done = cli("apply", "plan.json", "--yes")

    assert done.code == 4
    assert done.err.splitlines() == [
        "error: The database changed after the plan was made; 1 row moved: element motos-part/ESCAPE. Nothing was "
        "applied; make a new plan.",
        "  element motos-part/ESCAPE",
        '      description    (none) -> "a mano"',
        '      name           "Silenciador o línea completa" -> "Otro"',
    ]
    assert query(PRICE) == [("410.00",)]
    shown = cli("show", "plan.json")
    assert shown.code == 0
    assert "This plan is stale: the database has changed since it was made." in shown.err
    assert '      name           "Silenciador o línea completa" -> "Otro"' in shown.err


def test_an_edited_file_is_refused(cli: Cli, dearer: Path, query: Query) -> None:
    dearer.write_bytes(dearer.read_bytes().replace(b"420.00", b"4.20"))
    done = cli("apply", "plan.json", "--yes")
    assert done.code == 1
    assert done.err.startswith("error: The plan file was changed after it was written")
    assert cli("show", "plan.json").code == 1
    assert query(PRICE) == [("410.00",)]


def test_another_database_is_refused(cli: Cli, dearer: Path, server: str, query: Query) -> None:
    done = cli("apply", "plan.json", "--yes", "--database-url", server)
    assert done.code == 1
    assert done.err.startswith("error: The plan is for the database 'test_")


def test_another_schema_revision_is_refused(cli: Cli, dearer: Path, query: Query) -> None:
    assert cli("db", "downgrade", "--pack", "homologation", "homologation_0001", "--yes").code == 0
    done = cli("apply", "plan.json", "--yes")
    assert done.code == 1
    assert done.err.startswith("error: The database's tables are not those that the plan was made for")


def test_a_check_that_cannot_be_made_fails_closed(cli: Cli, dearer: Path, query: Query) -> None:
    query("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
    query("DO $$ BEGIN CREATE ROLE nobody_special LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    query("GRANT ALL ON ALL TABLES IN SCHEMA public, pipeline TO nobody_special; ")
    query("GRANT USAGE ON SCHEMA pipeline TO nobody_special")
    url = query("SELECT 1") and cli("db", "url").out.strip().replace("postgres@", "nobody_special@")
    done = cli("apply", "plan.json", "--yes", "--database-url", url)
    assert done.code == 1
    assert "the database user may not do this" in done.err
    assert query(PRICE) == [("410.00",)]


def test_a_file_holds_no_url(cli: Cli, use: str, manifests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINE_DATABASE_URL", use.replace("postgres@", "postgres:hush-hush@"))
    assert cli("plan", "--out", "plan.json").code == 0
    assert b"hush-hush" not in (manifests / "plan.json").read_bytes()
    assert b"postgresql://" not in (manifests / "plan.json").read_bytes()


def test_show_works_without_a_database(cli: Cli, dearer: Path) -> None:
    shown = cli("show", "plan.json", "--database-url", "postgresql://nobody@127.0.0.1:1/none")
    assert shown.code == 0
    assert "410.00 -> 420.00" in shown.out
    assert "This plan was not compared with the database. The database cannot be reached" in shown.err


@pytest.mark.parametrize("name", ["no/such/folder/plan.json", "manifests"])
def test_a_file_that_cannot_be_written_or_read_is_told(cli: Cli, use: str, name: str) -> None:
    assert cli("plan", "--out", name).err.startswith("error: The plan cannot be written to")
    assert cli("apply", name, "--yes").code == 1


def test_a_file_goes_with_no_other_choice_of_changes(cli: Cli, use: str) -> None:
    done = cli("apply", "plan.json", "--category", "motos-part")
    assert done.code == 64
    assert "leave those options out" in done.err


def test_a_saved_rollback_is_held_back_until_its_hazards_are_allowed(cli: Cli, dearer: Path, query: Query) -> None:
    assert cli("apply", "plan.json", "--yes").code == 0
    query("UPDATE tariff_tiers SET price = 400")
    refused = cli("rollback", "2", "--yes")
    assert (refused.code, refused.err.splitlines()[-1]) == (
        3,
        "If all of this is meant, apply again with --allow conflict=1",
    )
    assert query(RUNS) == [(2,)]

    saved = cli("rollback", "2", "--out", "back.json")
    assert (saved.code, saved.err) == (0, "")
    assert query(RUNS) == [(2,)]
    assert cli("show", "back.json").out == saved.out
    assert "This takes run 2 back." in saved.out
    assert cli("apply", "back.json", "--yes").code == 3
    assert query(PRICE) == [("400.00",)]

    assert cli("apply", "back.json", "--yes", "--allow", "conflict=1").code == 0
    assert query(PRICE) == [("410.00",)]
    assert query("SELECT undoes, allowed->0->>'name' FROM pipeline.runs WHERE id = 3") == [(2, "conflict")]
    assert cli("apply", "back.json", "--yes", "--allow", "conflict=1").code == 4


def test_a_rename_is_saved_applied_taken_back_and_proposed_again(
    cli: Cli, use: str, manifests: Path, query: Query
) -> None:
    assert cli("apply", "--yes").code == 0
    catalogue.replace(manifests, 'code = "ESCAPE"', 'code = "SILENCIADOR"')
    catalogue.replace(manifests, 'todos = ["ESCAPE"]', 'todos = ["SILENCIADOR"]')
    entry = '[[moved]]\nkind = "element"\nfrom = "ESCAPE"\nto = "SILENCIADOR"\n\n[groups]'
    catalogue.replace(manifests, "[groups]", entry)
    codes, ids = "SELECT code FROM elements", query("SELECT id FROM elements")
    planned = cli("plan", "--out", "plan.json")
    assert cli("show", "plan.json").out == planned.out
    assert cli("apply", "plan.json", "--yes").code == 0
    assert query(codes) == [("SILENCIADOR",)]

    back = cli("rollback", "2", "--out", "back.json")
    assert "SILENCIADOR" in back.out
    assert cli("apply", "back.json", "--yes").code == 0
    assert query(codes) == [("ESCAPE",)]
    assert query("SELECT count(*) FROM pipeline.moves") == [(0,)]
    assert cli("plan").out == planned.out
    assert cli("rollback", "3", "--yes").code == 0
    assert (query(codes), query("SELECT id FROM elements")) == ([("SILENCIADOR",)], ids)
    assert cli("plan").out.startswith("No changes.")
    assert '"ESCAPE" -> "SILENCIADOR" in run 4 of ' in cli("blame", "element motos-part/SILENCIADOR", "code").out
