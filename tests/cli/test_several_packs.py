"""Packs beside each other in one database, with tables of the same names: none has to do with what others do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from pipeline.database.lock import number
from tests.cli import catalogue, own_packs
from tests.cli.conftest import Cli, Query

ALL = ("north", "south")
_EVERYTHING = (
    "SELECT id, code, name, is_active FROM {0}.brands ORDER BY id",
    "SELECT kind, key, row_id, active, digest, run_id FROM pipeline.ledger WHERE pack = '{0}' ORDER BY 1, 2",
    "SELECT id, created, updated, deactivated FROM pipeline.runs WHERE pack = '{0}' ORDER BY 1",
    "SELECT version_num FROM {0}.alembic_version_{0}",
)


@pytest.fixture
def drafted(home: Path, database: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two packs of the same kinds and tables with all that is written for them, and no tables yet."""
    own_packs.write_twins(home, *ALL)
    monkeypatch.setenv("PIPELINE_DATABASE_URL", database)
    for name in ALL:
        assert cli("schema", "--pack", name).code == 0
        assert cli("db", "revision", "first tables", "--pack", name).code == 0
    return home


@pytest.fixture
def twins(drafted: Path, cli: Cli) -> Path:
    """The same, with their tables."""
    assert cli("db", "upgrade").code == 0
    return drafted


def everything(query: Query, pack: str) -> list[Any]:
    """All that the database holds of a pack."""
    return [query(statement.format(pack)) for statement in _EVERYTHING]


def trigger(pack: str) -> str:
    """SQL that lets every write of a pack's brands fail."""
    return f"""
    DO $$ BEGIN
        CREATE FUNCTION {pack}.no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''not today''; END';
        CREATE TRIGGER no BEFORE INSERT OR UPDATE ON {pack}.brands FOR EACH ROW EXECUTE FUNCTION {pack}.no();
    END $$
    """


def test_a_plan_covers_every_pack_that_has_manifests(twins: Path, cli: Cli) -> None:
    catalogue.write(twins)
    done = cli("plan")
    assert (done.code, done.err) == (0, "")
    heads = [line.partition(" ")[0] for line in done.out.splitlines()]
    assert list(dict.fromkeys(head for head in heads if head in ("homologation", *ALL))) == ["homologation", *ALL]
    narrow = cli("plan", "--pack", "south").out
    assert narrow.startswith("south\n")
    assert "north" not in narrow
    category = cli("plan", "--category", "motos-part")
    assert (category.code, category.err) == (0, "")
    assert "homologation" in category.out
    assert "north" not in category.out
    nowhere = cli("plan", "--category", "nope")
    assert (nowhere.code, nowhere.out) == (64, "")
    assert cli("plan", "--category", "motos-part", "--pack", "south").code == 64


def test_a_pack_without_manifests_needs_nothing(drafted: Path, cli: Cli, query: Query) -> None:
    """Neither tables nor a schema file: it is as if it were not there."""
    (drafted / "manifests/south/brands.toml").unlink()
    (drafted / "south/manifest.schema.json").unlink()
    assert cli("db", "upgrade").out.splitlines()[-1] == "north: north_0001 (was nothing)"
    for command in (["plan", "--out", "plan.json"], ["show", "plan.json"], ["apply", "plan.json", "--yes"], ["verify"]):
        done = cli(*command)
        assert (done.code, done.err) == (0, ""), command
    for command in (["status"], ["history"], ["export", "--out", "again"], ["blame", "brand", "ACME"]):
        assert (cli(*command)[::2]) == (0, ""), command
    assert cli("rollback", "1", "--yes", "--allow", "mass-deactivation").code == 0
    without = cli("plan", "--pack", "south")
    assert (without.code, without.out) == (64, "")
    assert without.err == "error: There are no manifests of a pack 'south'. There are manifests of: north.\n"
    assert query("SELECT to_regnamespace('south')") == [(None,)]


def test_each_is_applied_in_a_run_of_its_own(twins: Path, cli: Cli, query: Query) -> None:
    done = cli("apply", "--yes")
    assert (done.code, done.err) == (0, "")
    assert query("SELECT pack, created FROM pipeline.runs ORDER BY id") == [("north", 2), ("south", 2)]
    before = everything(query, "north")
    own_packs.brands(twins, "south", "ACME", "BOLT", name="the {}")
    assert cli("apply", "--yes", "--allow", "mass-update").code == 0
    assert cli("rollback", "3", "--yes", "--allow", "mass-update").code == 0
    assert cli("apply", "--yes", "--pack", "south", "--allow", "mass-update").code == 0
    assert everything(query, "north") == before
    assert query("SELECT name, is_active FROM south.brands ORDER BY id") == [("the acme", True), ("the bolt", True)]


def test_a_plan_of_one_outlives_an_apply_of_the_other(twins: Path, cli: Cli, query: Query) -> None:
    assert cli("plan", "--pack", "south", "--out", "south.json").code == 0
    assert cli("apply", "--yes", "--pack", "north").code == 0
    query("UPDATE north.brands SET name = 'changed by hand'")
    before = everything(query, "north")
    shown = cli("show", "south.json")
    assert (shown.code, shown.err) == (0, "")
    assert cli("apply", "south.json", "--yes").code == 0
    assert everything(query, "north") == before


def test_an_apply_of_one_does_not_wait_for_the_other(
    twins: Path, cli: Cli, held: Callable[[str], AbstractContextManager[None]]
) -> None:
    with held(f"SELECT pg_advisory_xact_lock({number('north')})"):
        assert cli("apply", "--yes", "--pack", "south", "--lock-timeout", "0").code == 0
        waited = cli("apply", "--yes", "--pack", "north", "--lock-timeout", "0")
    assert waited.code == 1
    assert "Another apply of north has not ended within 0 seconds" in waited.err


def test_mistakes_in_the_manifests_of_one(twins: Path, cli: Cli, query: Query) -> None:
    own_packs.brands(twins, "north", "ACME", "ACME")
    for command in (["plan"], ["apply", "--yes"]):
        done = cli(*command)
        assert (done.code, done.out) == (1, "")
        assert "duplicate-address" in done.err
        assert "nothing was planned" in done.err
    assert query("SELECT count(*) FROM pipeline.runs") == [(0,)]
    done = cli("apply", "--yes", "--pack", "south")
    assert (done.code, done.err) == (0, "")
    assert query("SELECT pack FROM pipeline.runs") == [("south",)]
    assert cli("plan", "--pack", "north").code == 1


def test_a_file_that_cannot_be_read_may_be_of_any_pack(twins: Path, cli: Cli) -> None:
    """Without it, what it declares would be retired."""
    (twins / "manifests/north/broken.toml").write_text("[[brands\n")
    done = cli("plan", "--pack", "south")
    assert (done.code, done.out) == (1, "")
    assert "broken.toml" in done.err


def test_a_trigger_that_raises_holds_up_its_own_pack_alone(twins: Path, cli: Cli, query: Query) -> None:
    query(trigger("north"))
    done = cli("apply", "--yes")
    assert done.code == 1
    assert "The database refused: " in done.err
    assert "not today" in done.err
    assert done.err.endswith("error: Not applied: north. What is reported above as applied stays.\n")
    assert "Applied south: 2 created (run " in done.out
    assert query("SELECT pack FROM pipeline.runs") == [("south",)]
    assert query("SELECT count(*) FROM north.brands") == [(0,)]
    assert query("SELECT count(*) FROM pipeline.ledger WHERE pack = 'north'") == [(0,)]
    assert "Traceback" not in done.err


def test_all_that_fail_are_named(twins: Path, cli: Cli, query: Query) -> None:
    query(trigger("north"))
    query(trigger("south"))
    done = cli("apply", "--yes")
    assert done.code == 1
    assert done.err.count("not today") == 2
    assert "Not applied: north, south." in done.err


def test_a_plan_that_is_stale_for_one(twins: Path, cli: Cli, query: Query) -> None:
    assert cli("plan", "--out", "plan.json").code == 0
    query("INSERT INTO north.brands (code, name) VALUES ('ZINC', 'Zinc')")
    shown = cli("show", "plan.json")
    assert "This plan is stale" in shown.err
    done = cli("apply", "plan.json", "--yes")
    assert done.code == 4
    assert "brand ZINC" in done.err
    assert "Not applied: north." in done.err
    assert query("SELECT pack FROM pipeline.runs") == [("south",)]


def test_a_lock_that_is_held_for_one(
    twins: Path, cli: Cli, query: Query, held: Callable[[str], AbstractContextManager[None]]
) -> None:
    with held(f"SELECT pg_advisory_xact_lock({number('north')})"):
        done = cli("apply", "--yes", "--lock-timeout", "0")
    assert done.code == 1
    assert "Not applied: north." in done.err
    assert query("SELECT pack FROM pipeline.runs") == [("south",)]


def test_a_hazard_in_one_holds_back_all(twins: Path, cli: Cli, query: Query) -> None:
    """A plan is approved as a whole, so it is refused as a whole; with --pack the others are planned alone."""
    assert cli("apply", "--yes").code == 0
    query("UPDATE north.brands SET name = 'changed by hand' WHERE code = 'ACME'")
    own_packs.brands(twins, "south", "ACME", "BOLT", "COMET")
    before = [everything(query, name) for name in ALL]
    done = cli("apply", "--yes")
    assert done.code == 3
    assert "Applied" not in done.out
    assert [everything(query, name) for name in ALL] == before
    assert cli("apply", "--yes", "--pack", "south").code == 0
    assert cli("apply", "--yes", "--allow", "drift").code == 0


def test_tables_that_one_lacks(drafted: Path, cli: Cli, query: Query) -> None:
    assert cli("db", "upgrade", "--pack", "south").code == 0
    done = cli("plan")
    assert (done.code, done.out) == (1, "")
    assert "north is not there yet and should be at north_0001" in done.err
    assert "south" not in done.err
    assert cli("apply", "--yes", "--pack", "south").code == 0
    for command in (["status"], ["verify"], ["history"], ["blame", "brand", "ACME"], ["export", "--out", "again"]):
        done = cli(*command)
        assert (done.code, done.err) == (0, ""), command
    assert cli("status", "--pack", "north").code == 1


def test_revisions_of_several(drafted: Path, cli: Cli, query: Query) -> None:
    assert cli("db", "current").out.splitlines()[-2:] == [
        "north: nothing (newest is north_0001)",
        "south: nothing (newest is south_0001)",
    ]
    assert cli("db", "upgrade", "--pack", "north").out.splitlines() == [
        "pipeline: pipeline_0002",
        "north: north_0001 (was nothing)",
    ]
    assert query("SELECT to_regnamespace('south')") == [(None,)]
    assert cli("db", "upgrade").out.splitlines()[-2:] == ["north: north_0001", "south: south_0001 (was nothing)"]
    assert query("SELECT version_num FROM south.alembic_version_south") == [("south_0001",)]
    nothing = cli("db", "revision", "nothing new", "--pack", "south")
    assert (nothing.code, nothing.out) == (0, "Tables and database agree: nothing to do.\n")
    assert cli("db", "revision", "which one").code == 64
    assert cli("db", "downgrade", "-1", "--yes").code == 64
    back = cli("db", "downgrade", "base", "--pack", "north", "--yes")
    assert (back.code, back.out) == (0, "north: nothing (was north_0001)\n")
    assert query("SELECT to_regnamespace('north'), to_regclass('south.brands')::text") == [(None, "south.brands")]
    assert cli("db", "upgrade").code == 0
    assert cli("db", "downgrade", "base", "--yes").code == 0
    assert query("SELECT to_regnamespace('north'), to_regnamespace('south'), to_regnamespace('pipeline')") == [
        (None, None, None)
    ]
    assert query("SELECT to_regnamespace('public')::text") == [("public",)]


def test_a_schema_that_others_use_stays(twins: Path, cli: Cli, query: Query) -> None:
    query("CREATE TABLE north.others (x int)")
    assert cli("db", "downgrade", "base", "--pack", "north", "--yes").code == 0
    assert query("SELECT to_regclass('north.others')::text, to_regclass('north.brands')") == [("north.others", None)]


def test_the_default_schema_by_its_name_stays(home: Path, blank: str, cli: Cli) -> None:
    own_packs.write_twins(home, "north")
    (home / "pyproject.toml").write_text('[tool.pipeline.packs.north]\npath = "north"\nschema = "public"\n')
    url = ["--database-url", blank]
    assert cli("schema", "--pack", "north").code == 0
    for command in (
        ["db", "revision", "first"],
        ["db", "upgrade"],
        ["db", "downgrade", "base", "--yes"],
        ["db", "upgrade"],
    ):
        assert cli(*command, "--pack", "north", *url).code == 0, command
    assert cli("apply", "--yes", *url).code == 0


def test_tables_of_a_pack_that_somebody_else_made(twins: Path, cli: Cli, query: Query) -> None:
    query("DROP TABLE north.alembic_version_north")
    assert cli("db", "current").out.splitlines()[-2] == "north: nothing (newest is north_0001)"
    adopted = cli("db", "adopt", "--pack", "north")
    assert (adopted.code, adopted.out) == (0, "north: taken over at north_0001\n")
    assert cli("apply", "--yes").code == 0
    again = cli("db", "adopt", "--pack", "north")
    assert again.code == 1
    query("DROP TABLE south.alembic_version_south")
    query("ALTER TABLE south.brands DROP COLUMN name")
    lacking = cli("db", "adopt", "--pack", "south")
    assert lacking.code == 1
    assert "brands: the column name is missing" in lacking.err


def test_grants_name_the_schemas_of_those_in_use(twins: Path, cli: Cli) -> None:
    for more, names in (([], ALL), (["--pack", "south"], ("south",))):
        done = cli("db", "grants", "--role", "ana", "--for", "apply", *more)
        assert (done.code, done.err) == (0, "")
        assert f"GRANT USAGE ON SCHEMA public, pipeline, {', '.join(names)} TO ana;" in done.out
        for name in names:
            assert f"GRANT USAGE ON SEQUENCE {name}.brands_id_seq TO ana;" in done.out
            assert f"GRANT SELECT ON TABLE {name}.alembic_version_{name} TO ana;" in done.out


def test_two_packs_on_one_table_are_refused(
    home: Path, database: str, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_packs.write_twins(home, *ALL)
    settings = (home / "pyproject.toml").read_text().replace('schema = "south"', 'schema = "north"')
    (home / "pyproject.toml").write_text(settings)
    monkeypatch.setenv("PIPELINE_DATABASE_URL", database)
    for name in ALL:
        assert cli("schema", "--pack", name).code == 0
    done = cli("plan")
    assert (done.code, done.out) == (64, "")
    assert done.err == (
        "error: The packs north and south both work on the table brands of the schema north. "
        "Give one of them a schema of its own in [tool.pipeline.packs.south].\n"
    )
