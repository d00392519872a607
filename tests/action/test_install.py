"""action/install.sh: the package of the checkout, in an environment of its own"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.action.composite import PROJECT
from tests.cli.processes import environment


def test_the_checkout_is_installed_with_pinned_versions(tmp_path: Path) -> None:
    """What it depends on is borrowed from this environment, so that nothing is downloaded."""
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_CACHE_DIR": str(tmp_path)}
    borrowed = os.pathsep.join(dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]))
    programs = tmp_path / "pipeline" / "bin"
    variables = environment(PLAN_PYTHON=sys.executable, PLAN_PROGRAMS=str(programs), **offline) | {
        "PYTHONPATH": borrowed
    }
    done = subprocess.run(  # noqa: S603
        [PROJECT / "action/install.sh"], cwd=tmp_path, env=variables, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done
    code = "import pipeline; print(pipeline.__file__)"
    found = subprocess.run(  # noqa: S603
        [programs / "python", "-c", code],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert Path(found.stdout.strip()).is_relative_to(programs.parent)
    helped = subprocess.run(  # noqa: S603
        [programs / "pipeline", "--help"],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "apply" in helped.stdout


def test_versions_that_are_pinned_are_asked_for(tmp_path: Path) -> None:
    """Every dependency of the package has its version in constraints.txt, and pip is told of that file."""
    log = tmp_path / "asked.txt"
    (tmp_path / "python").write_text(f'#!/bin/sh\necho "$PIP_BUILD_CONSTRAINT" "$@" >> {log}\n')
    (tmp_path / "python").chmod(0o755)
    variables = environment(PLAN_PYTHON=str(tmp_path / "python"), PLAN_PROGRAMS=str(tmp_path))
    subprocess.run([PROJECT / "action/install.sh"], env=variables, check=True)  # noqa: S603
    *_, asked = log.read_text("utf-8").splitlines()
    pinned = PROJECT / "constraints.txt"
    assert asked.startswith(f"{pinned} -m pip install")
    assert asked.endswith(f"--constraint {pinned} {PROJECT}")
