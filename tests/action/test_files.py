"""What can be said of the action's files without running them: schemas, shellcheck, and where inputs may stand"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.action.composite import PROJECT, read
from tests.pages import steps

SCRIPTS = sorted((PROJECT / "action").glob("*.sh"))
PROGRAMS = Path(sys.executable).parent
FILES = {
    "action.yml": "github-actions",
    ".github/workflows/manifests.yml": "github-workflows",
    ".gitlab/pipeline.gitlab-ci.yml": "gitlab-ci",
}
PAGES = sorted((PROJECT / "docs").glob("*.md"))


def complaints(schema: str, file: Path) -> str:
    """What a forge's own schema says against a file."""
    done = subprocess.run(  # noqa: S603
        [PROGRAMS / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", file],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout if done.returncode else ""


@pytest.mark.parametrize(("name", "schema"), FILES.items())
def test_files_are_as_the_forges_say(name: str, schema: str) -> None:
    assert not complaints(schema, PROJECT / name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_workflows_in_pages_are_as_the_forges_say(page: Path, tmp_path: Path) -> None:
    for number, step in enumerate(steps(page.read_text("utf-8"))):
        if step.language == "yaml":
            file = tmp_path / f"{number}.yml"
            file.write_text(step.text, "utf-8")
            schema = "github-workflows" if "\njobs:\n" in step.text else "gitlab-ci"
            assert not complaints(schema, file)
            require_known_inputs(YAML(typ="safe", pure=True).load(step.text))


def require_known_inputs(workflow: dict[str, dict[str, dict[str, list[dict[str, dict[str, str]]]]]]) -> None:
    """A workflow that uses the action gives it inputs that it has."""
    known = read(PROJECT / "action.yml")["inputs"]
    for job in workflow.get("jobs", {}).values():
        for step in job.get("steps", []):
            if "/pipeline@" in str(step.get("uses")):
                assert set(step["with"]) <= set(known)
                assert step["with"]["mode"] in ("plan", "apply")


def test_shellcheck_finds_nothing() -> None:
    command = [str(PROGRAMS / "shellcheck"), "--external-sources", "--source-path=SCRIPTDIR", *map(str, SCRIPTS)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    assert (done.returncode, done.stdout) == (0, "")


def test_scripts_hold_no_inputs() -> None:
    """An input in a script would be code: each reaches it as a value of the environment."""
    for step in read(PROJECT / "action.yml")["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    for name in (*FILES, *(path.relative_to(PROJECT).as_posix() for path in PAGES)):
        for script in re.findall(r"run: .*", (PROJECT / name).read_text("utf-8")):
            assert not re.search(r"\$\{\{ *(inputs|github\.(event|head_ref)|secrets)", script), name


def test_scripts_get_what_they_read() -> None:
    """Every PLAN_… variable of a script is given by each step that runs it."""
    shared = variables(PROJECT / "action/common.sh")
    for step in read(PROJECT / "action.yml")["runs"]["steps"]:
        for name in re.findall(r"\w+\.sh", step.get("run", "")):
            path = PROJECT / "action" / name
            read_here = variables(path)
            assert read_here <= set(step["env"]), name
            assert set(step["env"]) - {"GH_TOKEN", "PIPELINE_DATABASE_URL"} <= read_here | shared, name
            needed = {"PLAN_PACK", "PLAN_CATEGORY", "PLAN_ENVIRONMENT"}
            if re.search(r"plan_name|marker|comment ", path.read_text("utf-8")):
                assert needed <= set(step["env"]), name


def variables(script: Path) -> set[str]:
    """The PLAN_… variables that a script reads."""
    return set(re.findall(r"PLAN_[A-Z_]+", re.sub(r"(^|\s)#.*", "", script.read_text("utf-8"))))
