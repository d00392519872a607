"""A new kind in a pack that is in use: its kinds, its tables, a revision and the schema that is generated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli import own_packs
from tests.cli.conftest import Query
from tests.cli.processes import run

REGION = """\
REGION = Kind(
    "region",
    table="regions",
    section="regions",
    key=("country", "code"),
    refs=(Ref("country", to="country", column="country_id"),),
)


def metadata"""

REGIONS = """

class Region(Base, table=True):
    __tablename__ = "regions"
    __table_args__ = (unique("country_id", "code"),)
    country_id: UUID = reference("countries.id", on_delete="RESTRICT", about="Its country.", examples=["ES"])
    code: str = words(3, about="The region by ISO 3166-2.", examples=["MD"])
    name: str = words(100, about="What people call it.", examples=["Madrid"])
"""

DECLARED = '\n[[regions]]\ncountry = "ES"\ncode = "MD"\nname = "Madrid"\n'


def edit(file: Path, *changes: tuple[str, str]) -> None:
    """Put texts for others, each of which stands there once."""
    text = file.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


@pytest.mark.parametrize("schema", ["countries", None])
def test_a_kind_more(home: Path, database: str, query: Query, schema: str | None) -> None:
    """Each command is a process of its own, as it is for somebody who edits the pack between two of them."""

    def pipeline(*arguments: str, code: int = 0) -> str:
        done = run(home, *arguments, PIPELINE_DATABASE_URL=database)
        assert done.returncode == code, done
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    own_packs.write_countries(home)
    if schema is None:
        edit(home / "pyproject.toml", ('schema = "countries"\n', ""))
    place = schema or "public"
    for command in (["schema"], ["db", "revision", "first tables"], ["db", "upgrade"], ["apply", "--yes"]):
        pipeline(*command, "--pack", "countries")
    edit(home / "manifests/countries/europe.toml", ('name = "España"', 'name = "Spain"'))
    pipeline("plan", "--out", "older.json")
    files = {path: path.read_bytes() for path in home.rglob("*.*") if path.suffix in (".py", ".toml", ".json")}
    rows = "SELECT to_jsonb(c)::text FROM {0}.countries c UNION ALL SELECT to_jsonb(c)::text FROM {0}.currencies c"
    before = sorted(query(rows.format(place)))
    ledger = "SELECT kind, key, row_id, digest, run_id FROM pipeline.ledger WHERE kind <> 'region' ORDER BY 1, 2"
    recorded = query(ledger)

    edit(
        home / "countries/__init__.py", ("def metadata", REGION), ("(CURRENCY, COUNTRY)", "(CURRENCY, COUNTRY, REGION)")
    )
    tables = home / "countries/tables.py"
    tables.write_text(tables.read_text("utf-8") + REGIONS, "utf-8")
    assert "knows nothing of kind region" in pipeline("plan", code=1)
    pipeline("schema", "--pack", "countries")
    assert "0002_regions.py: written" in pipeline("db", "revision", "--pack", "countries", "regions")
    assert "is at countries_0001 and should be at countries_0002" in pipeline("plan", code=1)
    assert "countries: countries_0002 (was countries_0001)\n" in pipeline("db", "upgrade")
    assert "Tables and database agree" in pipeline("db", "revision", "--pack", "countries", "nothing new")

    assert sorted(query(rows.format(place))) == before
    assert "their revision is another one now" in pipeline("apply", "older.json", "--yes", code=1)
    edit(home / "manifests/countries/europe.toml", ('name = "Spain"', 'name = "España"'))
    assert pipeline("plan", "--detailed-exitcode").startswith("No changes. 4 unchanged")
    with (home / "manifests/countries/europe.toml").open("a", encoding="utf-8") as file:
        file.write(DECLARED)
    assert "Applied: 1 created (run 2)." in pipeline("apply", "--yes")

    assert query(f"SELECT r.code, c.code FROM {place}.regions r JOIN {place}.countries c ON c.id = country_id") == [  # noqa: S608
        ("MD", "ES")
    ]
    assert sorted(query(rows.format(place))) == before
    assert query(ledger) == recorded
    changed = {path.name for path, content in files.items() if path.read_bytes() != content}
    assert changed == {"__init__.py", "tables.py", "manifest.schema.json", "europe.toml"}
    new = {path.name for path in home.rglob("*.*") if path.suffix in (".py", ".toml", ".json") and path not in files}
    assert new == {"0002_regions.py"}
