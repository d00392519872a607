"""The GitHub action on pull requests and after them: its own scripts, a real database, and a forge that is not there"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import commands
from pipeline.packs import CATALOG
from pipeline.plan import planfile
from tests.action.composite import Job
from tests.action.conftest import HEAD, Forge, Query
from tests.cli import catalogue
from tests.cli.processes import run

PRICE = "SELECT price::text FROM tariff_tiers"
MARKER = "<!-- pipeline-plan -->\n"


def dearer(forge: Forge, price: int = 420) -> Job:
    """What the action does on a pull request that makes the tier dearer."""
    catalogue.replace(forge.workspace, "price = 410.00", f"price = {price}.00")
    return forge.pull_request()


def test_a_plan_is_shown_and_kept(forge: Forge) -> None:
    job = dearer(forge)

    assert (job.code, job.output("changes"), job.output("exit-code"), job.output("hazards")) == (0, "1", "2", "")
    assert "410.00" in job.summary
    assert "420.00" in job.summary
    artifact = job.artifacts / "pipeline-plan"
    assert (artifact / "plan.json").read_bytes() == Path(job.output("plan-file")).read_bytes()
    assert "420.00" in run(artifact, "show", "plan.json").stdout
    assert "<!doctype html>" in (artifact / "plan.html").read_text("utf-8").lower()
    assert "420.00" in (artifact / "plan.html").read_text("utf-8")
    assert job.output("digest") in (artifact / "plan.json").read_text("utf-8")
    (comment,) = forge.load("comments")
    assert comment["body"].startswith(MARKER)
    assert "420.00" in comment["body"]
    assert job.output("digest")[:12] in comment["body"]
    assert "https://github.com/example/catalogue/actions/runs/1001" in comment["body"]


def test_a_long_plan_fits_into_the_comment(forge: Forge) -> None:
    """As long as a comment may be; what is left out is the least important, and not where it comes from."""
    for number in range(400):
        text = f'pack = "homologation"\nversion = 1\ncategory = "motos-part"\n[[elements]]\ncode = "E{number}"\n'
        file = forge.workspace / "manifests" / "motos-part" / f"element-{number}.toml"
        file.write_text(text + f'name = "{"ñ" * 200}"\nkeywords = ["k{number}"]\n', "utf-8")
    names = {"environment": "e" * 60, "pack": "homologation"}
    job = forge.pull_request(**names)
    assert job.code == 0, job.printed
    (comment,) = forge.load("comments")
    assert 60_000 < len(comment["body"]) <= 65_536
    assert "Left out here" in comment["body"]
    assert comment["body"].rstrip().endswith("/actions/runs/1001)</sub>")


def test_without_changes(forge: Forge) -> None:
    job = forge.pull_request()
    assert (job.code, job.output("changes"), job.output("exit-code")) == (0, "0", "0")
    assert "No changes" in forge.load("comments")[0]["body"]
    assert forge.merge().code == 0


def test_the_comment_is_written_anew_where_it_stands(forge: Forge) -> None:
    people = [{"id": number, "user": {"login": "ana"}, "body": f"{MARKER}Not by us"} for number in range(130)]
    forge.store("comments", people)
    assert dearer(forge).code == 0
    first = forge.load("comments")
    forge.store("comments", [*first, {"id": 9, "user": {"login": "ana"}, "body": "Looks good"}])
    catalogue.replace(forge.workspace, "price = 420.00", "price = 430.00")

    assert forge.pull_request().code == 0

    *others, ours, last = forge.load("comments")
    assert (others, last["body"]) == (people, "Looks good")
    assert ours["id"] == first[-1]["id"]
    assert "430.00" in ours["body"]
    assert "420.00" not in ours["body"]


def test_each_environment_has_a_comment_and_an_artifact(forge: Forge) -> None:
    for environment in ("staging", "production", "staging"):
        assert forge.pull_request(environment=environment, pack="homologation").code == 0
    markers = [comment["body"].splitlines()[0] for comment in forge.load("comments")]
    names = ["pipeline-plan-homologation-staging", "pipeline-plan-homologation-production"]
    assert markers == [f"<!-- {name} -->" for name in names]
    found = {path.parent.name for path in forge.state.glob("artifacts/*/*/plan.json")}
    assert found == set(names)


def test_no_comment_where_none_is_wished(forge: Forge) -> None:
    assert forge.pull_request(comment="false").code == 0
    assert forge.calls() == []


def test_a_comment_that_may_not_be_made(forge: Forge) -> None:
    (forge.state / "refuse").touch()
    job = forge.pull_request()
    assert job.code == 1
    assert "pull-requests: write" in job.printed
    assert (job.artifacts / "pipeline-plan/plan.json").exists()


def test_manifests_with_errors(forge: Forge) -> None:
    catalogue.replace(forge.workspace, "price = 410.00", 'price = "dear"')
    job = forge.pull_request()
    assert job.code == 1
    assert "::error file=manifests/motos-part/tiers.toml,line=8" in job.printed
    assert job.printed.endswith("::error::No plan could be made: what is wrong stands above.\n")
    assert "No plan could be made" in forge.load("comments")[0]["body"]
    assert "tiers.toml:8" in forge.load("comments")[0]["body"]
    assert not job.artifacts.exists()
    assert (job.output("changes"), job.output("exit-code"), job.output("plan-file")) == ("", "1", "")


def test_a_database_that_cannot_be_reached(forge: Forge) -> None:
    job = forge.pull_request(**{"database-url": forge.database.replace("port=5432", "port=1")})
    assert job.code == 1
    assert "No plan could be made" in job.summary


def test_the_approved_plan_is_applied(forge: Forge, query: Query) -> None:
    digest = dearer(forge).output("digest")
    job = forge.merge()
    assert job.code == 0, job.printed
    assert query(PRICE) == [("420.00",)]
    assert query("SELECT reason, actor FROM pipeline.runs WHERE id = 2") == [("pull request 7, run 1001", "ana")]
    assert job.summary == f"Applied: plan `{digest[:12]}`, pull request 7, run 1001.\n"


def test_a_plan_is_applied_once(forge: Forge, query: Query) -> None:
    dearer(forge)
    assert forge.merge().code == 0
    job = forge.merge()
    assert job.code == 4
    assert "was applied already, as run 2" in job.printed


def test_a_stale_plan_is_refused(forge: Forge, query: Query) -> None:
    dearer(forge)
    query("UPDATE tariff_tiers SET name = 'Otro'")
    job = forge.merge()
    assert job.code == 4
    assert "1 row moved: tier motos-part/T1" in job.printed
    assert re.search(r"::error::The approved plan is stale.*start the workflow by hand", job.printed)
    assert query(PRICE) == [("410.00",)]


def test_a_stale_plan_is_followed_by_one_of_the_branch(forge: Forge, query: Query) -> None:
    dearer(forge)
    query("UPDATE tariff_tiers SET name = 'Otro'")
    assert forge.merge().code == 4
    planned = forge.by_hand(mode="plan")
    assert (planned.code, planned.output("hazards"), forge.load("comments")[1:]) == (0, "drift", [])
    number = planned.artifacts.name

    refused = forge.by_hand(mode="apply", **{"run-id": number})
    assert refused.code == 3
    assert re.search(r"::error::The plan has hazards.*as allow", refused.printed)
    assert query(PRICE) == [("410.00",)]

    job = forge.by_hand(mode="apply", allow="protected, drift", **{"run-id": number})
    assert job.code == 0, job.printed
    assert query(PRICE) == [("420.00",)]
    assert query("SELECT reason FROM pipeline.runs WHERE id = 2") == [(f"plan of run {number}, run {number}",)]


def test_hazards_fail_the_plan_where_that_is_wished(forge: Forge, query: Query) -> None:
    query("UPDATE tariff_tiers SET name = 'Otro'")
    assert forge.pull_request().code == 0
    job = forge.pull_request(**{"fail-on-hazards": "true"})
    assert (job.code, job.output("hazards")) == (3, "drift")
    assert "::error::The plan has hazards: drift." in job.printed
    assert (job.artifacts / "pipeline-plan/plan.json").exists()


def test_a_plan_of_other_manifests_is_refused(forge: Forge, query: Query) -> None:
    dearer(forge)
    catalogue.replace(forge.workspace, "price = 420.00", "price = 99.00")
    job = forge.merge()
    assert job.code == 4
    assert "::error::The approved plan was made from other manifests than those of this commit." in job.printed
    assert query(PRICE) == [("410.00",)]


def test_a_plan_that_was_made_up_is_refused(forge: Forge, query: Query) -> None:
    artifact = dearer(forge).artifacts / "pipeline-plan/plan.json"
    meant = planfile.load(artifact.read_bytes(), {pack.name: pack for pack in CATALOG}).saved[0].plan.basis.manifests
    catalogue.replace(forge.workspace, "price = 420.00", "price = 1.00")
    assert run(forge.workspace, "plan", "--out", str(artifact), PIPELINE_DATABASE_URL=forge.database).returncode == 0
    forge_digest(artifact, meant)
    catalogue.replace(forge.workspace, "price = 1.00", "price = 420.00")

    job = forge.merge()

    assert job.code == 1
    assert "::error::The approved plan is not what the pipeline plans for these manifests." in job.printed
    assert query(PRICE) == [("410.00",)]


def forge_digest(path: Path, manifests: str) -> None:
    """Have a plan file say that it was made from other manifests, with the digests that such a file would have."""
    database, prepared = commands.load_plan(path, CATALOG)
    made_up = [
        (replace(item.plan, basis=item.plan.basis._replace(manifests=manifests)), item.before()) for item in prepared
    ]
    with path.open("wb") as stream:
        planfile.dump(stream, database, made_up, {item.pack.name: item.pack for item in prepared})


def test_a_push_that_no_pull_request_made(forge: Forge, query: Query) -> None:
    dearer(forge)
    job = forge.push()
    assert job.code == 1
    assert "::error::This commit did not come from a pull request" in job.printed
    assert query(PRICE) == [("410.00",)]


@pytest.mark.parametrize(
    "whose", [{"repository": "mallory/catalogue"}, {"path": ".github/workflows/other.yml"}, {"sha": "c" * 40}]
)
def test_plans_of_strangers_are_left_alone(forge: Forge, query: Query, whose: dict[str, str]) -> None:
    own = dearer(forge)
    runs = forge.load("runs")
    own.artifacts.rename(own.artifacts.with_name("1500"))
    forge.store("runs", [])
    forge.record(1500, "pull_request", whose.pop("sha", HEAD), **whose)

    refused = forge.merge()
    assert refused.code == 1
    assert "::error::There is no plan to apply: none was made of pull request 7" in refused.printed

    forge.store("runs", [*runs, *forge.load("runs")])
    (forge.state / "artifacts/1500").rename(own.artifacts)
    assert forge.merge().code == 0
    assert query(PRICE) == [("420.00",)]


def test_a_run_of_a_stranger_is_not_applied_by_its_number_either(forge: Forge) -> None:
    dearer(forge).artifacts.rename(forge.state / "artifacts/1500")
    forge.record(1500, "pull_request", HEAD, repository="mallory/catalogue")
    assert forge.by_hand(mode="apply", **{"run-id": "1500"}).code == 1


def test_the_newest_plan_counts(forge: Forge, query: Query) -> None:
    dearer(forge)
    catalogue.replace(forge.workspace, "price = 420.00", "price = 430.00")
    forge.pull_request()
    assert forge.merge().code == 0
    assert query(PRICE) == [("430.00",)]


def test_an_artifact_that_has_expired(forge: Forge) -> None:
    (dearer(forge).artifacts / "expired").touch()
    job = forge.merge()
    assert job.code == 1
    assert "its artifact has expired" in job.printed


@pytest.mark.parametrize("repository", ["mallory/catalogue", None])
def test_pull_requests_of_forks_are_only_checked(forge: Forge, repository: str | None) -> None:
    job = forge.pull_request(repository=repository, **{"database-url": ""})
    assert job.code == 0
    assert "::notice::This pull request comes from a fork" in job.printed
    assert "no findings" in job.summary
    assert not job.artifacts.exists()
    assert forge.calls() == []
    assert not (forge.workspace / ".pipeline").exists()

    catalogue.replace(forge.workspace, "price = 410.00", 'price = "dear"')
    job = forge.pull_request(repository=repository, **{"database-url": ""})
    assert job.code == 1
    assert "::error file=manifests/motos-part/tiers.toml" in job.printed
    assert "tiers.toml:8" in job.summary


def test_dependabot_has_no_secrets(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    job = forge.pull_request(actor="dependabot[bot]", **{"database-url": ""})
    assert job.code == 0
    assert "Dependabot" in job.printed


@pytest.mark.parametrize(
    ("event", "inputs", "message"),
    [
        ("pull_request", {"mode": "plan", "database-url": ""}, "The input database-url is empty"),
        ("push", {"mode": "apply", "database-url": ""}, "The input database-url is empty"),
        ("push", {"mode": "plan", "database-url": ""}, "The input database-url is empty"),
        ("pull_request_target", {"mode": "plan"}, "Run this on pull_request."),
        ("pull_request", {"mode": "apply"}, "The mode apply is for the branch"),
        ("pull_request", {"mode": "destroy"}, "The input mode must be plan or apply."),
        ("pull_request", {"mode": "plan", "comment": "perhaps"}, "The input comment must be true or false."),
        ("push", {"mode": "apply", "run-id": "1 --repo x"}, "The input run-id must be a number."),
    ],
)
def test_what_is_asked_for_wrongly(forge: Forge, event: str, inputs: dict[str, str], message: str) -> None:
    head = {"number": 7, "head": {"repo": {"full_name": "example/catalogue"}}}
    job = forge.run(event, {"pull_request": head} if event != "push" else {}, "refs/heads/main", inputs)
    assert job.code == 64
    assert f"::error::{message}" in job.printed
    assert "plan.sh" not in job.steps


HOSTILE = "\"; touch stolen; '; touch stolen; $(touch stolen) `touch stolen` | touch stolen --help\n::error::stolen"


def test_hostile_names_do_nothing(forge: Forge) -> None:
    assert forge.pull_request(title=HOSTILE, environment=HOSTILE).code == 0
    (comment,) = forge.load("comments")
    assert "stolen;" not in comment["body"]
    assert forge.pull_request(title=HOSTILE, pack=HOSTILE, category=HOSTILE).code not in (0, 2)
    assert forge.pull_request(title=HOSTILE, manifests=HOSTILE).code not in (0, 2)
    assert dearer(forge).code == 0
    for name in ("run-id", "allow"):
        job = forge.merge(**{name: HOSTILE})
        assert job.code not in (0, 2)
    assert not list(forge.folder.rglob("stolen"))


def test_texts_of_manifests_are_no_commands_to_the_runner(forge: Forge) -> None:
    catalogue.replace(forge.workspace, "Proyecto Completo", "a ##[add-mask]stolen\\n::add-mask::stolen")
    plan, apply = forge.pull_request(), forge.merge()
    assert (plan.code, apply.code) == (0, 0)
    for job in (plan, apply):
        assert "##[add-mask]stolen" in job.printed
        muted = re.compile(r"^::stop-commands::(\w{32})$.*?^::\1::$", re.MULTILINE | re.DOTALL)
        assert "stolen" not in muted.sub("", job.printed)
