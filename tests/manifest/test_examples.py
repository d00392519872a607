"""The section of examples: kept with their places, and no rows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pipeline.checks import dangling_reference, duplicate_scenario
from pipeline.config import bundled
from pipeline.manifest import schema as schemas
from pipeline.manifest.load import understood
from pipeline.manifest.locate import places
from pipeline.manifest.resolve import resolve
from pipeline.model.diagnostic import Desired, Diagnostic
from pipeline.model.probe import Example, Examples
from pipeline.model.resource import Origin
from pipeline.packs.homologation import PACK as REAL_PACK

EXAMPLES = Examples("scenarios", {"type": "object"}, lambda *_: (), lambda *_: {}, lambda *_: None)
PACK = replace(
    schemas.complete(REAL_PACK, schemas.read(bundled("schemas") / REAL_PACK.name)), examples=lambda: EXAMPLES
)
HEAD = 'pack = "homologation"\nversion = 1\n'
MOTOS = f'{HEAD}category = "motos-part"\n'
SCENARIOS = """
[[elements]]
code = "ESCAPE"
name = "Escape"

[[scenarios]]
name = "Escape"
request = { ESCAPE = 1 }
expect = { price = 140.50 }

[[scenarios]]
name = "Dos escapes"
request.ESCAPE = 2
"""


def read(text: str) -> tuple[Desired, list[Diagnostic]]:
    documents, wrong = understood({"0.toml": text}, {PACK.name: 1})
    assert not wrong
    return resolve(documents, PACK)


def test_entries_keep_what_they_say_and_where() -> None:
    desired, found = read(MOTOS + SCENARIOS)

    assert found == []
    entry = {"name": "Escape", "request": {"ESCAPE": 1}, "expect": {"price": Decimal("140.50")}}
    assert desired.examples[0] == Example("Escape", "motos-part", entry, Origin("0.toml", ("scenarios", 0)))
    assert [one.name for one in desired.examples] == ["Escape", "Dos escapes"]
    assert [one.address.kind for one in desired.resources] == ["element"]


def test_entries_and_their_keys_have_lines() -> None:
    documents, _ = understood({"0.toml": MOTOS + SCENARIOS}, {PACK.name: 1})
    first, second = (Origin("0.toml", ("scenarios", index)) for index in (0, 1))
    wanted = [first, first.at("request", "ESCAPE"), first.at("expect", "price"), second, second.at("request", "ESCAPE")]

    found = places(documents, wanted)

    assert [found[origin][1:3] for origin in wanted] == [(9, 1), (11, 13), (12, 12), (14, 1), (16, 9)]


def test_a_file_must_say_its_scope() -> None:
    desired, found = read(HEAD + "[[scenarios]]" + SCENARIOS.partition("[[scenarios]]")[2])

    assert desired.examples == ()
    assert [(one.rule, one.origin.path) for one in found] == [("missing-category", ("scenarios", 0))]


def test_what_the_schema_refused_is_left_out() -> None:
    documents, _ = understood({"0.toml": MOTOS + SCENARIOS}, {PACK.name: 1})
    refused = Origin("0.toml", ("scenarios", 0, "expect", "price"))

    desired, _ = resolve(documents, PACK, [refused])

    assert [one.name for one in desired.examples] == ["Dos escapes"]


def test_a_name_is_taken_once_in_a_scope() -> None:
    desired, _ = read(MOTOS + SCENARIOS.replace("Dos escapes", "Escape"))

    (found,) = duplicate_scenario.RULE.run(desired, PACK)

    assert (found.origin.path, found.also[0].path) == (("scenarios", 1, "name"), ("scenarios", 0, "name"))
    elsewhere = desired.examples[0]._replace(scope="aseicars-prof")
    assert not duplicate_scenario.RULE.run(replace(desired, examples=(desired.examples[0], elsewhere)), PACK)


def test_the_scope_must_be_declared() -> None:
    desired, _ = read(MOTOS + "[[scenarios]]" + SCENARIOS.partition("[[scenarios]]")[2])

    (found,) = dangling_reference.RULE.run(desired, PACK)

    assert found.origin == Origin("0.toml", ("category",))
