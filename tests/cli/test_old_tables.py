"""Packs on tables that are there already, and are not made for them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.cli import own_packs
from tests.cli.conftest import Cli, Query
from tests.conftest import _execute

FILE = Path("old/manifest.schema.json")
MANAGED = {
    *("code", "label", "note", "since", "at", "price", "rate", "ratio", "amount", "small", "settings"),
}
BESIDE = "tags, mood::text, raw, owner_id, created_at, loose, until"


@pytest.fixture(params=["legacy", None], ids=["in a schema", "in the default one"])
def schema(request: pytest.FixtureRequest, home: Path, use_old: None, database: str) -> str:
    """The schema with the old tables, and a pack on them in the working directory."""
    given: str | None = request.param
    own_packs.write_old(home, given)
    place = given or "public"
    asyncio.run(_execute(database, own_packs.OLD_TABLES.replace("PLACE", place)))
    return place


@pytest.fixture
def use_old(database: str, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """The test's database, named by the environment."""
    monkeypatch.setenv("PIPELINE_DATABASE_URL", database)


@pytest.fixture
def described(schema: str, cli: Cli) -> str:
    """The same, with the pack's JSON Schema written."""
    done = cli("schema", "--pack", "old")
    assert (done.code, done.out, done.err) == (0, f"{FILE}: written\n", "")
    return schema


def test_the_schema_tells_what_the_tables_are(described: str, cli: Cli) -> None:
    found = json.loads(FILE.read_text("utf-8"))
    fields = found["x-pipeline"]["thing"]
    assert fields.keys() == MANAGED
    assert {name: field.get("default") for name, field in fields.items() if name not in ("code", "note")} == {
        "label": "it's none",
        "since": "2024-02-29",
        "at": "2024-01-01T10:00:00+00:00",
        "price": "0.00",
        "rate": "-0.5000",
        "ratio": 0.5,
        "amount": -1,
        "small": 7,
        "settings": '{"a":[1.5,"ñ"],"b":1}',
    }
    assert fields["code"] == {"type": "text", "required": True}
    assert fields["note"] == {"type": "text"}
    entry = found["definitions"]["thing"]["properties"]
    assert entry["price"]["description"] == "What it costs, in euros."
    assert entry["label"]["maxLength"] == 40
    assert found["x-pipeline"]["part"].keys() == {"code", "size"}
    assert cli("schema", "--pack", "old", "--check").code == 0


def test_the_whole_way(described: str, cli: Cli, query: Query) -> None:
    things, parts = f"{described}.old_things", f"{described}.old_parts"
    beside = f"SELECT {BESIDE} FROM {things} WHERE code = 'LAMP'"  # noqa: S608
    before = query(beside)

    planned = cli("plan", "--out", "plan.json")
    assert (planned.code, planned.err) == (0, "")
    assert "Plan: 2 to create, 2 to update. 0 unchanged, 0 unmanaged." in planned.out
    assert "settings" not in planned.out  # it is equal as JSON
    shown = cli("show", "plan.json")
    assert (shown.code, shown.out, shown.err) == (0, planned.out, "")
    applied = cli("apply", "plan.json", "--yes")
    assert (applied.code, applied.err) == (0, "")
    assert applied.out.endswith("Applied: 2 created, 2 updated (run 1).\n")

    assert query(beside) == before
    row = "SELECT id, label, since::text, at::text, price::text, ratio, amount, settings::text, enabled, number"
    assert query(f"{row} FROM {things} WHERE code = 'TABLE'") == [
        (2, "it's none", "2025-03-01", "2025-03-01 10:00:00+00", "0.00", 0.25, 4, '{"a": [1.50, "ñ"], "b": 1}', True, 2)
    ]
    assert query(f"SELECT id, thing_id, like_id, code, size FROM {parts} ORDER BY id") == [  # noqa: S608
        (1, 1, None, "BULB", 27),
        (2, 2, 1, "LEG", None),
    ]
    again = cli("plan", "--detailed-exitcode")
    assert (again.code, again.out) == (0, "No changes. 4 unchanged, 0 unmanaged.\n")
    assert cli("apply", "plan.json", "--yes").code == 4
    stale = cli("show", "plan.json")
    assert "This plan is stale" in stale.err


def test_what_became_of_it(described: str, cli: Cli, query: Query) -> None:
    things = f"{described}.old_things"
    assert cli("apply", "--yes", "--reason", "for old times' sake").code == 0
    assert "for old times' sake" in cli("history").out
    assert "part TABLE/LEG" in cli("history", "show", "1").out
    assert "in run 1" in cli("blame", "thing", "LAMP", "label").out

    query(f"UPDATE {things} SET price = 99 WHERE code = 'LAMP'")  # noqa: S608
    drifted = cli("status", "--drift", "--detailed-exitcode")
    assert drifted.code == 2
    assert "99.00" in drifted.out
    assert cli("export", "--drift").code == 0
    assert "price = 99.00" in Path("manifests/old/things.toml").read_text("utf-8")
    assert cli("apply", "--yes").code == 0

    back = cli("rollback", "1", "--yes", "--allow", "mass-deactivation", "--allow", "conflict")
    assert (back.code, back.err) == (0, "")
    found = f"SELECT code, label, price::text, enabled FROM {things} ORDER BY code"  # noqa: S608
    assert query(found) == [("LAMP", "a lamp", "0.00", True), ("TABLE", "it's none", "0.00", False)]
    assert cli("verify").code == 0


def test_exported_manifests_change_nothing(described: str, cli: Cli, query: Query) -> None:
    query(f"INSERT INTO {described}.old_things (code, enabled) VALUES ('OLD', false)")  # noqa: S608
    done = cli("export", "--pack", "old", "--out", "again")
    assert (done.code, done.err) == (0, "")
    planned = cli("plan", "--manifests", "again")
    assert "to create" not in planned.out
    assert "to update" not in planned.out


def test_a_thing_that_leaves_is_disabled(described: str, cli: Cli, query: Query) -> None:
    assert cli("apply", "--yes").code == 0
    text = own_packs.OLD_MANIFEST
    Path("manifests/old/things.toml").write_text(text[: text.rindex("[[things]]")], "utf-8")
    assert cli("apply", "--yes", "--allow", "mass-deactivation").code == 0
    assert query(f"SELECT code, enabled FROM {described}.old_things ORDER BY code") == [  # noqa: S608
        ("LAMP", True),
        ("TABLE", False),
    ]


def test_many_rows_go_by_copy(described: str, cli: Cli, query: Query) -> None:
    """Also into a column whose numbers only its table may make."""
    names = "".join(f'\n  [[things.parts]]\n  code = "P{number}"\n' for number in range(1100))
    Path("manifests/old/things.toml").write_text(own_packs.OLD_MANIFEST + names, "utf-8")
    done = cli("apply", "--yes")
    assert (done.code, done.err) == (0, "")
    assert query(f"SELECT count(DISTINCT id), max(id) FROM {described}.old_parts") == [(1102, 1102)]  # noqa: S608


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE PLACE.old_things ADD COLUMN weight integer",
        "ALTER TABLE PLACE.old_things ALTER COLUMN price SET DEFAULT 1",
        "ALTER TABLE PLACE.old_things ALTER COLUMN label TYPE varchar(20)",
        "ALTER TABLE PLACE.old_things DROP COLUMN note",
    ],
)
def test_tables_that_changed_are_read_again_first(described: str, cli: Cli, query: Query, change: str) -> None:
    assert cli("plan", "--out", "plan.json").code == 0
    query(change.replace("PLACE", described))
    assert cli("schema", "--pack", "old", "--check").code == 1
    if "varchar" not in change:  # how long a text may be is for the check of manifests alone
        refused = cli("plan")
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.endswith("Write it again with `pipeline schema`.\n")
    assert cli("schema", "--pack", "old").code == 0
    assert cli("plan").code == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "DROP TABLE PLACE.old_parts",
            "works on tables that should be there already: old_parts, old_things. Not all of",
        ),
        (
            "ALTER TABLE PLACE.old_things RENAME enabled TO usable",
            "the table old_things of kind thing has no column enabled",
        ),
        ("ALTER TABLE PLACE.old_things RENAME code TO name", "the table old_things of kind thing has no column code"),
        (
            "ALTER TABLE PLACE.old_parts RENAME like_id TO liked",
            "the table old_parts of kind part has no column like_id",
        ),
        ("ALTER TABLE PLACE.old_parts RENAME id TO number", "the table old_parts of kind part has no column id"),
        (
            "ALTER TABLE PLACE.old_parts ALTER COLUMN code TYPE char(20)",
            "the column code of old_parts is in a key, and",
        ),
        (
            "ALTER TABLE PLACE.old_parts ALTER COLUMN enabled DROP DEFAULT,"
            " ALTER COLUMN enabled TYPE integer USING enabled::integer",
            "the column enabled of old_parts, which says whether a part is active, is no boolean",
        ),
    ],
)
def test_tables_that_do_not_fit(described: str, cli: Cli, query: Query, change: str, said: str) -> None:
    query(change.replace("PLACE", described))
    for command in (["plan"], ["apply", "--yes"], ["schema", "--pack", "old"], ["status", "--pack", "old"]):
        done = cli(*command)
        assert done.code in (1, 64), command
        assert done.out == ""
        assert said in done.err, command
        assert done.err.count("\n") == 1
    assert cli("status").code == 0 or "old" in cli("status").err


def test_they_have_no_revisions(described: str, cli: Cli) -> None:
    for command in (["adopt"], ["revision", "more"], ["downgrade", "base", "--yes"]):
        done = cli("db", *command, "--pack", "old")
        assert (done.code, done.out) == (64, "")
        assert (
            done.err == "error: The pack old works on tables that are there already: it has no revisions of its own.\n"
        )
    assert cli("db", "upgrade", "--pack", "old").out.startswith("pipeline: pipeline_")
    assert "old" not in cli("db", "current").out
