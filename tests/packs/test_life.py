"""The life of rows in every pack with a schema of its own: made, changed, retired, brought back, exported."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
import tomli
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.database.tables import tables
from pipeline.model.pack import Pack
from pipeline.packs.components import PACK as COMPONENTS
from pipeline.packs.quiz import PACK as QUIZ
from tests.packs.trial import Manifests, Trial, untimed

PACKS = (COMPONENTS, QUIZ)
CHANGED = {"components": ("evaluations.toml", "evaluations"), "quiz": ("reformas/questions.toml", "questions")}


@pytest.fixture(params=PACKS, ids=lambda pack: pack.name)
def trial(request: pytest.FixtureRequest, engine: AsyncEngine, folder: Path) -> Trial:
    return Trial(engine, request.param, folder)


def shorter(trial: Trial) -> Manifests:
    """The bundled manifests without their last entry, and with another made different."""
    manifests = trial.bundled()
    file, section = CHANGED[trial.pack.name]
    entries = manifests[file][section]
    entries.pop()
    entries[0][{"evaluations": "description", "questions": "explanation"}[section]] = "Otra cosa."
    return manifests


async def test_a_second_apply_has_nothing_to_do(trial: Trial) -> None:
    first = await trial.apply(trial.bundled())
    rows = await trial.rows()

    again = (await trial.plan(trial.bundled())).plan

    assert first.summary["create"] == len(rows) == sum(first.summary.values())
    assert again.is_empty
    assert again.unchanged == len(rows)


async def test_rows_are_retired_and_revived_under_their_ids(trial: Trial) -> None:
    await trial.apply(trial.bundled())
    rows = await trial.rows()

    gone = await trial.apply(shorter(trial))
    without = await trial.rows()
    back = await trial.apply(trial.bundled())

    assert (gone.summary["update"], gone.summary["deactivate"]) == (1, 1)
    assert without.keys() == rows.keys()
    assert sum(row["is_active"] for row in without.values()) == sum(row["is_active"] for row in rows.values()) - 1
    assert (back.summary["update"], back.summary["reactivate"]) == (1, 1)
    assert untimed(await trial.rows()) == untimed(rows)


async def test_a_run_is_taken_back(trial: Trial) -> None:
    await trial.apply(trial.bundled())
    rows = await trial.rows()
    run = await trial.carry_out(await trial.plan(shorter(trial)))

    await trial.carry_out(await commands.rollback(trial.engine, (trial.pack,), run))

    assert untimed(await trial.rows()) == untimed(rows)
    assert (await trial.plan(shorter(trial))).plan.summary["deactivate"] == 1


async def test_what_is_exported_plans_nothing(trial: Trial) -> None:
    await trial.apply(trial.bundled())
    target = trial.folder / "manifests"

    (found,) = await commands.export(
        trial.engine, (trial.pack,), target, trial.folder / "schemas", pack=None, scope=None
    )

    assert (found.remarks, found.unread, found.diagnostics) == ([], [], [])
    exported = {name: tomli.loads(text) for name, text in found.files.items()}
    plan = (await trial.plan(exported)).plan
    assert plan.changes == ()
    assert plan.unchanged == len(await trial.rows())


async def test_rows_that_nobody_declared_are_exported_and_taken_over(trial: Trial) -> None:
    await trial.apply(trial.bundled())
    rows = await trial.rows()
    await trial.execute("DELETE FROM pipeline.changes")
    await trial.execute("DELETE FROM pipeline.ledger")

    adopted = await trial.apply(trial.bundled())

    assert (adopted.changes, len(adopted.records)) == ((), len(rows))
    assert await trial.rows() == rows


async def test_what_people_changed_is_drift(trial: Trial) -> None:
    await trial.apply(trial.bundled())
    file, section = CHANGED[trial.pack.name]
    table = tables(trial.pack)[{"evaluations": "evaluation_runs", "questions": "questions"}[section]]
    column = {"evaluations": "dataset_name", "questions": "correct_answer"}[section]
    async with trial.engine.begin() as connection:
        await connection.execute(sa.update(table).values({column: "por mano ajena"}))

    plan = (await trial.plan(trial.bundled())).plan

    assert {change.cause for change in plan.changes} == {"drift"}
    assert [hazard.name for hazard in plan.hazards if hazard.name == "drift"] == ["drift"]
    assert len(plan.changes) >= len(trial.bundled()[file][section])


@pytest.fixture
async def both(engine: AsyncEngine, folder: Path) -> dict[str, Trial]:
    found = {}
    for pack in PACKS:
        home = folder / pack.name
        home.mkdir()
        found[pack.name] = Trial(engine, pack, home)
        await found[pack.name].apply(found[pack.name].bundled())
    return found


async def test_tables_of_one_name_stand_in_two_schemas(both: dict[str, Trial], engine: AsyncEngine) -> None:
    def named(pack: Pack) -> set[str]:
        return set(tables(pack))

    assert "documents" in named(COMPONENTS) & named(QUIZ)
    async with engine.connect() as connection:
        found = await connection.scalars(
            sa.text("SELECT schemaname FROM pg_tables WHERE tablename = 'documents' ORDER BY 1")
        )
        assert {"components", "quiz"} <= set(found)
    for trial in both.values():
        assert (await trial.plan(trial.bundled())).plan.is_empty


async def test_packs_are_applied_and_taken_back_apart(both: dict[str, Trial]) -> None:
    before = await both["components"].rows()

    await both["quiz"].apply(shorter(both["quiz"]))

    assert await both["components"].rows() == before
    assert (await both["components"].plan(both["components"].bundled())).plan.is_empty
