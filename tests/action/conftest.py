"""A repository on a forge that is not there: manifests in a folder, a database, and fakes of what reaches the forge."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.action.composite import PROJECT, Job, fill, read
from tests.cli import catalogue
from tests.cli.processes import environment, run

REPOSITORY = "example/catalogue"
WORKFLOW = ".github/workflows/catalogue.yml"
HEAD, MERGED = "a" * 40, "b" * 40
TOKEN = "ghs-this-is-secret"  # noqa: S105
PASSWORD = "p4ssw0rd-of-the-database"  # noqa: S105

Query: TypeAlias = Callable[[str], list[Any]]


class Forge:
    """What GitHub holds of the repository, and what happens there."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        self.workspace = folder / "workspace"
        self.state = folder / "forge"
        self.runs = 0
        self.workspace.mkdir()
        self.state.mkdir()
        self.programs = folder / "programs"
        self.programs.mkdir()
        install(self.programs, "gh")
        install(self.programs, "curl")
        catalogue.write(self.workspace)

    def load(self, name: str) -> list[Any]:
        """comments, pulls or runs."""
        path = self.state / f"{name}.json"
        found: list[Any] = json.loads(path.read_text("utf-8")) if path.exists() else []
        return found

    def store(self, name: str, items: list[Any]) -> None:
        (self.state / f"{name}.json").write_text(json.dumps(items), "utf-8")

    def calls(self) -> list[list[str]]:
        """What `gh` was asked for."""
        path = self.state / "calls.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def pull_request(
        self, *, repository: str | None = REPOSITORY, title: str = "", actor: str = "ana", **inputs: str
    ) -> Job:
        """What the workflow does on the pull request 7."""
        payload = {
            "pull_request": {
                "number": 7,
                "title": title,
                "head": {"ref": title, "sha": HEAD, "repo": {"full_name": repository} if repository else None},
            }
        }
        return self.run("pull_request", payload, "refs/pull/7/merge", {"mode": "plan"} | inputs, actor)

    def merge(self, **inputs: str) -> Job:
        """What the workflow does once that pull request is merged."""
        pull = {"number": 7, "merged_at": "2026-11-20T09:30:00Z", "merge_commit_sha": MERGED}
        self.store("pulls", [pull | {"base": {"ref": "main"}, "head": {"sha": HEAD}}])
        return self.push(**inputs)

    def push(self, **inputs: str) -> Job:
        """What the workflow does after a push to main."""
        return self.run("push", {}, "refs/heads/main", {"mode": "apply"} | inputs)

    def by_hand(self, **inputs: str) -> Job:
        """What the workflow does when somebody starts it on main."""
        return self.run("workflow_dispatch", {"inputs": {}}, "refs/heads/main", inputs)

    def run(self, event: str, payload: Any, ref: str, inputs: dict[str, str], actor: str = "ana") -> Job:
        """One run of the workflow; it has the database's URL unless the inputs say otherwise."""
        self.runs += 1
        number = 1000 + self.runs
        home = self.folder / f"run-{number}"
        home.mkdir()
        (home / "event.json").write_text(json.dumps(payload), "utf-8")
        description = read(PROJECT / "action.yml")["inputs"]
        given = {"database-url": self.database} | inputs
        assert set(given) <= set(description)
        names = {"runner.temp": str(home), "github.token": TOKEN}
        for name, about in description.items():
            names[f"inputs.{name}"] = given.get(name, fill(about.get("default", ""), names))
        sha = HEAD if event == "pull_request" else MERGED
        variables = environment(
            PATH=f"{self.programs}:/usr/local/bin:/usr/bin:/bin",
            FAKE_FORGE=str(self.state),
            GITHUB_ACTIONS="true",
            GITHUB_ACTION_PATH=str(PROJECT),
            GITHUB_ACTOR=actor,
            GITHUB_EVENT_NAME=event,
            GITHUB_EVENT_PATH=str(home / "event.json"),
            GITHUB_REF_NAME=ref.removeprefix("refs/heads/"),
            GITHUB_REPOSITORY=REPOSITORY,
            GITHUB_RUN_ID=str(number),
            GITHUB_SERVER_URL="https://github.com",
            GITHUB_SHA=sha,
            GITHUB_WORKFLOW_REF=f"{REPOSITORY}/{WORKFLOW}@{ref}",
        )
        self.record(number, event, sha)
        job = Job(home, self.state / "artifacts" / str(number), names, variables)
        job.run(self.workspace)
        self.require_discretion(job)
        return job

    def require_discretion(self, job: Job) -> None:
        """Neither the password nor the token stands anywhere that people or programs can see."""
        shown = [
            job.printed.encode(),
            json.dumps(job.names | {"inputs.database-url": "", "github.token": "", "inputs.github-token": ""}).encode(),
        ]
        for place in (self.workspace, self.state, job.folder):
            shown += [path.read_bytes() for path in place.rglob("*") if path.is_file() and "bin" not in path.parts]
        for secret in (PASSWORD, TOKEN):
            assert not [text for text in shown if secret.encode() in text]

    def record(self, number: int, event: str, sha: str, repository: str = REPOSITORY, path: str = WORKFLOW) -> None:
        """Have GitHub know a run."""
        run = {"id": number, "run_number": number, "event": event, "head_sha": sha, "path": path}
        self.store("runs", [*self.load("runs"), run | {"head_repository": {"full_name": repository}}])


@pytest.fixture
def forge(folder: Path, database: str) -> Forge:
    """A repository whose manifests were applied to a database with a password in its URL (the server asks for none)."""
    url = urlsplit(database)
    secret = url._replace(netloc=f"{url.username}:{PASSWORD}@{url.netloc.rpartition('@')[2]}").geturl()
    made = Forge(folder, secret)
    done = run(made.workspace, "apply", "--yes", PIPELINE_DATABASE_URL=secret)
    assert done.returncode == 0, done
    return made


@pytest.fixture
def query(database: str) -> Query:
    """Ask the database."""

    async def ask(statement: str) -> list[Any]:
        connection = await asyncpg.connect(database)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return lambda statement: asyncio.run(ask(statement))


def install(programs: Path, name: str) -> None:
    """Put a fake program on the path."""
    program = programs / name
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{PROJECT}" exec "{sys.executable}" -m tests.action.fake_{name} "$@"\n')
    program.chmod(0o755)
