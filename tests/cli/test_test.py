"""pipeline test: scenarios on what the manifests say, and scenarios written from what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli import run
from tests.cli import catalogue
from tests.cli.conftest import Cli
from tests.cli.processes import run as process

HEAD = 'pack = "homologation"\nversion = 1\ncategory = "motos-part"\n'
SCENARIOS = """
[[scenarios]]
name = "Escape"
request = { ESCAPE = 1 }
expect = { tier = "T1", price = 410 }

[[scenarios]]
name = "Dos escapes"
text = "2 escapes: ESCAPE"
expect = { tier = "T2", price = 409.99, project = true, warnings = ["escape"] }
"""
CODES = """
[[tiers]]
code = "T2"
name = "Otra"
price = 500.00

[[warnings]]
code = "escape"
message = "Hace falta la homologación."
trigger_conditions = { element_keywords = ["silencioso"] }

[tiers_of]
"""
FILE = "manifests/motos-part/scenarios.toml"
RECORDED = "manifests/homologation/motos-part/scenarios.toml"


def write(folder: Path, scenarios: str = SCENARIOS, head: str = HEAD) -> Path:
    """Put scenarios beside the small manifests, with a dearer tier and a warning that nothing brings up."""
    more = CODES.partition("\n[tiers_of]")[0]
    (folder / "manifests" / "motos-part" / "more.toml").write_text(HEAD + more, "utf-8")
    path = folder / FILE
    path.write_text(head + scenarios, "utf-8")
    return path


def test_what_fails_is_shown_with_its_place_and_both_sides(cli: Cli, manifests: Path) -> None:
    write(manifests)

    done = cli("test")

    assert (done.code, done.err) == (1, "")
    assert done.out == (
        f"{FILE}:10: Dos escapes\n"
        "  tier      expected T2, got T1\n"
        "  price     expected 409.99, got 410.00\n"
        "  project   expected required, got nothing said\n"
        "  warnings  expected escape, got none\n"
        "\n"
        "1 scenario passes, 1 fails.\n"
    )


def test_they_pass_without_a_database(manifests: Path) -> None:
    write(manifests, SCENARIOS.partition('\n[[scenarios]]\nname = "Dos')[0])

    done = process(manifests, "test", PIPELINE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert (done.returncode, done.stdout, done.stderr) == (0, "1 scenario passes.\n", "")


def test_json_tells_every_one(cli: Cli, manifests: Path) -> None:
    write(manifests)

    done = cli("test", "--format", "json")

    found = json.loads(done.out)
    assert (done.code, found["passed"], found["failed"]) == (1, 1, 1)
    first, second = found["scenarios"]
    assert first == {
        "pack": "homologation",
        "scope": "motos-part",
        "name": "Escape",
        "file": FILE,
        "line": 5,
        "column": 1,
        "passed": True,
        "mismatches": [],
    }
    assert second["mismatches"][1] == {
        "what": "price",
        "expected": "409.99",
        "actual": "410.00",
        "file": FILE,
        "line": 13,
        "column": 25,
    }


def test_github_shows_each_difference_beside_its_line(cli: Cli, manifests: Path) -> None:
    write(manifests)

    done = cli("test", "--format", "github")

    assert done.code == 1
    assert done.out.splitlines()[0] == (
        f"::error file={FILE},line=13,col=12,title=scenario::Dos escapes: tier: expected T2, got T1"
    )
    assert len(done.out.splitlines()) == 4


def test_paths_and_categories_choose(cli: Cli, manifests: Path) -> None:
    write(manifests)

    assert cli("test", "manifests/motos-part/tiers.toml").out == "There are no scenarios.\n"
    assert cli("test", "manifests/motos-part").code == 1
    assert cli("test", FILE, "--category", "motos-part").code == 1
    unknown = cli("test", "--category", "motos")
    assert unknown.code == 64
    assert "motos-part" in unknown.err
    assert cli("test", "elsewhere").code == 64


def test_without_scenarios_there_is_nothing_to_fail(cli: Cli, manifests: Path) -> None:
    assert cli("test")[:2] == (0, "There are no scenarios.\n")


def test_faulty_manifests_are_told_and_not_tried(cli: Cli, manifests: Path) -> None:
    write(manifests, SCENARIOS.replace("ESCAPE = 1", "ESCAPPE = 1"))

    done = cli("test")

    assert (done.code, done.out) == (1, "")
    assert "scenario-request" in done.err
    assert 'did you mean "ESCAPE"?' in done.err


def test_a_text_that_means_nothing_fails(cli: Cli, manifests: Path) -> None:
    write(manifests, '\n[[scenarios]]\nname = "a"\ntext = "ESCAPPE"\nexpect = { impossible = true }\n')

    assert cli("test").out == (
        f"{FILE}:5: a\n"
        '  text  expected an element, got none (no element of motos-part is called "escappe"; did you mean ESCAPE?)\n'
        "\n"
        "0 scenarios pass, 1 fails.\n"
    )


def test_hostile_names_and_texts_are_only_shown(cli: Cli, manifests: Path) -> None:
    name = "a\\u202Eb\\n::error::x"
    write(manifests, f'\n[[scenarios]]\nname = "{name}"\ntext = "ESC\\u200B"\nexpect = {{ tier = "T1" }}\n')

    for form in ("text", "github", "json"):
        done = cli("test", "--format", form)
        assert done.code == 1
        assert "\u202e" not in done.out
        assert "\u200b" not in done.out
        assert not [line for line in done.out.splitlines() if line.startswith("::error::")]


def test_record_writes_the_present_outcome(cli: Cli, manifests: Path) -> None:
    write(manifests, "")

    done = cli("test", "--record", "motos-part", "ESCAPE=2", "--name", "Dos escapes")

    entry = (
        '[[scenarios]]\nname = "Dos escapes"\nrequest = { ESCAPE = 2 }\n'
        'expect = { tier = "T1", price = 410.00, warnings = [] }\n'
    )
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{RECORDED}:6\n{entry}"
    assert (manifests / RECORDED).read_text("utf-8") == (
        f"#:schema ../../../schemas/homologation/manifest.schema.json\n{HEAD}\n{entry}"
    )
    assert cli("test").out == "1 scenario passes.\n"
    catalogue.replace(manifests, "price = 410.00\n", "price = 420.00\n")
    assert cli("test").code == 1


def test_record_adds_to_what_is_there_and_takes_no_name_twice(cli: Cli, manifests: Path) -> None:
    write(manifests, "")
    assert cli("test", "--record", "motos-part", "ESCAPE").code == 0
    path = manifests / RECORDED
    path.write_text(f"{path.read_text('utf-8')}# The last one.\n", "utf-8")
    before = path.read_text("utf-8")

    again = cli("test", "--record", "motos-part", "ESCAPE")
    other = cli("test", "--record", "motos-part", "--text", "cambio de escape")

    assert again.code == 64
    assert f"{RECORDED}:6" in again.err
    assert "--name" in again.err
    assert (other.code, other.out.splitlines()[0]) == (0, f"{RECORDED}:12")
    assert path.read_text("utf-8").startswith(before)
    assert cli("test").out == "2 scenarios pass.\n"


def test_a_name_is_taken_wherever_its_scenario_stands(cli: Cli, manifests: Path) -> None:
    write(manifests, SCENARIOS.partition('\n[[scenarios]]\nname = "Dos')[0])

    done = cli("test", "--record", "motos-part", "ESCAPE", "--name", "Escape")

    assert done.code == 64
    assert f"{FILE}:5" in done.err
    assert not (manifests / RECORDED).exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["motos-part", "ESCAPPE"], "did you mean ESCAPE?"),
        (["motos-part", "ESCAPE=0"], "ESCAPE=2"),
        (["motos-part", "ESCAPE=x"], "ESCAPE=2"),
        (["motos-part"], "--text"),
        (["motos", "ESCAPE"], "motos-part"),
        (["motos-part", "ESCAPE", "--category", "motos-part"], "--category"),
        (["motos-part", "ESCAPE", "--format", "json"], "--format"),
    ],
)
def test_record_refuses_what_it_cannot_understand(cli: Cli, manifests: Path, arguments: list[str], said: str) -> None:
    done = cli("test", "--record", *arguments)

    assert (done.code, done.out) == (64, "")
    assert said in done.err
    assert not (manifests / RECORDED).exists()


def test_a_name_that_no_manifest_may_hold_is_not_written(cli: Cli, manifests: Path) -> None:
    done = cli("test", "--record", "motos-part", "ESCAPE", "--name", "a\x07b")

    assert done.code == 1
    assert "control character" in done.err
    assert not (manifests / RECORDED).exists()


def test_name_and_text_are_for_recording(cli: Cli, manifests: Path) -> None:
    assert cli("test", "--name", "x").code == 64
    assert run(["test", "--text", "x"]) == 64
