"""What holds of any two states of the manifests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.packs.components import PACK
from tests.packs.trial import Manifests, Trial

HEAD: dict[str, Any] = {"pack": "components", "version": 1}
NAMES = ("small", "large", "ada", "mini", "e5")

few = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=12)
configurations = st.dictionaries(
    st.sampled_from(("top_k", "temperature", "prompt")), st.integers(0, 50) | texts | st.booleans(), max_size=2
)


@st.composite
def manifests(draw: st.DrawFn) -> Manifests:
    """Some models, at most one of those in use the default, and evaluations that use them."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    models: list[dict[str, Any]] = [
        draw(
            st.fixed_dictionaries(
                {"name": st.just(name), "provider": st.sampled_from(("openai", "huggingface"))}
                | {number: st.integers(1, 4096) for number in ("dimension", "max_tokens")},
                optional={"active": st.booleans(), "description": texts, "configuration": configurations},
            )
        )
        for name in names
    ]
    in_use = [model for model in models if model.get("active", True)]
    chosen = draw(st.integers(0, len(in_use)))
    for model in in_use[chosen : chosen + 1]:
        model["is_default"] = True
    evaluations = draw(st.lists(st.sampled_from(("one", "two", "three")), unique=True).map(sorted))
    return {
        "models.toml": HEAD | {"embedding_models": models},
        "evaluations.toml": HEAD | {"evaluations": [draw(_evaluation(name, names)) for name in evaluations]},
    }


def _evaluation(name: str, models: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    optional: dict[str, st.SearchStrategy[Any]] = {
        "config": configurations,
        "dataset_name": texts,
        "evaluation_type": st.sampled_from(("rag", "qa", "retrieval")),
        "active": st.booleans(),
    }
    if models:
        optional["embedding_model"] = st.sampled_from(models)
    return st.fixed_dictionaries({"name": st.just(name), "model_name": texts}, optional=optional)


@pytest.fixture
def trial(engine: AsyncEngine, folder: Path) -> Trial:
    return Trial(engine, PACK, folder)


async def reset(trial: Trial) -> None:
    for table in ("pipeline.changes", "pipeline.ledger", "pipeline.runs", "evaluation_runs", "embedding_models"):
        await trial.execute(f"DELETE FROM {table}")  # noqa: S608


@few
@given(first=manifests(), then=manifests())
async def test_from_any_state_to_any_other_nothing_is_left_to_do_and_nothing_is_deleted(
    trial: Trial, first: Manifests, then: Manifests
) -> None:
    await reset(trial)
    await apply(trial, first)
    before = await trial.rows()

    await apply(trial, then)

    after = await trial.rows()
    assert (await trial.plan(then)).plan.is_empty
    assert {(id_, row["name"]) for id_, row in before.items()} <= {(id_, row["name"]) for id_, row in after.items()}
    declared = {entry["name"]: entry.get("active", True) for entry in then["models.toml"]["embedding_models"]}
    models = {row["name"]: row for (table, _), row in after.items() if table == "embedding_models"}
    assert all(row["is_active"] == declared.get(name, False) for name, row in models.items())


async def apply(trial: Trial, manifests: Manifests) -> None:
    prepared = await trial.plan(manifests)
    if not prepared.plan.is_empty:
        await trial.carry_out(prepared)
