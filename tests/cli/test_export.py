"""pipeline export"""

from __future__ import annotations

from pathlib import Path

from tests.cli import catalogue
from tests.cli.conftest import Cli, Query

TIERS = """\
#:schema ../../../schemas/homologation/manifest.schema.json
pack = "homologation"
version = 1
category = "motos-part"

[[tiers]]
code = "T1"
name = "Proyecto Completo"
price = 410.00
"""
FILES = ("category", "elements", "mapping", "tiers")


def files(folder: str) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in Path(folder).rglob("*.*")}


def test_without_a_folder_manifests_are_printed(cli: Cli, use: str) -> None:
    cli("apply", "--yes")
    done = cli("export")

    assert (done.code, done.err) == (0, "")
    assert f"# homologation/motos-part/tiers.toml\n{TIERS}" in done.out
    assert not Path("homologation").exists()


def test_a_new_folder_is_filled_and_can_be_planned_with(cli: Cli, use: str) -> None:
    cli("apply", "--yes")
    done = cli("export", "--out", "new")

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [f"new/homologation/motos-part/{name}.toml: written" for name in FILES]
    assert files("new")["homologation/motos-part/tiers.toml"] == TIERS
    assert cli("plan", "--manifests", "new").out.startswith("No changes.")
    assert cli("export", "--out", "new").out.count("up to date") == len(FILES)


def test_other_content_is_never_overwritten(cli: Cli, use: str) -> None:
    cli("apply", "--yes")
    cli("export", "--out", "new")
    mine = Path("new/homologation/motos-part/tiers.toml")
    mine.write_text("mine")
    Path("new/homologation/motos-part/mapping.toml").unlink()
    before = files("new")

    done = cli("export", "--out", "new")

    assert (done.code, done.out) == (64, "")
    assert f"1 file is there already and would change: {mine}" in done.err
    assert files("new") == before


def test_one_category_and_one_pack(cli: Cli, use: str, query: Query) -> None:
    cli("apply", "--yes")
    query("INSERT INTO vehicle_categories (slug, name, client_type) VALUES ('b', 'B', 'particular') RETURNING 1")
    query("INSERT INTO policies (key, value, category) VALUES ('iva', 'x', 'y') RETURNING 1")

    assert "policies.toml" in cli("export", "--pack", "homologation").out
    done = cli("export", "--category", "b")
    assert (done.code, done.out.count("#:schema")) == (0, 1)
    assert 'slug = "b"' in done.out
    said = "error: The database has no category or organization 'c'. Known: b, motos-part.\n"
    assert cli("export", "--category", "c").err == said
    assert cli("export", "--pack", "nope").code == 64


def test_an_empty_database_gives_no_manifests(cli: Cli, use: str) -> None:
    done = cli("export", "--out", "new")
    assert (done.code, done.out, done.err) == (0, "", "There are no rows to export.\n")
    assert not Path("new").exists()


def test_what_manifests_cannot_say_is_listed(cli: Cli, use: str, query: Query) -> None:
    cli("apply", "--yes")
    query("UPDATE elements SET name = '' RETURNING 1")
    query("UPDATE tariff_tiers SET conditions = E'\\x1b[31m' RETURNING 1")
    done = cli("export", "--out", "new")

    assert done.code == 1
    assert '  element motos-part/ESCAPE: left out: name: "name" must not be empty\n' in done.err
    assert "  inclusion motos-part/T1/ESCAPE: left out: element motos-part/ESCAPE is left out too\n" in done.err
    assert 'tier motos-part/T1: conditions left out: the text "\\x1b[31m" holds the control character' in done.err
    assert "\x1b" not in done.err + done.out
    assert sorted(files("new")) == [f"homologation/motos-part/{name}.toml" for name in ("category", "tiers")]


def test_rows_that_break_a_rule_are_exported_and_the_rule_is_named(cli: Cli, use: str, query: Query) -> None:
    cli("apply", "--yes")
    query("UPDATE elements SET variant_type = 'position' RETURNING 1")
    done = cli("export", "--out", "new")

    assert done.code == 1
    assert "homologation/motos-part/elements.toml:10:1: error:" in done.err
    assert "[variant]" in done.err
    assert 'variant_type = "position"' in files("new")["homologation/motos-part/elements.toml"]


def test_rows_without_a_key_are_counted(cli: Cli, use: str, query: Query) -> None:
    cli("apply", "--yes")
    query("ALTER TABLE tariff_tiers DROP CONSTRAINT fk_tariff_tiers_category_id")
    query(
        "INSERT INTO tariff_tiers (category_id, code, name, price) VALUES (gen_random_uuid(), 'T9', 'x', 1) RETURNING 1"
    )
    done = cli("export", "--out", "new")

    assert done.code == 1
    assert "The table tariff_tiers holds 1 row (T9) without a key, or in something that does not exist." in done.err


def test_drift_is_written_where_the_value_stands(cli: Cli, use: str, query: Query) -> None:
    catalogue.replace(Path(), "price = 410.00", "price = 410.00  # since May")
    cli("apply", "--yes")
    query("UPDATE tariff_tiers SET price = 425.5 RETURNING 1")

    done = cli("export", "--drift")

    file = "manifests/motos-part/tiers.toml"
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{file}:8: tier motos-part/T1 price: 410.00 -> 425.50\n\n1 written.\n"
    assert Path(file).read_text("utf-8") == catalogue.TIERS.replace("410.00", "425.50  # since May")
    assert cli("plan").out == "No changes. 4 unchanged, 1 to note in the ledger, 0 unmanaged.\n"
    assert cli("export", "--drift").out == "Nothing was changed outside the manifests since the last apply.\n"


def test_what_drift_a_person_has_to_deal_with_is_said(cli: Cli, use: str, query: Query) -> None:
    cli("apply", "--yes")
    before = files("manifests")
    query("UPDATE tier_element_inclusions SET is_active = false RETURNING 1")

    done = cli("export", "--drift")

    assert done.code == 1
    assert done.out == (
        "by hand: inclusion motos-part/T1/ESCAPE (manifests/motos-part/elements.toml:11): it was retired outside the "
        "manifests, and stands in the group todos, which others may share: change the group or name it apart from it, "
        "or the next apply takes it back\n\n0 written, 1 left to do by hand.\n"
    )
    assert files("manifests") == before


def test_drift_that_breaks_a_rule_is_written_and_the_rule_named(cli: Cli, use: str, query: Query) -> None:
    catalogue.replace(Path(), "price = 410.00", "price = 410.00\nmin_elements = 1\nmax_elements = 2")
    cli("apply", "--yes")
    query("ALTER TABLE tariff_tiers DROP CONSTRAINT ck_tariff_tiers_min_elements_max_elements")
    query("UPDATE tariff_tiers SET min_elements = 3 RETURNING 1")

    done = cli("export", "--drift")

    assert done.code == 1
    assert "[min-above-max]" in done.err
    assert "The manifests have errors now" in done.err


def test_drift_and_a_new_folder_exclude_each_other(cli: Cli, home: Path) -> None:
    done = cli("export", "--drift", "--out", "new")
    assert done.code == 64
    assert "--drift changes the manifests there are" in done.err
