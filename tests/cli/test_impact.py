"""What a plan changes for quotes, from the manifests and pyproject.toml to the terminal and the exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli import catalogue
from tests.cli.conftest import Cli, Query

DEARER = (
    "Quotes: 1 of 1 requests gets another answer.\n"
    "  1  other price: +20.00\n"
    "  Some of them:\n"
    "      ESCAPE   T1 410.00   -> T1 430.00   +20.00\n"
    "  Because of:\n"
    "      tier motos-part/T1: 1 quote, +20.00\n"
)


@pytest.fixture
def applied(use: str, cli: Cli) -> str:
    """The small catalogue in the database: one element that one tier includes."""
    assert cli("apply", "--yes").code == 0
    return use


@pytest.fixture
def dearer(applied: str, manifests: Path) -> Path:
    """The same with another price in the manifests."""
    catalogue.replace(manifests, "price = 410.00", "price = 430.00")
    return manifests


def settings(home: Path, text: str) -> None:
    """Put a table of settings into pyproject.toml."""
    (home / "pyproject.toml").write_text(text, "utf-8")


def planned(cli: Cli, *arguments: str) -> dict[str, Any]:
    """The only plan, as JSON."""
    (plan,) = json.loads(cli("plan", "--format", "json", *arguments).out)["plans"]
    assert isinstance(plan, dict)
    return plan


def test_a_first_plan_has_nothing_to_compare(use: str, cli: Cli) -> None:
    assert cli("plan", "--impact-only").out == (
        "No quote changes: there is nothing to compare.\n  Not compared, for it is new: motos-part.\n"
    )
    assert "uote" not in cli("plan").out


def test_a_plan_without_changes_says_nothing(applied: str, cli: Cli) -> None:
    assert cli("plan", "--impact-only").out == "No quote changes.\n"
    assert "impact" not in planned(cli)


@pytest.mark.usefixtures("dearer")
def test_a_changed_price_is_told_with_its_cause(cli: Cli) -> None:
    assert cli("plan").out.endswith(f"Plan: 1 to update. 3 unchanged, 0 unmanaged.\n\n{DEARER}")
    assert cli("plan", "--impact-only").out == DEARER
    impact = planned(cli)["impact"]
    assert (impact["amounts"], impact["largest"]) == (1, "20.00")
    assert planned(cli, "--impact-only") == {"pack": "homologation", "impact": impact}


@pytest.mark.usefixtures("dearer")
def test_without_impact_nothing_is_compared(cli: Cli, manifests: Path) -> None:
    settings(manifests, "[tool.pipeline.policy]\nprice-impact-percent = 1\n")

    assert len(planned(cli)["hazards"]) == 1
    plan = planned(cli, "--no-impact")
    assert ("impact" in plan, plan["hazards"]) == (False, [])
    assert cli("plan", "--no-impact").out.endswith("\n\nPlan: 1 to update. 3 unchanged, 0 unmanaged.\n")


@pytest.mark.usefixtures("dearer")
def test_a_plan_that_is_saved_has_its_impact(cli: Cli, manifests: Path) -> None:
    for others in (["--out", "plan.json"], ["--impact-only"]):
        done = cli("plan", "--no-impact", *others)
        assert (done.code, done.out) == (64, "")
        assert done.err.startswith("error: ")
    assert not (manifests / "plan.json").exists()

    made = cli("plan", "--out", "plan.json")
    assert cli("show", "plan.json").out == made.out
    assert json.loads(cli("show", "plan.json", "--format", "json").out)["plans"] == [planned(cli)]
    file = manifests / "plan.json"
    file.write_bytes(file.read_bytes().replace(b'"amounts":1', b'"amounts":0', 1))
    assert cli("apply", "plan.json", "--yes").code == 1


@pytest.mark.parametrize(
    ("change", "table", "hazard"),
    [
        ("price = 430.00", "", None),
        ("price = 700.00", "", "price-impact=1"),
        ("price = 200.00", "", "price-impact=1"),
        ("price = 700.00", "price-impact-percent = 71", None),
        ("price = 700.00", "price-impact-percent = inf", None),
        ("price = 430.00", "price-impact-percent = 4.8", "price-impact=1"),
        ("price = 430.00", "price-impact-percent = 4.9", None),
        ("price = 430.00", "price-impact-quotes = 0", "price-impact=1"),
        ("price = 430.00", "price-impact-quotes = 1", None),
        ("price = 410.00\nmin_elements = 2", "", "unquotable=1"),
        ("price = 410.00\nmin_elements = 2", "unquotable-quotes = 1", None),
    ],
)
@pytest.mark.parametrize("pack", ["", ".homologation"])
@pytest.mark.usefixtures("applied")
def test_every_threshold_reaches_apply(
    cli: Cli, manifests: Path, query: Query, change: str, table: str, hazard: str | None, pack: str
) -> None:
    catalogue.replace(manifests, "price = 410.00", change)
    settings(manifests, f"[tool.pipeline.policy{pack}]\n{table}\n")

    assert [found["allow"] for found in planned(cli)["hazards"]] == ([hazard] if hazard else [])
    assert cli("plan", "--out", "plan.json").code == 0
    done = cli("apply", "--yes")
    assert done.code == (3 if hazard else 0)
    if hazard:
        assert "tier motos-part/T1 1 quote" in done.err
        assert cli("apply", "plan.json", "--yes").code == 3
        assert cli("apply", "plan.json", "--yes", "--allow", hazard).code == 0
    assert query("SELECT count(*) FROM pipeline.runs") == [(2,)]


@pytest.mark.usefixtures("applied")
def test_a_rollback_has_its_impact_too(cli: Cli, manifests: Path) -> None:
    catalogue.replace(manifests, "price = 410.00", "price = 700.00")
    assert cli("apply", "--yes", "--allow", "price-impact").code == 0
    catalogue.replace(manifests, "price = 700.00", "price = 300.00")
    assert cli("apply", "--yes", "--allow", "price-impact").code == 0

    back = cli("rollback", "3", "--yes")

    assert back.code == 3
    assert "      ESCAPE   T1 300.00   -> T1 700.00   +400.00\n" in back.out
    assert back.err.endswith("apply again with --allow price-impact=1\n")
    assert cli("rollback", "3", "--yes", "--allow", "price-impact=1").code == 0


@pytest.mark.usefixtures("applied")
def test_the_limit_of_the_settings_is_kept(cli: Cli, manifests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.replace(manifests, "[groups]", '[[elements]]\ncode = "MANILLAR"\nname = "Manillar"\n\n[groups]')
    assert cli("apply", "--yes").code == 0
    catalogue.replace(manifests, "price = 410.00", "price = 430.00")
    assert "1 of 3 requests" in cli("plan").out

    settings(manifests, "[tool.pipeline.impact]\nlimit = 2\n")

    (said,) = [line for line in cli("plan").out.splitlines() if "the limit" in line]
    assert (
        said
        == "  Of motos-part only requests of one of the elements were compared: the limit allows no more (2 requests)."
    )
    assert cli("apply", "--yes").out.count("the limit allows no more (2 requests)") == 1
    assert cli("rollback", "3", "--yes").out.count("the limit allows no more (2 requests)") == 1
    monkeypatch.setenv("PIPELINE_IMPACT", '{"limit": 3}')
    catalogue.replace(manifests, "price = 430.00", "price = 440.00")
    assert "the limit" not in cli("plan").out
