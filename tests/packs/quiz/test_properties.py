"""What holds of any two states of the manifests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.packs.quiz import PACK
from tests.packs.trial import Manifests, Trial

HEAD: dict[str, Any] = {"pack": "quiz", "version": 1}
CATEGORIES = ("reformas", "seguridad-vial", "mecanica")

few = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=12)


@st.composite
def questions(draw: st.DrawFn, code: str) -> dict[str, Any]:
    """A question whose answers can be told apart and of which one is right."""
    options = draw(st.lists(st.sampled_from(("uno", "dos", "tres", "cuatro")), min_size=2, unique=True))
    optional = {
        "difficulty": st.sampled_from(("easy", "medium", "hard")),
        "explanation": texts,
        "tags": st.lists(texts, max_size=2, unique=True),
        "active": st.booleans(),
    }
    more: dict[str, Any] = draw(st.fixed_dictionaries({"question_text": texts}, optional=optional))
    return more | {"code": code, "options": options, "correct_answer": draw(st.sampled_from(options))}


@st.composite
def manifests(draw: st.DrawFn) -> Manifests:
    """Some categories, and questions of the same codes in each."""
    slugs = draw(st.lists(st.sampled_from(CATEGORIES), unique=True).map(sorted))
    entries = [
        {"slug": slug} | draw(st.fixed_dictionaries({"name": texts}, optional={"color": st.just("#0EA5E9")}))
        for slug in slugs
    ]
    made: Manifests = {"categories.toml": HEAD | {"categories": entries}}
    for slug in slugs:
        codes = draw(st.lists(st.sampled_from(("a", "b", "c")), unique=True).map(sorted))
        made[f"{slug}.toml"] = HEAD | {"category": slug, "questions": [draw(questions(code)) for code in codes]}
    return made


@pytest.fixture
def trial(engine: AsyncEngine, folder: Path) -> Trial:
    return Trial(engine, PACK, folder)


async def reset(trial: Trial) -> None:
    for table in ("pipeline.changes", "pipeline.ledger", "pipeline.runs", "categories"):
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
    assert {(id_, row.get("code")) for id_, row in before.items()} <= {
        (id_, row.get("code")) for id_, row in after.items()
    }
    slugs = {entry["slug"] for entry in then["categories.toml"]["categories"]}
    categories = [row for (table, _), row in after.items() if table == "categories"]
    assert all(row["is_active"] == (row["slug"] in slugs) for row in categories)


async def apply(trial: Trial, manifests: Manifests) -> None:
    prepared = await trial.plan(manifests)
    if not prepared.plan.is_empty:
        await trial.carry_out(prepared)
