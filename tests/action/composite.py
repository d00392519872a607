"""A runner for the composite action: its steps, in order, with bash, as a GitHub runner carries them out.

What is not a script stands for itself: installing puts this environment in place, an artifact becomes a folder.
Expressions may hold what `action.yml` uses: names, strings, `==`, `!=`, `&&` and `||`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pipeline.config import PACKAGE

PROJECT = PACKAGE.parent
_TOKEN = re.compile(r"\s*(==|!=|&&|\|\||'[^']*'|[\w.-]+)")
_HOLE = re.compile(r"\$\{\{(.*?)\}\}")


def read(path: Path) -> Any:
    """A YAML file, for instance `action.yml`."""
    return YAML(typ="safe", pure=True).load(path)


def evaluate(expression: str, names: Mapping[str, str]) -> str:
    """What an expression is; true and false as GitHub writes them, a name that is not known as nothing."""
    tokens = _TOKEN.findall(expression)
    assert "".join(tokens) == re.sub(r"\s", "", expression), f"{expression!r} is more than this runner understands"

    def value() -> str:
        token = tokens.pop(0)
        return token[1:-1] if token.startswith("'") else names.get(token, "")

    def comparison() -> str:
        left = value()
        if tokens[:1] in (["=="], ["!="]):
            equal = tokens.pop(0) == "=="
            return str((left == value()) == equal).lower()
        return left

    def joined(sign: str, part: Callable[[], str]) -> str:
        found = part()
        while tokens[:1] == [sign]:
            tokens.pop(0)
            other = part()
            found = other if (found not in ("", "false")) == (sign == "&&") else found
        return found

    return joined("||", lambda: joined("&&", comparison))


def fill(text: object, names: Mapping[str, str]) -> str:
    """A text with its expressions carried out."""
    return _HOLE.sub(lambda found: evaluate(found[1], names), str(text))


@dataclass
class Job:
    """One run of the action: what it printed, its outputs, the page of the job, and how it ended."""

    folder: Path
    artifacts: Path
    names: dict[str, str]
    variables: dict[str, str]
    code: int = 0
    printed: str = ""
    steps: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """What people read on the page of the job."""
        page = self.folder / "summary.md"
        return page.read_text("utf-8") if page.exists() else ""

    def output(self, name: str) -> str:
        """An output of the action."""
        return fill(read(PROJECT / "action.yml")["outputs"][name]["value"], self.names)

    def run(self, workspace: Path) -> None:
        """Carry out all steps, up to the first that fails."""
        for step in read(PROJECT / "action.yml")["runs"]["steps"]:
            if evaluate(step.get("if", "'true'"), self.names) in ("", "false"):
                continue
            if "uses" in step:
                self._use(step)
            elif "install.sh" in step["run"]:
                self._install()
            else:
                self._script(step, workspace)
            if self.code:
                return

    def _install(self) -> None:
        """This environment takes the place of the one that would be installed; test_install.py has that."""
        (self.folder / "pipeline").mkdir()
        (self.folder / "pipeline/bin").symlink_to(Path(sys.executable).parent)

    def _use(self, step: Mapping[str, Any]) -> None:
        given = {name: fill(text, self.names) for name, text in step.get("with", {}).items()}
        match step["uses"].partition("@")[0]:
            case "actions/setup-python":
                self.names[f"steps.{step['id']}.outputs.python-path"] = sys.executable
            case "actions/upload-artifact":
                target = self.artifacts / given["name"]
                shutil.rmtree(target, ignore_errors=True)
                target.mkdir(parents=True)
                found = [
                    path for path in given["path"].split() if Path(path).exists()
                ]  # others are passed over in silence
                assert found
                for path in found:
                    shutil.copy(path, target)
            case other:
                raise AssertionError(f"this runner has no {other}")

    def _script(self, step: Mapping[str, Any], workspace: Path) -> None:
        said = self.folder / "output.txt"
        said.write_text("")
        own = {name: fill(text, self.names) for name, text in step.get("env", {}).items()}
        files = {"GITHUB_OUTPUT": str(said), "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md")}
        done = subprocess.run(  # noqa: S603
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],  # noqa: S607
            cwd=workspace,
            env=self.variables | files | own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        self.code = done.returncode
        self.printed += done.stdout
        self.steps.append(re.findall(r"\w+\.sh", step["run"])[0])
        for line in said.read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            self.names[f"steps.{step.get('id')}.outputs.{name}"] = value
