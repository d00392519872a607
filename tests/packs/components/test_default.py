"""One default among the embedding models: passed on in one plan, and never claimed by two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.errors import DatabaseError
from pipeline.packs.components import PACK
from tests.packs.trial import Manifests, Trial

HEAD: dict[str, Any] = {"pack": "components", "version": 1}


@pytest.fixture
def trial(engine: AsyncEngine, folder: Path) -> Trial:
    return Trial(engine, PACK, folder)


def models(*names: str, default: str = "", retired: str = "") -> Manifests:
    """Manifests with these models."""
    entries: list[dict[str, Any]] = [
        {"name": name, "provider": "openai", "dimension": 1536, "max_tokens": 8191, "is_default": name == default}
        | ({"active": False} if name == retired else {})
        for name in names
    ]
    return {"models.toml": HEAD | {"embedding_models": entries}}


async def default(trial: Trial) -> list[str]:
    found = await trial.execute("SELECT name FROM embedding_models WHERE is_default AND is_active")
    return [row.name for row in found]


@pytest.mark.parametrize(("first", "then"), [("a", "b"), ("b", "a")])
async def test_the_default_passes_from_one_model_to_another(trial: Trial, first: str, then: str) -> None:
    await trial.apply(models("a", "b", default=first))

    plan = await trial.apply(models("a", "b", default=then))

    assert plan.summary["update"] == 2
    assert await default(trial) == [then]


async def test_it_passes_to_a_model_that_is_new(trial: Trial) -> None:
    await trial.apply(models("a", default="a"))
    ids = await trial.execute("SELECT name, id FROM embedding_models")

    plan = await trial.apply(models("a", "b", default="b"))

    assert (plan.summary["create"], plan.summary["update"]) == (1, 1)
    assert await default(trial) == ["b"]
    assert set(ids) <= set(await trial.execute("SELECT name, id FROM embedding_models"))


async def test_it_passes_from_a_model_that_goes(trial: Trial) -> None:
    await trial.apply(models("a", "b", default="a"))

    await trial.apply(models("b", default="b"))

    assert await default(trial) == ["b"]


async def test_a_retired_default_comes_back_when_its_successor_goes(trial: Trial) -> None:
    await trial.apply(models("a", default="a"))
    await trial.apply(models("b", default="b"))

    plan = await trial.apply(models("a", default="a"))

    assert (plan.summary["reactivate"], plan.summary["deactivate"]) == (1, 1)
    assert await default(trial) == ["a"]


async def test_passing_it_on_is_taken_back(trial: Trial) -> None:
    await trial.apply(models("a", "b", default="a"))
    run = await trial.carry_out(await trial.plan(models("a", "b", default="b")))

    await trial.carry_out(await commands.rollback(trial.engine, (PACK,), run))

    assert await default(trial) == ["a"]


async def test_a_default_that_somebody_made_by_hand_is_not_overrun(trial: Trial) -> None:
    await trial.apply(models("a"))
    await trial.execute(
        "INSERT INTO embedding_models (name, provider, dimension, max_tokens, is_default) VALUES ('x', 'y', 1, 1, true)"
    )
    before = await trial.rows()

    with pytest.raises(DatabaseError, match="what only one may have") as refused:
        await trial.apply(models("a", default="a"))

    assert "SQL" not in str(refused.value)
    assert await trial.rows() == before


def test_two_defaults_are_found_at_their_line(trial: Trial) -> None:
    manifests = models("a", "b", "c")
    for entry in manifests["models.toml"]["embedding_models"]:
        entry["is_default"] = True

    found = trial.validate(manifests).diagnostics

    assert [(item.rule, item.message) for item in found] == [
        ("default-model", "embedding_model a and embedding_model b are both the default"),
        ("default-model", "embedding_model a and embedding_model c are both the default"),
    ]
    assert all("is_default = true" in item.place.quote for item in found if item.place)
    assert all(len(item.also_places) == 1 for item in found)


def test_a_retired_default_is_found(trial: Trial) -> None:
    (found,) = trial.validate(models("a", "b", default="a", retired="a")).diagnostics

    assert (found.rule, found.severity) == ("retired-default", "warning")
    assert found.message == "embedding_model a is the default and not in use"


async def test_a_default_that_left_the_manifests_is_exported_as_it_is(trial: Trial) -> None:
    await trial.apply(models("a", "b", default="a"))
    await trial.apply(models("b"))

    (found,) = await commands.export(trial.engine, (PACK,), trial.folder / "new", trial.folder, pack=None, scope=None)

    assert (found.remarks, found.diagnostics) == ([], [])
    exported = {name: tomli.loads(text) for name, text in found.files.items()}
    assert (await trial.plan(exported)).plan.changes == ()


def test_an_evaluation_with_a_retired_model_is_told(trial: Trial) -> None:
    manifests = models("a", retired="a")
    entries = [{"name": "x", "model_name": "a", "embedding_model": "a"}, {"name": "y", "model_name": "a"}]
    manifests["evaluations.toml"] = HEAD | {"evaluations": entries}

    (found,) = trial.validate(manifests).diagnostics

    assert (found.rule, found.severity) == ("retired-model", "warning")
    assert found.message == "evaluation x uses embedding_model a, which is not in use"


def test_the_bundled_manifests_are_without_findings(trial: Trial) -> None:
    assert trial.validate(trial.bundled()).diagnostics == ()


async def test_evaluations_refer_to_models_that_the_same_plan_makes(trial: Trial) -> None:
    manifests = trial.bundled()
    await trial.execute("SELECT setval(pg_get_serial_sequence('embedding_models', 'id'), 40)")

    await trial.apply(manifests)

    found = await trial.execute(
        "SELECT r.name, m.name FROM evaluation_runs r JOIN embedding_models m ON m.id = r.embedding_model_id"
    )
    declared = [entry for entry in manifests["evaluations.toml"]["evaluations"] if "embedding_model" in entry]
    assert {tuple(row) for row in found} == {(entry["name"], entry["embedding_model"]) for entry in declared}
    assert min(row.id for row in await trial.execute("SELECT id FROM embedding_models")) == 41


async def test_an_evaluation_changes_to_a_model_that_is_new(trial: Trial) -> None:
    manifests = models("a")
    manifests["evaluations.toml"] = HEAD | {"evaluations": [{"name": "x", "model_name": "a", "embedding_model": "a"}]}
    await trial.apply(manifests)
    manifests["models.toml"] = models("a", "b")["models.toml"]
    manifests["evaluations.toml"]["evaluations"][0]["embedding_model"] = "b"

    plan = await trial.apply(manifests)

    assert (plan.summary["create"], plan.summary["update"]) == (1, 1)
    (row,) = await trial.execute(
        "SELECT m.name FROM evaluation_runs r JOIN embedding_models m ON m.id = r.embedding_model_id"
    )
    assert row.name == "b"


async def test_people_and_manifests_number_their_rows_alike(trial: Trial) -> None:
    await trial.apply(models("a"))
    await trial.execute("INSERT INTO embedding_models (name, provider, dimension, max_tokens) VALUES ('x', 'y', 1, 1)")

    await trial.apply(models("a", "b"))

    ids = {row.name: row.id for row in await trial.execute("SELECT name, id FROM embedding_models")}
    assert len(set(ids.values())) == 3
