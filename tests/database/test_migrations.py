"""Migrations up, down and up again, against a real PostgreSQL."""

from __future__ import annotations

import ast
import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.config import bundled
from pipeline.database import drafting, migrations
from pipeline.database.migrations import History
from pipeline.database.session import make_engine
from pipeline.errors import DatabaseError, RevisionError
from tests.conftest import HISTORIES

OWN, HOMOLOGATION, *_ = HISTORIES
NAMES = tuple(history.name for history in HISTORIES)
REVISIONS = sorted(bundled("alembic").glob("versions/*/*.py"))

# All that a migration can leave behind: schemas, tables with their columns, indexes, sequences, types, constraints.
CONTENTS = """
    SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL
    SELECT format('%s %s', c.relkind, c.oid::regclass) FROM pg_class c WHERE c.relnamespace IN (SELECT oid FROM ours)
    UNION ALL
    SELECT format('type %s', t.oid::regtype) FROM pg_type t WHERE t.typnamespace IN (SELECT oid FROM ours)
    UNION ALL
    SELECT format('column %s.%s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull,
        (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum))
      FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
      WHERE c.relnamespace IN (SELECT oid FROM ours) AND attnum > 0 AND NOT attisdropped AND c.relkind = 'r'
    UNION ALL
    SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE connamespace IN (SELECT oid FROM ours)
    UNION ALL
    SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname IN (SELECT nspname FROM ours)
"""


async def contents(engine: AsyncEngine, *, without: str = "nothing") -> list[str]:
    ours = "SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
    async with engine.connect() as connection:
        found = await connection.exec_driver_sql(f"WITH ours AS ({ours}) {CONTENTS}")
        return sorted(line for (line,) in found if without not in line)


async def test_up_down_to_nothing_and_up_again(blank_engine: AsyncEngine) -> None:
    nothing = await contents(blank_engine)

    assert await migrations.upgrade(blank_engine, HISTORIES) == NAMES
    everything = await contents(blank_engine)
    assert await migrations.current(blank_engine, HISTORIES) == migrations.heads(HISTORIES)

    for history in HISTORIES:
        await migrations.downgrade(blank_engine, history, "base")
    assert await contents(blank_engine) == nothing
    assert await migrations.current(blank_engine, HISTORIES) == dict.fromkeys(NAMES)

    await migrations.upgrade(blank_engine, HISTORIES)
    assert await contents(blank_engine) == everything


async def test_each_step_down_undoes_its_step_up(blank_engine: AsyncEngine) -> None:
    await migrations.upgrade(blank_engine, [OWN])
    standing = {}
    await migrations.upgrade(blank_engine, [HOMOLOGATION])
    line = migrations.revisions(HOMOLOGATION)
    for revision in reversed(line[:-1]):
        await migrations.downgrade(blank_engine, HOMOLOGATION, "-1")
        assert await migrations.current(blank_engine, [HOMOLOGATION]) == {"homologation": revision}
        standing[revision] = await contents(blank_engine)
    await migrations.downgrade(blank_engine, HOMOLOGATION, "base")

    for revision in line[:-1]:
        await step_up(blank_engine, HOMOLOGATION, revision)
        assert await contents(blank_engine) == standing[revision]


async def step_up(engine: AsyncEngine, history: History, revision: str) -> None:
    async with migrations.changing(engine) as connection:
        await connection.run_sync(migrations.command_of, "upgrade", history, revision)


async def test_upgrading_what_is_new_changes_nothing(engine: AsyncEngine) -> None:
    assert await migrations.upgrade(engine, HISTORIES) == ()


async def test_two_who_upgrade_at_once_do_not_collide(blank: str) -> None:
    engines = [make_engine(blank) for _ in range(3)]
    moved = await asyncio.gather(*(migrations.upgrade(engine, HISTORIES) for engine in engines))
    for engine in engines:
        await engine.dispose()
    assert sorted(name for names in moved for name in names) == sorted(NAMES)


async def test_going_down_from_nothing_does_nothing(blank_engine: AsyncEngine) -> None:
    nothing = await contents(blank_engine)
    await migrations.downgrade(blank_engine, HOMOLOGATION, "base")
    assert await contents(blank_engine) == nothing


async def test_a_revision_that_does_not_exist_is_refused(engine: AsyncEngine) -> None:
    everything = await contents(engine)
    with pytest.raises(RevisionError, match="homologation cannot be changed so"):
        await migrations.downgrade(engine, HOMOLOGATION, "nonsense")
    assert await contents(engine) == everything


async def test_an_upgrade_that_fails_leaves_nothing_of_its_history(blank_engine: AsyncEngine) -> None:
    async with blank_engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE element_images ()")
    before = await contents(blank_engine)
    with pytest.raises(DatabaseError, match="element_images"):
        await migrations.upgrade(blank_engine, [HOMOLOGATION])
    assert await contents(blank_engine) == before


async def test_an_old_server_is_refused(blank_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "OLDEST_SERVER", 99)
    with pytest.raises(DatabaseError, match="needs 99 or newer"):
        await migrations.upgrade(blank_engine, HISTORIES)


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.name)
async def test_the_models_and_the_migrated_tables_agree(engine: AsyncEngine, history: History) -> None:
    def compare(connection: sa.Connection) -> list[object]:
        migrations.enter(connection, history)
        options = dict(migrations.options(history))
        metadata = options.pop("target_metadata")
        context = MigrationContext.configure(connection, opts=options | {"target_metadata": metadata})
        return list(compare_metadata(context, metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(compare) == []


async def test_migrations_make_what_the_models_make(engine: AsyncEngine, blank_engine: AsyncEngine) -> None:
    """Alembic compares neither CHECK constraints nor how an index is made; the catalogues tell."""
    async with blank_engine.begin() as connection:
        await connection.execute(sa.schema.CreateSchema("pipeline"))
        for history in sorted(HISTORIES, key=lambda history: history.home is not None):
            await connection.run_sync(migrations.enter, history)
            await connection.run_sync(history.metadata().create_all)
    migrated = await contents(engine, without="alembic_version")
    modelled = await contents(blank_engine)
    assert migrated == modelled


@pytest.mark.parametrize("file", REVISIONS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_every_revision_can_be_undone_and_names_what_it_makes(file: Path) -> None:
    tree = ast.parse(file.read_text())
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for direction in ("upgrade", "downgrade"):
        assert any(isinstance(node, ast.Call) for node in ast.walk(functions[direction])), f"{direction} does nothing"
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr.endswith("Constraint"):
            name = next(keyword.value for keyword in call.keywords if keyword.arg == "name")
            assert ast.unparse(name).startswith("op.f(")
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("create_index", "drop_index", "drop_constraint"):
            assert ast.unparse(call.args[0]).startswith("op.f(")


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.name)
def test_heads_are_those_that_alembic_reads(history: History) -> None:
    config = Config()
    config.set_main_option("script_location", str(bundled("alembic")))
    config.set_main_option("version_locations", str(history.versions))
    config.set_main_option("path_separator", "newline")
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.heads([history])[history.name]]


def test_heads_are_read_without_alembic() -> None:
    code = (
        "import sys\n"
        "from tests.conftest import HISTORIES\n"
        "from pipeline.database import drafting, migrations\n"
        "migrations.heads(HISTORIES)\n"
        "assert 'alembic' not in sys.modules, 'alembic was imported'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 -- our own words


@pytest.mark.parametrize("downs", [(None, None), (None, "r9"), ("r2", "r1")], ids=["two starts", "a gap", "a circle"])
def test_revisions_that_are_no_line_are_refused(tmp_path: Path, downs: tuple[str | None, ...]) -> None:
    for number, down in enumerate(downs, 1):
        (tmp_path / f"{number}.py").write_text(f"revision: str = 'r{number}'\ndown_revision = {down!r}\n")
    with pytest.raises(RevisionError, match="not one line"):
        migrations.heads([History("broken", sa.MetaData, tmp_path, tmp_path)])


def test_a_history_without_revisions_says_how_to_begin_it(tmp_path: Path) -> None:
    with pytest.raises(RevisionError, match='with `pipeline db revision --pack young "first tables"`'):
        migrations.heads([History("young", sa.MetaData, tmp_path / "none", tmp_path)])


async def test_newest_is_required(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await migrations.require_newest(connection, HISTORIES)


async def test_a_database_that_is_behind_is_told_what_to_do(blank_engine: AsyncEngine) -> None:
    await migrations.upgrade(blank_engine, [HOMOLOGATION])
    await migrations.downgrade(blank_engine, HOMOLOGATION, "-1")
    newest = migrations.heads(HISTORIES)
    with pytest.raises(RevisionError) as told:
        async with blank_engine.connect() as connection:
            await migrations.require_newest(connection, [OWN, HOMOLOGATION])
    assert str(told.value) == (
        "The database's tables are not those this pipeline works with: "
        f"pipeline is not there yet and should be at {newest['pipeline']}; "
        f"homologation is at {migrations.revisions(HOMOLOGATION)[-2]} and should be at {newest['homologation']}. "
        "Bring them up to date with `pipeline db upgrade`."
    )


async def test_a_database_that_is_ahead_is_left_alone(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version_homologation SET version_num = 'homologation_9999'")
    with pytest.raises(RevisionError, match=r"is at homologation_9999, .* Upgrade"):
        async with engine.connect() as connection:
            await migrations.require_newest(connection, HISTORIES)
    with pytest.raises(RevisionError, match="newer than this pipeline"):
        await migrations.upgrade(engine, HISTORIES)
    with pytest.raises(RevisionError, match="newer than this pipeline"):
        await migrations.downgrade(engine, HOMOLOGATION, "base")


async def test_migrating_is_silent(blank_engine: AsyncEngine, capfd: pytest.CaptureFixture[str]) -> None:
    await migrations.upgrade(blank_engine, HISTORIES)
    await migrations.downgrade(blank_engine, HOMOLOGATION, "base")
    assert capfd.readouterr() == ("", "")


async def test_a_new_revision_is_written_once(blank_engine: AsyncEngine, tmp_path: Path) -> None:
    home = tmp_path / "100% new"
    shutil.copytree(bundled("alembic"), home, ignore=shutil.ignore_patterns("versions"))
    versions = home / "versions" / "garage"
    versions.mkdir(parents=True)
    (versions / "0001_start.py").write_text(
        "revision = 'garage_0001'\ndown_revision = None\n\ndef upgrade(): ...\n\ndef downgrade(): ...\n"
    )
    metadata = sa.MetaData()
    history = History("garage", lambda: metadata, versions, home)
    with pytest.raises(RevisionError, match="pipeline db upgrade"):
        await drafting.revision(blank_engine, history, "too early")
    await migrations.upgrade(blank_engine, [history])
    assert await drafting.revision(blank_engine, history, "nothing new") is None

    sa.Table("colours", metadata, sa.Column("id", sa.Integer, primary_key=True))
    written = await drafting.revision(blank_engine, history, "add colours")
    assert written == versions / "0002_add_colours.py"
    assert migrations.heads([history]) == {"garage": "garage_0002"}
    assert await migrations.upgrade(blank_engine, [history]) == ("garage",)
    assert await drafting.revision(blank_engine, history, "nothing new") is None


async def test_tables_of_others_are_not_ours(engine: AsyncEngine, tmp_path: Path) -> None:
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE visitors (id integer)")
        await connection.exec_driver_sql("CREATE TABLE pipeline.notes (id integer)")
    for history in HISTORIES:
        assert await drafting.revision(engine, history, "nothing new") is None


class TestCommandLine:
    """`alembic` itself, for people who know it."""

    @staticmethod
    def alembic(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 -- our own words
            [sys.executable, "-m", "alembic", *arguments],
            cwd=bundled("alembic").parent,
            capture_output=True,
            text=True,
            check=False,
        )

    def test_current(self, database: str) -> None:
        done = self.alembic("-x", "history=homologation", "-x", f"url={database}", "current")
        assert done.returncode == 0, done.stderr
        assert done.stdout.split()[0] == migrations.heads([HOMOLOGATION])["homologation"]

    def test_upgrade(self, blank: str) -> None:
        chosen = ("-x", "history=pipeline", "-x", f"url={blank}")
        assert self.alembic(*chosen, "upgrade", "pipeline@head").returncode == 0
        assert migrations.heads([OWN])["pipeline"] in self.alembic(*chosen, "current").stdout

    def test_statements_without_a_database(self) -> None:
        done = self.alembic("-x", "history=homologation", "upgrade", "homologation@head", "--sql")
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("CREATE TABLE") == len(HOMOLOGATION.metadata().tables) + 1

    def test_what_is_missing_is_asked_for(self) -> None:
        nameless = self.alembic("current")
        assert nameless.returncode != 0
        assert "-x history=pipeline or -x history=homologation" in nameless.stdout + nameless.stderr
        homeless = self.alembic("-x", "history=pipeline", "current")
        assert homeless.returncode != 0
        assert "PIPELINE_DATABASE_URL" in homeless.stdout + homeless.stderr
