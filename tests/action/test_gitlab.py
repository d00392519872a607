"""The GitLab job on merge requests and after them: its own scripts, a real database, and a forge that is not there"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.action.composite import PROJECT, read
from tests.action.conftest import MERGED, PASSWORD, Forge, Query
from tests.action.fake_curl import ME
from tests.cli import catalogue
from tests.cli.processes import environment

DESCRIPTION = PROJECT / ".gitlab/pipeline.gitlab-ci.yml"
TOKEN = "glpat-this-is-secret"  # noqa: S105
PRICE = "SELECT price::text FROM tariff_tiers"
MERGE_REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_IID": "7",
    "CI_MERGE_REQUEST_PROJECT_ID": "5",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "5",
}


class Done(NamedTuple):
    """How a job ended, and what it printed."""

    code: int
    printed: str


class Project:
    """A project on GitLab, with the repository and the database of a forge."""

    def __init__(self, forge: Forge) -> None:
        self.forge, self.workspace = forge, forge.workspace
        self.pipelines = 500
        (self.workspace / ".pipeline-source").symlink_to(PROJECT)
        (self.workspace / ".pipeline-programs").mkdir()
        (self.workspace / ".pipeline-programs/bin").symlink_to(Path(sys.executable).parent)

    def plan(self, **more: str) -> Done:
        """The job of a merge request, whose artifacts GitLab keeps."""
        done = self.run("pipeline:plan", MERGE_REQUEST | {"PLAN_DATABASE_URL": self.forge.database} | more)
        number = self.pipelines
        for path in read(DESCRIPTION)["pipeline:plan"]["artifacts"]["paths"]:
            target = self.forge.state / "files" / str(number + 5000) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if (self.workspace / path).exists():
                shutil.copy(self.workspace / path, target)
        self.forge.store("pipelines", [{"id": number, "project_id": 5}, *self.forge.load("pipelines")])
        jobs = [{"id": number + 4000, "name": "lint"}, {"id": number + 5000, "name": "pipeline:plan"}]
        self.forge.store("jobs", [*self.forge.load("jobs"), *(job | {"pipeline": number} for job in jobs)])
        shutil.rmtree(self.workspace / "pipeline-plan", ignore_errors=True)
        return done

    def merge(self, source_project: int = 5) -> Done:
        """The job on main, once the merge request is merged."""
        merged = {"iid": 7, "state": "merged", "target_branch": "main", "merge_commit_sha": MERGED}
        others = {"squash_commit_sha": None, "sha": "a" * 40, "target_project_id": 5}
        self.forge.store("merged", [merged | others | {"source_project_id": source_project}])
        return self.apply()

    def apply(self, **more: str) -> Done:
        """The job on main."""
        return self.run("pipeline:apply", {"APPLY_DATABASE_URL": self.forge.database} | more)

    def run(self, job: str, variables: dict[str, str]) -> Done:
        """The script of a job, as its runner carries it out; what `before_script` installs is there already."""
        self.pipelines += 1
        description = read(DESCRIPTION)
        own = description["variables"] | description[".pipeline"]["variables"]
        given = {
            "CI_API_V4_URL": "https://gitlab.example/api/v4",
            "CI_COMMIT_BRANCH": "main",
            "CI_COMMIT_SHA": MERGED,
            "CI_PIPELINE_ID": str(self.pipelines),
            "CI_PIPELINE_URL": f"https://gitlab.example/-/pipelines/{self.pipelines}",
            "CI_PROJECT_DIR": str(self.workspace),
            "CI_PROJECT_ID": "5",
            "FAKE_FORGE": str(self.forge.state),
            "GITLAB_USER_LOGIN": "ana",
            "PATH": f"{self.forge.programs}:/usr/local/bin:/usr/bin:/bin",
            "PLAN_TOKEN": TOKEN,
        }
        own = {name: text.replace("$CI_PROJECT_DIR", str(self.workspace)) for name, text in own.items()}
        plain = {name: text for name, text in environment().items() if not name.startswith("GITHUB_")}
        done = subprocess.run(  # noqa: S603
            ["bash", "-e", "-o", "pipefail", "-c", "\n".join(description[job]["script"])],  # noqa: S607
            cwd=self.workspace,
            env=plain | own | given | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        seen = [path.read_text("utf-8") for path in self.forge.state.rglob("*") if path.is_file()]
        for secret in (PASSWORD, TOKEN):
            assert not [text for text in (done.stdout, *seen) if secret in text]
        return Done(done.returncode, done.stdout)


@pytest.fixture
def project(forge: Forge) -> Project:
    """A project whose manifests were applied."""
    return Project(forge)


def test_the_approved_plan_is_applied(project: Project, query: Query) -> None:
    catalogue.replace(project.workspace, "price = 410.00", "price = 420.00")
    planned = project.plan()
    assert planned.code == 0, planned.printed
    (note,) = project.forge.load("notes")
    assert note["body"].startswith("<!-- pipeline-plan -->\n")
    assert "420.00" in note["body"]
    assert "https://gitlab.example/-/pipelines/501" in note["body"]
    assert query(PRICE) == [("410.00",)]

    done = project.merge()

    assert done.code == 0, done.printed
    assert query(PRICE) == [("420.00",)]
    assert query("SELECT reason, actor FROM pipeline.runs WHERE id = 2") == [("merge request 7, pipeline 501", "ana")]


def test_the_note_is_written_anew_where_it_stands(project: Project) -> None:
    people = [{"id": number, "author": {"id": 1}, "body": "<!-- pipeline-plan -->\nNot by us"} for number in range(130)]
    project.forge.store("notes", people)
    assert project.plan().code == 0
    catalogue.replace(project.workspace, "price = 410.00", "price = 430.00")
    assert project.plan().code == 0
    *others, note = project.forge.load("notes")
    assert others == people
    assert note["author"]["id"] == ME
    assert "430.00" in note["body"]


def test_lines_are_no_commands_to_gitlab(project: Project) -> None:
    catalogue.replace(project.workspace, "Proyecto Completo", "x\\n/merge")
    (project.workspace / "manifests/motos-part/bad.toml").write_text('/close\n"', "utf-8")
    assert project.plan().code == 1
    (note,) = project.forge.load("notes")
    assert "No plan could be made" in note["body"]
    assert not [line for line in note["body"].splitlines() if line.strip().startswith("/")]


def test_without_a_token_there_is_no_note(project: Project) -> None:
    assert project.plan(PLAN_TOKEN="").code == 0
    assert project.forge.calls() == []


def test_a_note_that_may_not_be_made(project: Project) -> None:
    (project.forge.state / "refuse").touch()
    done = project.plan()
    assert done.code == 1
    assert "error: GitLab did not take the note. PLAN_TOKEN must be a token of this project" in done.printed


def test_a_stale_plan_is_refused(project: Project, query: Query) -> None:
    catalogue.replace(project.workspace, "price = 410.00", "price = 420.00")
    project.plan()
    query("UPDATE tariff_tiers SET name = 'Otro'")
    done = project.merge()
    assert done.code == 4
    assert "error: The approved plan is stale" in done.printed
    assert "PLAN_RUN" in done.printed
    assert query(PRICE) == [("410.00",)]

    project.plan(CI_MERGE_REQUEST_IID="", CI_PIPELINE_SOURCE="web")
    done = project.apply(PLAN_RUN=str(project.pipelines), PLAN_ALLOW="drift")
    assert done.code == 0, done.printed
    assert query(PRICE) == [("420.00",)]


def test_plans_of_strangers_are_left_alone(project: Project, query: Query) -> None:
    catalogue.replace(project.workspace, "price = 410.00", "price = 420.00")
    project.plan()
    done = project.merge(source_project=6)
    assert done.code == 1
    assert "error: This commit did not come from a merge request of this project" in done.printed
    project.forge.store("pipelines", [{"id": 501, "project_id": 6}])
    done = project.merge()
    assert done.code == 1
    assert "error: There is no plan to apply" in done.printed
    assert query(PRICE) == [("410.00",)]


def test_an_artifact_that_has_expired(project: Project) -> None:
    project.plan()
    shutil.rmtree(project.forge.state / "files")
    done = project.merge()
    assert done.code == 1
    assert "or it has expired" in done.printed


def test_merge_requests_of_forks_are_only_checked(project: Project) -> None:
    fork = {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "6", "CI_PROJECT_ID": "6", "PLAN_DATABASE_URL": "", "PLAN_TOKEN": ""}
    done = project.plan(**fork)
    assert done.code == 0
    assert "This merge request comes from a fork" in done.printed
    catalogue.replace(project.workspace, "price = 410.00", 'price = "dear"')
    done = project.plan(**fork)
    assert done.code == 1
    assert "error: The manifests have errors" in done.printed
    assert project.forge.calls() == []


def test_without_a_database(project: Project) -> None:
    done = project.plan(PLAN_DATABASE_URL="")
    assert done.code == 64
    assert "error: The variable PLAN_DATABASE_URL is empty" in done.printed
    done = project.apply(APPLY_DATABASE_URL="")
    assert done.code == 64
    assert "error: The variable APPLY_DATABASE_URL is empty" in done.printed
