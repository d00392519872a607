"""Settings: where they come from, which of them wins, and what a wrong one says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from pipeline.cli import run
from pipeline.config import Settings, bundled, ci_actor, load_settings
from pipeline.errors import UsageError
from pipeline.plan.probing import LIMIT

Write: TypeAlias = Callable[[str], None]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and no settings from outside."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"PIPELINE_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pyproject(home: Path) -> Write:
    """Write pyproject.toml."""

    def write(text: str) -> None:
        (home / "pyproject.toml").write_text(text, "utf-8")

    return write


def test_defaults() -> None:
    settings = load_settings()
    assert (settings.manifests, settings.schemas, settings.data) == (
        Path("manifests"),
        Path("schemas"),
        Path(".pipeline"),
    )
    assert (settings.database_url, settings.lock_timeout) == (None, 60.0)
    assert settings.impact.limit == LIMIT


def test_the_command_line_wins_over_the_environment_and_that_over_pyproject(
    pyproject: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    pyproject('[tool.pipeline]\nmanifests = "file"\nschemas = "file"\ndata = "file"\n')
    monkeypatch.setenv("PIPELINE_MANIFESTS", "environment")
    monkeypatch.setenv("PIPELINE_SCHEMAS", "environment")
    settings = load_settings(manifests=Path("given"))
    assert settings.manifests == Path("given")
    assert settings.schemas == Path("environment")
    assert settings.data == Path("file")


def test_what_the_command_line_leaves_out_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINE_LOCK_TIMEOUT", "7.5")
    assert load_settings(lock_timeout=None, database_url=None).lock_timeout == 7.5
    assert load_settings(lock_timeout=0).lock_timeout == 0


def test_pyproject_without_our_table_is_no_matter(pyproject: Write) -> None:
    pyproject('[project]\nname = "x"\n[tool.other]\nmanifests = "there"\n')
    assert load_settings().manifests == Path("manifests")


def test_pyproject_of_a_folder_above_is_not_ours(pyproject: Write, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pyproject('[tool.pipeline]\nmanifests = "above"\n')
    (home / "below").mkdir()
    monkeypatch.chdir(home / "below")
    assert load_settings().manifests == Path("manifests")


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().lock_timeout = 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tool.pipeline]\nmanifestos = "x"\n', "There is no setting manifestos."),
        ('[tool.pipeline]\nlock_timeout = "soon"\n', "The setting lock_timeout is not right"),
        ("[tool.pipeline]\nlock_timeout = -1\n", "greater than or equal to 0"),
        ("[tool.pipeline]\nlock_timeout = nan\n", "The setting lock_timeout is not right"),
        ("[tool.pipeline]\nmanifests = 3\n", "The setting manifests is not right"),
        ('[tool]\npipeline = "x"\n', "[tool.pipeline] in pyproject.toml must be a table of settings."),
        ("tool = 1\n", "must be a table of settings"),
        ("[tool.pipeline\n", "pyproject.toml cannot be read"),
        ("[tool.pipeline]\nimpact = 3\n", "[tool.pipeline] in pyproject.toml must have a table impact, with a limit."),
        (
            "[tool.pipeline.impact]\nlimits = 3\n",
            "[tool.pipeline.impact] in pyproject.toml has no limits. It may hold: limit.",
        ),
        (
            "[tool.pipeline.impact]\nlimit = 0\n",
            "limit in [tool.pipeline.impact] of pyproject.toml is not right: Input should be",
        ),
        ('[tool.pipeline.impact]\nlimit = "9"\n', "is not right: Input should be a valid integer."),
        ("[tool.pipeline.impact]\nlimit = 9.5\n", "is not right: Input should be a valid integer"),
    ],
)
def test_a_wrong_pyproject_ends_with_64(
    pyproject: Write, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    pyproject(text)
    assert run(["validate"]) == 64
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert told.err.count("\n") == 1


def test_a_pyproject_that_is_no_text(home: Path) -> None:
    (home / "pyproject.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"pyproject\.toml cannot be read"):
        load_settings()


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINE_LOCK_TIMEOUT", "soon")
    with pytest.raises(UsageError, match="PIPELINE_LOCK_TIMEOUT"):
        load_settings()


def test_a_message_never_repeats_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINE_LOCK_TIMEOUT", "s3cret")
    with pytest.raises(UsageError) as caught:
        load_settings()
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("name", ["alembic", "schemas"])
def test_bundled_folders_are_there(name: str) -> None:
    assert any(bundled(name).iterdir())


def test_what_the_wheel_brings_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "bundled" / "schemas"
    inside.mkdir(parents=True)
    monkeypatch.setattr("pipeline.config.PACKAGE", tmp_path)
    assert bundled("schemas") == inside
    assert bundled("alembic") == tmp_path.parent / "alembic"


CI_NAMES = (
    *("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_REQUESTEDFOR", "CIRCLE_USERNAME", "BUILDKITE_BUILD_CREATOR"),
    "BUILD_USER_ID",
)


@pytest.fixture
def outside_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """No CI, wherever the tests run."""
    for name in CI_NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", CI_NAMES)
@pytest.mark.usefixtures("outside_ci")
def test_every_ci_says_who_started_the_job(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert ci_actor() is None
    monkeypatch.setenv(name, "ana")
    assert ci_actor() == "ana"


@pytest.mark.usefixtures("outside_ci")
def test_a_ci_that_says_nothing_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTOR", "")
    assert ci_actor() is None
    monkeypatch.setenv("CIRCLE_USERNAME", "ana")
    assert ci_actor() == "ana"
