"""pipeline status, history, blame and rollback"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli import catalogue
from tests.cli.conftest import Cli, Query
from tests.cli.processes import terminal

MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")
PRICE = "SELECT price::text FROM tariff_tiers"
BY_HAND = "UPDATE tariff_tiers SET price = 1 RETURNING 1"
OUTSIDE = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_REQUESTEDFOR", "CIRCLE_USERNAME", "BUILDKITE_BUILD_CREATOR")


@pytest.fixture
def applied(cli: Cli, use: str, manifests: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database after two runs, by two people: the second changed the price and added an element."""
    for name in (*OUTSIDE, "BUILD_USER_ID"):
        monkeypatch.delenv(name, raising=False)
    assert cli("apply", "--yes", "--actor", "ana", "--reason", "primera carga").code == 0
    catalogue.replace(manifests, "price = 410.00", "price = 420.00")
    catalogue.replace(manifests, "[groups]", '[[elements]]\ncode = "FARO"\nname = "Faro"\n\n[groups]')
    monkeypatch.setenv("PIPELINE_ACTOR", "luis")
    assert cli("apply", "--yes").code == 0
    return manifests


def timeless(text: str) -> str:
    return MOMENT.sub("(then)", text)


def test_status_counts_without_manifests(cli: Cli, applied: Path, query: Query) -> None:
    for file in applied.glob("manifests/**/*.toml"):
        file.unlink()
    query("INSERT INTO policies (key, value, category) VALUES ('iva', '21', 'x') RETURNING 1")
    done = cli("status", "--pack", "homologation", "--detailed-exitcode")
    assert (done.code, done.err) == (0, "")
    lines = {line.split()[0]: line.split()[1:] for line in done.out.splitlines()[2:] if line}
    assert lines["element"] == ["2", "0", "0", "0"]
    assert lines["policy"] == ["0", "0", "1", "0"]
    assert lines["in"] == ["all", "5", "0", "1", "0"]
    assert cli("status", "--pack", "homologation", "--drift").out.endswith(
        "\nNothing was changed outside the manifests.\n"
    )


def test_status_shows_what_drifted_since_which_run_and_the_ways_out(cli: Cli, applied: Path, query: Query) -> None:
    query(BY_HAND)
    query("UPDATE elements SET is_active = false WHERE code = 'FARO' RETURNING 1")
    done = cli("status", "--drift", "--detailed-exitcode", "--category", "motos-part")
    assert done.code == 2
    assert timeless(done.out).partition("in all")[2].partition("\n\n")[2] == (
        "  tier motos-part/T1                        changed since run 2 of (then) by luis\n"
        "      price    applied 420.00, now 1.00\n"
        "  element motos-part/FARO                   retired by somebody else since run 2 of (then) by luis\n"
        "\n"
        "To put back what was applied: pipeline apply --allow drift\n"
        "To keep what the database holds: pipeline export --drift writes it into the manifests\n"
        "To let people edit a field by hand from now on: remove it from the manifests; the next apply resets it once\n"
    )
    assert cli("status", "--pack", "homologation", "--drift").code == 0
    assert "pipeline status --drift" in cli("status").out
    said = json.loads(cli("status", "--format", "json").out)["packs"][0]
    assert [drift["address"] for drift in said["drifts"]] == ["tier motos-part/T1", "element motos-part/FARO"]
    assert said["drifts"][0]["fields"] == {"price": {"applied": "420.00", "now": "1.00"}}
    assert said["drifts"][0]["run"]["actor"] == "luis"


def test_status_says_what_else_can_be_done_with_a_row_that_was_brought_back(
    cli: Cli, applied: Path, query: Query
) -> None:
    catalogue.replace(applied, '[[elements]]\ncode = "FARO"\nname = "Faro"\n\n', "")
    assert cli("apply", "--yes").code == 0
    query("UPDATE elements SET is_active = true RETURNING 1")
    shown = cli("status", "--pack", "homologation", "--drift").out
    assert "element motos-part/FARO" in shown
    assert "brought back by somebody else since run 3" in shown
    assert shown.endswith("\nWhat was brought back and stands in no manifest: declare it, or retire it by hand\n")
    assert "--allow drift" not in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["status", "--pack", "nope"], "There is no pack 'nope'. Known: homologation,"),
        (["status", "--category", "nope"], "The database has no category or organization 'nope'. Known: motos-part."),
        (["history", "99"], "There is no run 99."),
        (["history", "0"], "'RUN'"),
        (["history", "nope"], "'RUN'"),
        (["history", str(2**63)], "'RUN'"),
        (["history", "--page", "0"], "'--page'"),
        (["history", "1", "2"], "2"),
        (["history", "prune"], "'--older-than'"),
        (["history", "prune", "--older-than", "1y"], "--older-than 1y is no age. Write days or weeks"),
        (["history", "prune", "--older-than", "0d"], "Say --yes to remove them without a question."),
        (["rollback"], "'RUN'"),
        (["rollback", "99"], "There is no run 99."),
        (["rollback", "2"], "Say --yes to apply the plan without a question."),
        (["blame"], "'ADDRESS"),
        (["blame", "tier", "motos-part/T2"], 'did you mean "tier motos-part/T1"?'),
        (["blame", "tier motos-part/T1", "prise"], "A tier has no field 'prise'. Did you mean \"price\"?"),
    ],
)
def test_wrong_usage(cli: Cli, applied: Path, query: Query, arguments: list[str], said: str) -> None:
    done = cli(*arguments)
    assert done.code == 64
    assert said in done.err
    assert query("SELECT count(*) FROM pipeline.changes") == [(catalogue.ROWS + 2,)]


def test_history_lists_the_runs_newest_first(cli: Cli, applied: Path) -> None:
    assert timeless(cli("history").out) == (
        "run 2  (then)  luis (database user postgres)\n"
        "    homologation: 1 created, 1 updated\n"
        "run 1  (then)  ana (database user postgres)\n"
        "    homologation: 4 created\n"
        "    reason: primera carga\n"
    )
    assert timeless(cli("history", "--limit", "1").out).splitlines()[-1] == "Page 1 of 2. Older: --page 2"
    assert cli("history", "--limit", "1", "--page", "2").out.startswith("run 1 ")
    assert cli("history", "--page", "2").out == "There is only 1 page.\n"
    assert cli("history", "--limit", "1", "--page", "3").out == "There are only 2 pages.\n"
    said = json.loads(cli("history", "--format", "json", "--limit", "1").out)
    assert (said["total"], [run["number"] for run in said["runs"]]) == (2, [2])
    assert said["runs"][0]["counts"]["create"] == 1


def test_history_names_the_hazards_that_were_allowed(cli: Cli, applied: Path, query: Query) -> None:
    allowed = '[{"name": "drift", "rows": 1}, {"name": "mass-update", "kind": "element", "ceiling": null, "rows": 12}]'
    query(f"UPDATE pipeline.runs SET allowed = '{allowed}' WHERE id = 2 RETURNING 1")  # noqa: S608
    assert "    allowed: drift (1 row), mass-update:element (12 rows)\n" in cli("history").out


def test_history_before_anything_was_applied(cli: Cli, use: str) -> None:
    assert cli("history").out == "No runs yet: nothing was ever applied.\n"


def test_history_of_one_run_shows_its_changes_as_a_plan_does(cli: Cli, applied: Path) -> None:
    for arguments in (["2"], ["show", "2"]):
        assert timeless(cli("history", *arguments).out) == (
            "run 2  (then)  luis (database user postgres)\n"
            "    homologation: 1 created, 1 updated\n"
            "\n"
            "homologation · motos-part\n"
            "  ~ tier T1                                 manifests/motos-part/tiers.toml:5\n"
            "      price    410.00 -> 420.00\n"
            "  + element FARO                            manifests/motos-part/elements.toml:10\n"
        )
    changes = json.loads(cli("history", "2", "--format", "json").out)["changes"]
    assert [change["action"] for change in changes] == ["create", "update"]
    assert changes[1]["fields"]["price"] == {"before": "410.00", "after": "420.00", "cause": "manifest"}


def test_an_actor_from_ci_and_texts_that_could_steer_a_terminal(
    cli: Cli, applied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIPELINE_ACTOR")
    monkeypatch.setenv("GITHUB_ACTOR", "bot\x1b[2J")
    catalogue.replace(applied, "price = 420.00", "price = 430.00")
    assert cli("apply", "--yes", "--reason", "line\nbreak \udcff").code == 0
    shown = cli("history", "--limit", "1").out
    assert "bot\\u001b[2J" in shown
    assert "reason: line⏎break \\udcff\n" in shown
    assert "\x1b" not in shown


def test_blame_says_who_when_and_from_which_line(cli: Cli, applied: Path) -> None:
    whole = cli("blame", "tier", "motos-part/T1")
    assert timeless(whole.out) == (
        "tier motos-part/T1\n"
        '  name    "Proyecto Completo"\n'
        "            created with the row in run 1 of (then) by ana, from manifests/motos-part/tiers.toml:5\n"
        "  price   420.00\n"
        "            410.00 -> 420.00 in run 2 of (then) by luis, from manifests/motos-part/tiers.toml:5\n"
        "  active  yes\n"
        "            created with the row in run 1 of (then) by ana, from manifests/motos-part/tiers.toml:5\n"
    )
    assert cli("blame", "tier motos-part/T1").out == whole.out
    one = cli("blame", "tier", "motos-part/T1", "price").out
    assert one == cli("blame", "tier motos-part/T1", "price").out == cli("blame", "tier motos-part/T1 price").out
    assert "  price  420.00\n" in one
    assert "name" not in one
    (source,) = json.loads(cli("blame", "tier", "motos-part/T1", "price", "--format", "json").out)["sources"]
    assert source["touch"]["run"]["number"] == 2
    assert source["touch"]["change"]["line"] == 5


def test_blame_of_what_drifted_and_of_what_is_not_ours(cli: Cli, applied: Path, query: Query) -> None:
    query(BY_HAND)
    assert "now 1.00: changed outside the manifests\n" in cli("blame", "tier motos-part/T1", "price").out
    assert "it is not the pipeline's" in cli("blame", "tier motos-part/T1", "conditions").out
    query("INSERT INTO policies (key, value, category) VALUES ('iva', '21', 'x') RETURNING 1")
    assert "The pipeline does not manage it" in cli("blame", "policy iva").out


def test_blame_of_what_stood_there_already(cli: Cli, use: str, query: Query) -> None:
    query(
        "INSERT INTO vehicle_categories (slug, name, client_type) VALUES"
        " ('motos-part', 'Motocicletas y ciclomotores en España', 'particular') RETURNING 1"
    )
    assert cli("apply", "--yes", "--actor", "ana").code == 0
    shown = timeless(cli("blame", "category motos-part", "name").out)
    assert "stood there already when run 1 of (then) by ana took it over\n" in shown


def test_rollback_shows_asks_and_takes_back(cli: Cli, applied: Path, query: Query) -> None:
    done = cli("rollback", "2", "--yes", "--actor", "eva", "--reason", "precio equivocado")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "homologation · motos-part\n"
        "  ~ tier T1\n"
        "      price    420.00 -> 410.00\n"
        "  - element FARO\n"
        "\n"
        "Plan: 1 to update, 1 to deactivate. This takes run 2 back.\n"
        "The manifests stay as they are: what they still ask for, the next apply writes again.\n"
        "\n"
        "Quotes: 1 of 3 requests gets another answer.\n"
        "  1  other price: -10.00\n"
        "  For example:\n"
        "      ESCAPE   T1 420.00   -> T1 410.00   -10.00\n"
        "  Because of:\n"
        "      tier motos-part/T1: 1 quote, -10.00\n"
        "\n"
        "Applied: 1 updated, 1 deactivated (run 3).\n"
    )
    assert query(PRICE) == [("410.00",)]
    assert query("SELECT undoes, actor, reason FROM pipeline.runs ORDER BY id DESC LIMIT 1") == [
        (2, "eva", "precio equivocado")
    ]
    assert cli("history").out.startswith("run 3, takes back run 2 ")
    assert cli("plan", "--no-impact").out.partition("\n\n")[2] == (
        "Plan: 1 to update, 1 to reactivate. 3 unchanged, 0 unmanaged.\n"
    )
    assert cli("rollback", "2", "--yes").out == "No changes. Nothing is left of run 2 to take back.\n"
    assert cli("rollback", "3", "--yes").code == 0
    assert cli("plan").out == "No changes. 5 unchanged, 0 unmanaged.\n"


def test_rollback_of_what_was_changed_since_says_so(cli: Cli, applied: Path, query: Query) -> None:
    query(BY_HAND)
    shown = cli("rollback", "2")
    assert "price    1.00 -> 410.00  (changed or built upon since)\n" in shown.out
    assert query(PRICE) == [("1.00",)]


def test_rollback_of_what_others_came_to_need_says_so(cli: Cli, applied: Path) -> None:
    catalogue.replace(applied, 'todos = ["ESCAPE"]', 'todos = ["ESCAPE", "FARO"]')
    assert cli("apply", "--yes").code == 0
    assert re.search(r"- element FARO +\(changed or built upon since\)\n", cli("rollback", "2").out)


def test_rollback_asks_and_takes_no(use: str, applied: Path, query: Query) -> None:
    with terminal(applied, "rollback", "2", PIPELINE_DATABASE_URL=use) as person:
        person.wait_for("Apply this plan? [y/N]: ")
        person.answer("n")
        assert person.finish() == 1
    assert query(PRICE) == [("420.00",)]


def test_prune_drops_the_details_of_old_runs_only(cli: Cli, applied: Path, query: Query) -> None:
    query("UPDATE pipeline.runs SET applied_at = now() - interval '400 days' WHERE id = 1 RETURNING 1")
    assert cli("history", "prune", "--older-than", "58w", "--yes").out == "No run that old has details.\n"
    ledger = query("SELECT kind, key, digest FROM pipeline.ledger ORDER BY kind, key")
    done = cli("history", "prune", "--older-than", "365d", "--yes")
    assert done.out == "4 changes of 1 run can be removed.\nRemoved the details of 4 changes.\n"
    assert query("SELECT run_id, count(*) FROM pipeline.changes GROUP BY 1") == [(2, 2)]
    assert query("SELECT count(*) FROM pipeline.runs") == [(2,)]
    assert query("SELECT kind, key, digest FROM pipeline.ledger ORDER BY kind, key") == ledger
    assert "4 created (details pruned)" in cli("history").out
    assert cli("history", "1").out.endswith("\nWhat it changed was pruned from the history.\n")
    assert "written before run 2 of" in cli("blame", "tier motos-part/T1", "name").out
    assert "what wrote it was pruned" in cli("blame", "element motos-part/ESCAPE", "name").out
    refused = cli("rollback", "1", "--yes")
    assert refused.code == 1
    assert refused.err.startswith("error: Run 1 cannot be taken back: what it changed was pruned from the history.")
    assert cli("rollback", "2", "--yes").code == 0


def test_prune_asks(use: str, applied: Path, query: Query) -> None:
    with terminal(applied, "history", "prune", "--older-than", "0d", PIPELINE_DATABASE_URL=use) as person:
        person.wait_for("Go on? [y/N]: ")
        person.answer("n")
        assert person.finish() == 1
    assert "Nothing was removed." in person.shown
    assert query("SELECT count(*) > 0 FROM pipeline.changes") == [(True,)]
