"""Packs from folders and from installed packages, and what is said of one that cannot be loaded."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipeline.packs import CATALOG
from tests.cli import own_packs
from tests.cli.conftest import Cli, Query
from tests.cli.processes import run

FOLDER = '[tool.pipeline.packs.mine]\npath = "mine"\n'
HEAD = "from pipeline.model.kind import Kind, Ref\nfrom pipeline.model.pack import Pack\n"
KIND = 'Kind("thing", table="things", section="things", key=("code",))'
RAW = """\
    raw: bytes = __import__("sqlmodel").Field(
        sa_column=__import__("sqlalchemy").Column(__import__("sqlalchemy").LargeBinary, info={"managed": True})
    )
"""
MINE = f'{HEAD}PACK = Pack(name="mine", version=1, kinds=({KIND},))\n'


@pytest.fixture
def countries(home: Path, database: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the countries of the page, and a database with their tables."""
    own_packs.write_countries(home)
    monkeypatch.setenv("PIPELINE_DATABASE_URL", database)
    for command in (["schema"], ["db", "revision", "first tables"], ["db", "upgrade"]):
        assert cli(*command, "--pack", "countries").code == 0
    return home


def test_the_page_shows_a_pack_in_less_than_sixty_lines() -> None:
    files = own_packs.page_files()
    pack = [files[name] for name in ("pyproject.toml", "countries/__init__.py", "countries/tables.py")]
    assert sum(len(text.splitlines()) for text in pack) < 60


def test_a_pack_of_a_folder_is_a_domain_like_any_other(countries: Path, cli: Cli, query: Query) -> None:
    assert cli("validate").code == 0
    applied = cli("apply", "--yes", "--reason", "the first")
    assert (applied.code, applied.err) == (0, "")
    assert applied.out.endswith("Applied: 4 created (run 1).\n")
    joined = "SELECT c.code, m.code FROM countries.countries c JOIN countries.currencies m ON m.id = currency_id"
    assert sorted(query(joined)) == [("CH", "CHF"), ("ES", "EUR")]
    assert query("SELECT DISTINCT pack FROM pipeline.ledger") == [("countries",)]
    assert cli("plan", "--detailed-exitcode").code == 0
    assert cli("verify").code == 0
    assert cli("blame", "country", "ES", "name").out.startswith("country ES")
    assert "countries" in cli("history").out
    exported = cli("export", "--pack", "countries", "--out", "again")
    assert (exported.code, exported.err) == (0, "")
    assert cli("plan", "--manifests", "again", "--detailed-exitcode").code == 0
    assert cli("rollback", "1", "--yes", "--allow", "mass-deactivation").code == 0
    assert query("SELECT DISTINCT is_active FROM countries.countries") == [(False,)]


def test_a_pack_in_the_default_schema(home: Path, database: str, cli: Cli, query: Query) -> None:
    own_packs.write_countries(home)
    (home / "pyproject.toml").write_text('[tool.pipeline.packs.countries]\npath = "countries"\n')
    url = ["--database-url", database]
    for command in (["schema"], ["db", "revision", "first tables"], ["db", "upgrade"], ["apply", "--yes"]):
        assert cli(*command, "--pack", "countries", *url).code == 0
    assert query("SELECT count(*) FROM public.countries") == [(2,)]
    assert cli("db", "downgrade", "base", "--pack", "countries", "--yes", *url).code == 0
    assert query("SELECT to_regclass('public.countries'), to_regclass('public.elements')::text") == [(None, "elements")]


def test_an_own_pack_on_the_embedded_server(home: Path, cli: Cli) -> None:
    own_packs.write_countries(home)
    try:
        for command in (["schema"], ["db", "revision", "first tables"]):
            assert cli(*command, "--pack", "countries").code == 0
        done = cli("apply", "--yes")
        assert (done.code, done.err) == (0, "")
        pipeline, *bundled, ours = cli("db", "current").out.splitlines()
        assert (pipeline[-9:], ours) == (" (newest)", "countries: countries_0001 (newest)")
        assert [line.partition(":")[2][:8] for line in bundled] == [" nothing"] * len(CATALOG)
    finally:
        cli("db", "stop")


PACKAGE_CODE = own_packs.page_files()["countries/__init__.py"]


def install(folder: Path, point: str = "countries = somebodys_countries:PACK") -> None:
    """The countries as a package that offers them, in a folder such as site-packages."""
    code = "from pathlib import Path\n" + PACKAGE_CODE.replace(
        "metadata=metadata)", "metadata=metadata, home=Path(__file__).parent)"
    )
    own_packs.write(
        folder,
        ("somebodys_countries/__init__.py", code),
        ("somebodys_countries/tables.py", own_packs.page_files()["countries/tables.py"]),
        (
            "somebodys_countries-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: somebodys-countries\nVersion: 1.0\n",
        ),
        ("somebodys_countries-1.0.dist-info/entry_points.txt", f"[pipeline.packs]\n{point}\n"),
    )


def in_process(home: Path, database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of its own process, in which the installed package is found."""
    return run(home, *arguments, PYTHONPATH=str(home / "site"), PIPELINE_DATABASE_URL=database)


def test_a_pack_of_an_installed_package(home: Path, database: str, query: Query) -> None:
    install(home / "site")
    own_packs.write(
        home,
        ("manifests/countries/europe.toml", own_packs.page_files()["manifests/countries/europe.toml"]),
        ("pyproject.toml", '[tool.pipeline.packs.countries]\nschema = "geo"\n'),
    )
    for command in (["schema"], ["db", "revision", "first tables"], ["db", "upgrade"], ["apply", "--yes"]):
        done = in_process(home, database, *command, "--pack", "countries")
        assert (done.returncode, done.stderr) == (0, ""), command
    assert (home / "site/somebodys_countries/manifest.schema.json").is_file()
    assert (home / "site/somebodys_countries/migrations/0001_first_tables.py").is_file()
    assert query("SELECT code FROM geo.countries ORDER BY 1") == [("CH",), ("ES",)]


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ("countries = somebodys_countries:NOPE", "the package that brings it fails with: AttributeError: "),
        ("countries = nowhere_to_be_found:PACK", "the package that brings it fails with: ModuleNotFoundError: "),
        ("countries = somebodys_countries:COUNTRY", "the entry point somebodys_countries:COUNTRY has no PACK"),
        ("others = somebodys_countries:PACK", "holds the pack 'countries': give both the same name"),
    ],
)
def test_an_installed_package_that_is_broken(home: Path, point: str, said: str) -> None:
    install(home / "site", point)
    done = in_process(home, "postgresql://localhost/x", "validate")
    assert (done.returncode, done.stdout) == (64, "")
    assert said in done.stderr
    assert done.stderr.startswith("error: The pack ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (None, "there is no file "),
        ("x = 1\n", "has no PACK, or it is no Pack."),
        ("PACK = 'mine'\n", "has no PACK, or it is no Pack."),
        (f"{HEAD}PACK = Pack(name='yours', version=1, kinds=())\n", "holds the pack 'yours': give both the same name."),
        ("PACK = (\n", "__init__.py fails with: SyntaxError: '(' was never closed (__init__.py, line 1)."),
        ("import nowhere_to_be_found\n", "fails with: ModuleNotFoundError: No module named 'nowhere_to_be_found'."),
        ("raise ValueError\n", "fails with: ValueError."),
        ("raise ValueError('two\\nlines')\n", "fails with: ValueError: two lines."),
        (f"{HEAD}PACK = Pack(name='mine')\n", "fails with: TypeError: "),
        (f"{HEAD}PACK = Pack('mine', 1, ({KIND}, {KIND}))\n", "two of its kinds have one name."),
        (
            MINE.replace("things", "a", 1) + f"PACK = Pack('mine', 1, ({KIND}, {KIND.replace('thing', 'b', 1)}))\n",
            "two of its kinds have the section things.",
        ),
        (f"{HEAD}PACK = Pack('mine', 1, ({KIND},), scope='town')\n", "its scope town is no kind of it."),
        (
            f"{HEAD}PACK = Pack('mine', 1, ({KIND[:-1]}, children=('part',)),))\n",
            "tells of a kind part, which it has not.",
        ),
        (
            f"{HEAD}PACK = Pack('mine', 1, ({KIND[:-1]}, refs=(Ref('a', to='b', column='c'),)),))\n",
            "tells of a kind b, which",
        ),
        (
            f"{HEAD}PACK = Pack('mine', 1, (Kind('thing', table='t', section='t', key=()),))\n",
            "its kind thing has no key.",
        ),
    ],
)
def test_a_folder_that_holds_no_pack(home: Path, cli: Cli, code: str | None, said: str) -> None:
    own_packs.write(home, ("pyproject.toml", FOLDER), *([("mine/__init__.py", code)] if code is not None else []))
    for command in (["validate"], ["plan"], ["db", "current"], ["schema", "--check"]):
        done = cli(*command)
        assert (done.code, done.out) == (64, "")
        assert done.err.startswith("error: The pack 'mine' cannot be loaded: ")
        assert said in done.err
        assert done.err.count("\n") == 1


@pytest.mark.parametrize("name", ["pipeline", "migrations", "Mine", "a" * 41, "9a", "'a b'"])
def test_a_name_that_a_pack_cannot_have(home: Path, cli: Cli, name: str) -> None:
    bare = name.strip("'")
    own_packs.write(
        home,
        ("pyproject.toml", f'[tool.pipeline.packs.{name}]\npath = "mine"\n'),
        ("mine/__init__.py", MINE.replace('name="mine"', f'name="{bare}"')),
    )
    done = cli("db", "current")
    assert (done.code, done.out) == (64, "")
    assert "a pack's name has at most 40 lower-case letters, digits, _ and -" in done.err


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ("class Base(\n", "its tables or hooks fail with: SyntaxError: "),
        ("import nowhere_to_be_found\n", "its tables or hooks fail with: ModuleNotFoundError: "),
        (own_packs.TWIN_TABLES.replace("brands", "marks"), "there is no table brands, which kind brand is in"),
        (own_packs.TWIN_TABLES.replace("code: str", "kode: str").replace('"code"', '"kode"'), "has no column code"),
        (own_packs.TWIN_TABLES.replace("is_active", "is_there"), "has no column is_active"),
        (
            own_packs.TWIN_TABLES.replace("    name: str", f"{RAW}    name: str"),
            "brands.raw: manifests cannot write the type",
        ),
    ],
)
def test_tables_that_are_wrong(home: Path, cli: Cli, tables: str, said: str) -> None:
    own_packs.write_twins(home, "north")
    (home / "north/tables.py").write_text(tables)
    done = cli("schema", "--pack", "north")
    assert (done.code, done.out) == (64, "")
    assert said in done.err
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[tool.pipeline.packs.homologation]\npath = "mine"\n', "There are two packs 'homologation'. "),
        (
            '[tool.pipeline.packs.other]\nschema = "x"\n',
            "[tool.pipeline.packs.other] in pyproject.toml is about a pack that is not there. Known: homologation, ",
        ),
        (
            f'{FOLDER}colour = "red"\n',
            "[tool.pipeline.packs.mine] in pyproject.toml has no colour. It may hold: path, schema.",
        ),
        (
            "[tool.pipeline.packs.mine]\npath = 3\n",
            "path in [tool.pipeline.packs.mine] of pyproject.toml is not right: ",
        ),
        (f"{FOLDER}schema = 3\n", "schema in [tool.pipeline.packs.mine] of pyproject.toml is not right: "),
        (f'{FOLDER}schema = ""\n', "schema in [tool.pipeline.packs.mine] of pyproject.toml is not right: "),
        (f'{FOLDER}schema = "{"ñ" * 32}"\n', "schema in [tool.pipeline.packs.mine] of pyproject.toml is not right: "),
        (f'{FOLDER}schema = "pipeline"\n', "schema in [tool.pipeline.packs.mine] of pyproject.toml is not right: "),
        (f'{FOLDER}schema = "pg_toast"\n', "schema in [tool.pipeline.packs.mine] of pyproject.toml is not right: "),
        (
            "[tool.pipeline]\npacks = 3\n",
            "[tool.pipeline] in pyproject.toml must have a table for each pack, as [tool.pipeline.packs.NAME].",
        ),
        (
            "[tool.pipeline.packs]\nmine = 3\n",
            "[tool.pipeline] in pyproject.toml must have a table for each pack, as [tool.pipeline.packs.NAME].",
        ),
    ],
)
def test_settings_that_are_wrong(home: Path, cli: Cli, settings: str, said: str) -> None:
    own_packs.write(home, ("pyproject.toml", settings), ("mine/__init__.py", MINE.replace('"mine"', '"homologation"')))
    done = cli("validate")
    assert (done.code, done.out) == (64, "")
    assert done.err.startswith(f"error: {said}")
    assert done.err.count("\n") == 1


def test_a_variable_that_is_no_table(home: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINE_PACKS", "{")
    done = cli("validate")
    assert (done.code, done.err) == (
        64,
        "error: The variable PIPELINE_PACKS must hold a table as JSON.\n",
    )


def test_two_folders_in_one_process_are_two_packs(home: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is imported under the name of one is not taken for the other."""
    for folder, column in (("one", "colour"), ("two", "shape")):
        own_packs.write_twins(home / folder, "north")
        tables = home / folder / "north/tables.py"
        tables.write_text(tables.read_text().replace("name: str", f"{column}: str"))
        monkeypatch.chdir(home / folder)
        assert cli("schema", "--pack", "north").code == 0
        assert f'"{column}"' in (home / folder / "north/manifest.schema.json").read_text()


def test_a_pack_without_schema_or_revisions_says_what_is_missing(home: Path, cli: Cli, database: str) -> None:
    own_packs.write_twins(home, "north")
    url = ["--database-url", database]
    for command in (["validate"], ["plan", *url]):
        done = cli(*command)
        assert (done.code, done.out) == (1, "")
        assert done.err == "error: There is no north/manifest.schema.json. Write it with `pipeline schema`.\n"
    assert cli("schema", "--pack", "north").code == 0
    assert cli("db", "current", *url).out.endswith("north: nothing (has no revisions yet)\n")
    for command in (["plan"], ["db", "upgrade"], ["db", "upgrade", "--pack", "north"], ["status", "--pack", "north"]):
        done = cli(*command, *url)
        assert done.code == 1, command
        assert done.err.startswith(
            "error: north has no revisions in north/migrations yet, so nothing makes its tables."
        )
