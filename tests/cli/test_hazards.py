"""Hazards from the manifests and pyproject.toml to the exit code: what apply refuses, and what lets it pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.cli.conftest import Cli, Query
from tests.cli.processes import run, terminal

HEAD = 'pack = "homologation"\nversion = 1\ncategory = "motos-part"\n'
CATEGORY = '\n[[categories]]\nslug = "motos-part"\nname = "Motocicletas"\nclient_type = "particular"\n'

Write: TypeAlias = Callable[..., None]


def entries(section: str, count: int, **fields: Any) -> str:
    """So many entries of a section, each with these fields."""
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in fields.items())
    return "".join(f'\n[[{section}]]\ncode = "X{number:02}"\nname = "x"\n{text}' for number in range(count))


@pytest.fixture
def write(home: Path) -> Write:
    """Write manifests of these parts, and pyproject.toml where there are settings."""

    def call(*parts: str, settings: str = "") -> None:
        (home / "manifests").mkdir(exist_ok=True)
        (home / "manifests" / "motos.toml").write_text(HEAD + CATEGORY + "".join(parts), "utf-8")
        (home / "pyproject.toml").write_text(settings, "utf-8")

    return call


@pytest.fixture
def url(database: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A migrated database, named by the environment."""
    monkeypatch.setenv("PIPELINE_DATABASE_URL", database)
    return database


TEN, SEVEN, SIX = (entries("elements", count) for count in (10, 7, 6))
MASS = "mass-deactivation:element=4"


@pytest.fixture
def four_gone(url: str, cli: Cli, write: Write) -> None:
    """Ten elements in the database, six in the manifests."""
    write(TEN)
    assert cli("apply", "--yes").code == 0
    write(SIX)


@pytest.mark.usefixtures("four_gone")
def test_a_refused_apply_writes_nothing_and_says_what_would_allow_it(cli: Cli, query: Query) -> None:
    done = cli("apply", "--yes")

    assert done.code == 3
    assert done.err == (
        "error: The plan for homologation has a hazard that is not allowed. Nothing was applied.\n"
        "  ! mass-deactivation: 4 of 10 active rows of kind element in motos-part (40.0 %, the limit is 30 %)"
        " would be deactivated\n"
        "      element motos-part/X06\n"
        "      element motos-part/X07\n"
        "      element motos-part/X08\n"
        "      element motos-part/X09\n"
        f"      allow it with --allow {MASS}\n"
        f"If all of this is meant, apply again with --allow {MASS}\n"
    )
    assert query("SELECT count(*) FROM elements WHERE is_active") == [(10,)]
    assert query("SELECT count(*) FROM pipeline.runs") == [(1,)]
    assert query("SELECT count(*) FROM pipeline.changes WHERE run_id > 1") == [(0,)]


@pytest.mark.usefixtures("four_gone")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([MASS], 0),
        (["mass-deactivation"], 0),
        (["mass-deactivation:element"], 0),
        (["mass-deactivation=4"], 0),
        (["drift", MASS, "protected=0"], 0),
        (["mass-deactivation:element=3"], 3),
        (["mass-deactivation:tier=4"], 3),
        (["drift", "mass-update"], 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_allowed_is_applied(cli: Cli, query: Query, given: list[str], code: int) -> None:
    assert cli("apply", "--yes", *(part for text in given for part in ("--allow", text))).code == code

    assert query("SELECT count(*) FROM elements WHERE is_active") == [(6 if code == 0 else 10,)]


@pytest.mark.usefixtures("four_gone")
def test_what_was_allowed_is_on_record(cli: Cli, query: Query) -> None:
    assert cli("apply", "--yes", "--allow", "mass-deactivation:element=9", "--allow", "drift").code == 0

    recorded = [json.loads(text) for (text,) in query("SELECT allowed::text FROM pipeline.runs ORDER BY id")]
    assert recorded == [[], [{"name": "mass-deactivation", "kind": "element", "ceiling": 9, "rows": 4}]]


@pytest.mark.usefixtures("four_gone")
def test_a_plan_shows_its_hazards_and_ends_as_ever(cli: Cli) -> None:
    shown = cli("plan")
    assert (shown.code, cli("plan", "--detailed-exitcode").code) == (0, 2)
    assert shown.out.endswith(f"      allow it with --allow {MASS}\n")
    (plan,) = json.loads(cli("plan", "--format", "json").out)["plans"]
    (hazard,) = plan["hazards"]
    assert (hazard["name"], hazard["allow"], len(hazard["rows"])) == ("mass-deactivation", MASS, 4)


@pytest.mark.usefixtures("four_gone")
def test_nobody_is_asked_about_a_plan_that_is_refused(url: str, home: Path, query: Query) -> None:
    with terminal(home, "apply", PIPELINE_DATABASE_URL=url) as person:
        assert person.finish() == 3
    assert "Apply this plan?" not in person.shown
    with terminal(home, "apply", "--allow", MASS, PIPELINE_DATABASE_URL=url) as person:
        person.wait_for("Apply this plan?")
        person.answer("y")
        assert person.finish() == 0
    assert query("SELECT count(*) FROM elements WHERE is_active") == [(6,)]


def test_protection_is_lifted_by_an_apply_of_its_own(cli: Cli, url: str, write: Write, query: Query) -> None:
    other = '\n[[elements]]\ncode = "OTRO"\nname = "x"\n'
    write(entries("elements", 1, protected=True), other)
    assert cli("apply", "--yes").code == 0
    for retired in ("", entries("elements", 1, active=False, protected=False)):
        write(retired, other)
        done = cli("apply", "--yes")
        assert done.code == 3
        assert "! protected: 1 row protected from retiring would be deactivated" in done.err
        assert done.err.endswith("with --allow protected=1\n")

    write(entries("elements", 1), other)  # just the key is dropped
    assert cli("apply", "--yes").code == 0
    write(other)
    assert cli("apply", "--yes").code == 0
    assert query("SELECT code FROM elements WHERE is_active") == [("OTRO",)]


def test_protection_survives_a_retirement_that_was_allowed(cli: Cli, url: str, write: Write, query: Query) -> None:
    other = '\n[[elements]]\ncode = "OTRO"\nname = "x"\n'
    write(entries("elements", 1, protected=True), other)
    assert cli("apply", "--yes").code == 0
    write(other)
    assert cli("apply", "--yes", "--allow", "protected").code == 0

    assert query("SELECT active, protected FROM pipeline.ledger WHERE key LIKE '%X00%'") == [(False, True)]


BASE = "[tool.pipeline.policy{}]\n{}\n"
PRICED = entries("tiers", 3, price=100)
DEARER = PRICED.replace("price = 100", "price = 120", 1)
EDITED = TEN.replace('name = "x"', 'name = "y"', 4)
HOMOLOGATION = ".homologation"


def of_kind(kind: str) -> str:
    """The table of a kind."""
    return f"{HOMOLOGATION}.{kind}"


@pytest.mark.parametrize(
    ("before", "after", "settings", "code"),
    [
        (TEN, SIX, "", 3),
        (TEN, SEVEN, "", 0),
        (TEN, SIX, BASE.format("", "mass-deactivation = 40"), 0),
        (TEN, SIX, BASE.format("", "mass-deactivation = 39.9"), 3),
        (TEN, SEVEN, BASE.format("", "mass-deactivation = 29"), 3),
        (TEN, SIX, BASE.format("", "mass-update = 40"), 3),
        (TEN, SIX, BASE.format(HOMOLOGATION, "mass-deactivation = 40"), 0),
        (TEN, SEVEN, BASE.format(HOMOLOGATION, "mass-deactivation = 29"), 3),
        (TEN, SIX, BASE.format(of_kind("element"), "mass-deactivation = 40"), 0),
        (TEN, SEVEN, BASE.format(of_kind("element"), "mass-deactivation = 29"), 3),
        (TEN, SIX, BASE.format(of_kind("tier"), "mass-deactivation = 40"), 3),
        (
            TEN,
            SIX,
            BASE.format(HOMOLOGATION, "mass-deactivation = 10")
            + BASE.format(of_kind("element"), "mass-deactivation = 40"),
            0,
        ),
        (
            TEN,
            SEVEN,
            BASE.format("", "mass-deactivation = 90") + BASE.format(HOMOLOGATION, "mass-deactivation = 29"),
            3,
        ),
        (TEN, SIX, BASE.format("", "minimum-rows = 11"), 0),
        (SEVEN, SIX, BASE.format("", "minimum-rows = 7\nmass-deactivation = 10"), 3),
        (TEN, SIX, BASE.format(HOMOLOGATION, "minimum-rows = 11"), 0),
        (TEN, SIX, BASE.format(of_kind("element"), "minimum-rows = 11"), 0),
        (TEN, "", BASE.format("", "minimum-rows = 11"), 3),
        (TEN, "", BASE.format("", "mass-deactivation = 100"), 0),
        (TEN, EDITED, "", 3),
        (TEN, EDITED, BASE.format("", "mass-update = 40"), 0),
        (TEN, EDITED, BASE.format(HOMOLOGATION, "mass-update = 40"), 0),
        (TEN, EDITED, BASE.format(of_kind("element"), "mass-update = 40"), 0),
        (TEN, EDITED, BASE.format(of_kind("element"), "mass-deactivation = 40"), 3),
        (TEN, EDITED, BASE.format("", "mass-update = 40") + BASE.format(of_kind("element"), "mass-update = 39"), 3),
        (PRICED, DEARER, "", 0),
        (PRICED, DEARER, BASE.format("", "price-change = 20"), 0),
        (PRICED, DEARER, BASE.format("", "price-change = 19.5"), 3),
        (PRICED, DEARER, BASE.format(HOMOLOGATION, "price-change = 19.5"), 3),
        (PRICED, DEARER, BASE.format(of_kind("tier"), "price-change = 19.5"), 3),
        (PRICED, DEARER, BASE.format(of_kind("service"), "price-change = 19.5"), 0),
        (PRICED, DEARER, BASE.format("", "price-change = 5") + BASE.format(of_kind("tier"), "price-change = 50"), 0),
    ],
)
def test_every_threshold_reaches_the_check(
    cli: Cli,
    url: str,
    write: Write,
    before: str,
    after: str,
    settings: str,
    code: int,
) -> None:
    write(before)
    assert cli("apply", "--yes").code == 0
    write(after, settings=settings)

    done = cli("apply", "--yes")

    assert (done.code, bool(done.err)) == (code, code == 3)
    hazards = [
        hazard for plan in json.loads(cli("plan", "--format", "json").out)["plans"] for hazard in plan["hazards"]
    ]
    assert bool(hazards) == (code == 3)


@pytest.mark.usefixtures("four_gone")
def test_a_variable_comes_before_pyproject(url: str, home: Path, write: Write) -> None:
    write(SIX, settings=BASE.format("", "mass-deactivation = 20"))
    known = {"PIPELINE_DATABASE_URL": url}

    assert run(home, "apply", "--yes", **known).returncode == 3
    assert run(home, "apply", "--yes", PIPELINE_POLICY='{"mass-deactivation": 40}', **known).returncode == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (BASE.format("", "mass-delete = 3"), "has no rule mass-delete. It may hold: mass-update, mass-deactivation,"),
        (BASE.format("", "mass_update = 3"), "has no rule mass_update."),
        (
            BASE.format(HOMOLOGATION, "price = 3"),
            "[tool.pipeline.policy.homologation] in pyproject.toml has no rule price.",
        ),
        (BASE.format(of_kind("tier"), "price = 3"), "has no rule price. It may hold: mass-update,"),
        (BASE.format(of_kind("tier.T1"), ""), "has no rule T1."),
        (
            BASE.format(of_kind("tier"), "price-impact-percent = 3"),
            "[tool.pipeline.policy.homologation.tier] in pyproject.toml has no rule price-impact-percent.",
        ),
        (
            BASE.format(of_kind("tier"), "unquotable-quotes = 3"),
            "It may hold: mass-update, mass-deactivation, minimum-rows",
        ),
        (
            BASE.format("", "unquotables = 3"),
            "price-change, price-impact-quotes, price-impact-percent, unquotable-quotes,",
        ),
        (BASE.format(HOMOLOGATION, "price-impact-percent = -1"), "greater than or equal to 0"),
        (BASE.format("", "price-impact-percent = nan"), "greater than or equal to 0"),
        (BASE.format("", "price-impact-quotes = 1.5"), "is not right: Input should be a valid integer"),
        (BASE.format("", "unquotable-quotes = -1"), "greater than or equal to 0"),
        (
            BASE.format(".quiz", "unquotable-quotes = 3"),
            "[tool.pipeline.policy.quiz] has unquotable-quotes, and the pack quiz gives no quotes.",
        ),
        (BASE.format(".homologacion", ""), "a table homologacion, and there is no such pack. Known: homologation,"),
        (BASE.format(of_kind("elements"), ""), "a table elements, and there is no such kind. Known: category, tier,"),
        (
            BASE.format(of_kind("element"), "price-change = 3"),
            "prices of element, which has none. Known: tier, service.",
        ),
        (BASE.format("", "mass-update = 101"), "mass-update in [tool.pipeline.policy] of pyproject.toml is not right:"),
        (BASE.format("", 'mass-update = "30"'), "is not right: Input should be a valid number."),
        (BASE.format("", "mass-update = true"), "is not right: Input should be a valid number."),
        (BASE.format("", "price-change = inf"), "is not right: Input should be a finite number."),
        (BASE.format("", "minimum-rows = 0"), "is not right: Input should be greater than or equal to 1."),
        ("[tool.pipeline]\npolicy = 30\n", "[tool.pipeline] in pyproject.toml must have a table policy"),
    ],
)
def test_a_wrong_policy_ends_with_64(cli: Cli, home: Path, write: Write, settings: str, said: str) -> None:
    write(settings=settings)

    for command in (["plan"], ["apply", "--yes"]):
        done = cli(*command)
        assert (done.code, done.out) == (64, "")
        assert said in done.err
        assert done.err.count("\n") == 1
    assert not (home / ".pipeline").exists()


def test_a_variable_that_is_no_table(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINE_POLICY", "{")

    done = cli("plan")

    assert (done.code, done.err) == (
        64,
        "error: The variable PIPELINE_POLICY must hold a table as JSON.\n",
    )
