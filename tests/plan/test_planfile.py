"""Plans as files: back as they were, or an error."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from hashlib import blake2b
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import PlanFileError
from pipeline.model.move import Move
from pipeline.model.probe import Answer
from pipeline.model.resource import Origin, State
from pipeline.plan import planfile
from pipeline.plan.change import Hazard, Plan
from pipeline.plan.impact import CauseOf, Difference, Impact, Probed
from pipeline.plan.outcome import outcome
from pipeline.plan.planfile import Database
from tests.plan.small import PACK, difference, item, label, plan, price, rule, shop, state

HERE = Database("tariffs", "7456612345678901234")
PACKS = {PACK.name: PACK}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
AMOUNTS = st.decimals(-(10**6), 10**6, places=2)


def made(note: str, amount: int) -> tuple[Plan, State]:
    """A plan of all sorts of changes, and the rows it was computed from."""
    had = [shop(), rule("gone", text=note), item("A", note="a", price=price(1)), item("B")]
    want = [
        shop(),
        item("A", note=note, price=Decimal(amount).scaleb(-2)),
        item("C", parent="A"),
        label("A", note + "x"),
    ]
    found = difference(want, had, had)
    before = outcome(PACK, state(), difference([shop(), item("A", note="a"), rule("gone")], [], []).changes)
    return plan(*found.changes, records=tuple(found.records), unchanged=1), before


def dumped(database: Database, plans: list[tuple[Plan, State]]) -> bytes:
    stream = BytesIO()
    planfile.dump(stream, database, plans, PACKS)
    return stream.getvalue()


@st.composite
def hazards(draw: st.DrawFn) -> tuple[Hazard, ...]:
    """Hazards as `hazard.find` makes them, of whatever limits people set."""
    rows = (item("A").address, rule("gone").address)
    limit = draw(st.integers(0, 100) | st.floats(0, 100))
    notes = draw(st.just(()) | st.tuples(TEXTS, TEXTS))
    drift, mass = Hazard("drift", rows), Hazard("mass-update", rows, "item", draw(TEXTS), 12, limit, notes)
    impact = Hazard("price-impact", rows, None, None, 0, limit, notes, 412, draw(st.integers(0, 400)))
    return draw(st.sampled_from(((), (drift,), (drift, mass, impact))))


CONTENT = dumped(HERE, [made("una nota", 12345)])


def signed(content: bytes) -> bytes:
    """The content with the digest that fits it, as somebody would make it who knows how."""
    blank = re.sub(rb'(?m)^"digest": "[0-9a-f]{64}",$', b'"digest": "' + b"0" * 64 + b'",', content)
    return blank.replace(b"0" * 64, blake2b(blank, digest_size=32).hexdigest().encode(), 1)


@given(TEXTS, st.integers(0, 10**9))
def test_a_plan_comes_back_as_it_was(note: str, amount: int) -> None:
    before_and_after = made(note, amount)
    content = dumped(HERE, [before_and_after])

    found = planfile.load(content, PACKS)

    assert found.database == HERE
    (saved,) = found.saved
    made_plan, before = before_and_after
    assert saved.plan.document() == made_plan.document()
    assert saved.plan.digest == made_plan.digest
    rows = saved.before()
    assert {kind: set(found) for kind, found in rows.items()} == {kind: set(found) for kind, found in before.items()}
    assert all(
        (dict(row.values), row.active) == (dict(before[kind][key].values), before[kind][key].active)
        for kind, resources in rows.items()
        for key, row in resources.items()
    )
    assert dumped(found.database, [(saved.plan, saved.before())]) == content


@given(hazards())
def test_hazards_come_back_as_they_were(found: tuple[Hazard, ...]) -> None:
    before = made("una nota", 1)
    dangerous = replace(before[0], hazards=found)
    content = dumped(HERE, [(dangerous, before[1])])

    (saved,) = planfile.load(content, PACKS).saved

    assert saved.plan.hazards == found
    assert dumped(HERE, [(saved.plan, saved.before())]) == content


def answers() -> st.SearchStrategy[Answer]:
    """Offers, and none."""
    aspects = st.tuples(st.frozensets(TEXTS, max_size=2), st.frozensets(TEXTS, max_size=2))
    return st.builds(Answer, TEXTS, AMOUNTS, aspects) | st.just(Answer(None, None))


def impacts() -> st.SearchStrategy[Impact]:
    """Impacts of any numbers."""
    count = st.integers(0, 10**6)
    rows = st.lists(st.sampled_from([item("A").address, rule("gone").address]), max_size=2).map(tuple)
    differences = st.lists(st.builds(Difference, TEXTS, TEXTS, answers(), answers(), rows), max_size=2).map(tuple)
    some = st.none() | AMOUNTS
    cause = st.builds(CauseOf, rows, count, count, some, some, count, st.none() | st.tuples(AMOUNTS, AMOUNTS))
    return st.builds(
        Impact,
        label=TEXTS,
        amount=TEXTS,
        aspects=st.just(("warnings", "documents")),
        probed=st.lists(st.builds(Probed, TEXTS, count, count, count), max_size=2).map(tuple),
        different=count,
        amounts=count,
        labels=count,
        changed=st.tuples(count, count),
        impossible=count,
        possible=count,
        smallest=some,
        median=some,
        largest=some,
        top=differences,
        lost=differences,
        by_cause=st.lists(cause, max_size=2).map(tuple),
        caused=st.booleans(),
        new=st.lists(TEXTS, max_size=2).map(tuple),
        rest=st.none() | cause,
        things=TEXTS,
    )


@given(impacts())
def test_an_impact_comes_back_as_it_was(found: Impact) -> None:
    content, before = made("una nota", 1)
    telling = replace(content, impact=found)
    file = dumped(HERE, [(telling, before)])

    (saved,) = planfile.load(file, PACKS).saved

    assert saved.plan.impact == found
    assert saved.plan.digest == telling.digest != content.digest
    assert dumped(HERE, [(saved.plan, saved.before())]) == file


def test_an_impact_that_was_changed_is_found_out() -> None:
    content, before = made("una nota", 1)
    told = Impact("tier", "price", (), (Probed("north", 7, 3, 3),), different=4, amounts=4)
    file = dumped(HERE, [(replace(content, impact=told), before)])
    assert b'"amounts":4' in file

    with pytest.raises(PlanFileError, match="changed after it was written"):
        planfile.load(file.replace(b'"amounts":4', b'"amounts":3'), PACKS)
    for old, new in ((b'"amounts":4', b'"amounts":3'), (b'"probed":[', b'"probed":[7,'), (b'"top":[', b'"pot":[')):
        with pytest.raises(PlanFileError):
            planfile.load(signed(file.replace(old, new)), PACKS)


@pytest.mark.parametrize("undoes", [None, 7])
def test_moves_and_what_is_taken_back_come_back_as_they_were(undoes: int | None) -> None:
    content, before = made("una nota", 1)
    north = (("north",), "A"), (("north",), "Z")
    entry = Move("item", *north, Origin("small.toml", ("moved", 0)))
    changes = (content.changes[0]._replace(action="move", moved_from=north[0]), *content.changes[1:])
    moving = replace(content, changes=changes, moves=(entry,), undoes=undoes)
    file = dumped(HERE, [(moving, before)])

    (saved,) = planfile.load(file, PACKS).saved

    assert (saved.plan.undoes, saved.plan.changes[0].moved_from) == (undoes, north[0])
    assert [move[:3] for move in saved.plan.moves] == [entry[:3]]
    assert saved.plan.digest == moving.digest != content.digest
    assert dumped(HERE, [(saved.plan, saved.before())]) == file


@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
def test_whoever_changes_a_byte_is_found_out(position: int, by: int) -> None:
    changed = bytearray(CONTENT)
    changed[position] = (changed[position] + by) % 256

    with pytest.raises(PlanFileError):
        planfile.load(bytes(changed), PACKS)


@given(st.integers(0, len(CONTENT) - 1))
def test_a_file_that_was_cut_off_is_none(end: int) -> None:
    with pytest.raises(PlanFileError):
        planfile.load(CONTENT[:end], PACKS)


@given(st.binary(max_size=300) | TEXTS.map(str.encode))
def test_any_other_bytes_are_no_plan(content: bytes) -> None:
    with pytest.raises(PlanFileError, match="This is not a plan file"):
        planfile.load(content, PACKS)


def test_a_digest_that_was_made_to_fit_is_taken() -> None:
    assert planfile.load(signed(CONTENT), PACKS).database == HERE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"changes": [\n', b'"changes": [\n' + b"[" * 100_000 + b"]" * 100_000 + b",\n"),
        (b'"unchanged":1', b'"unchanged":' + b"9" * 10_000),
        (b'"fields":{}', b'"fields":[]'),
        (b'"kind":"item"', b'"kind":"nothing"'),
        (b'"after":"123.45"', b'"after":"1e999999999"'),
        (b'"after":"123.45"', b'"after":"NaN"'),
        (b'"after":"123.45"', b'"after":"124.45"'),
        (b'"active":true', b'"active":"\\ud800"'),
        (b'"rows": {', b'"rows": ['),
        (b'"name":"tariffs"', b'"title":"tariffs"'),
        (b'"plans": [', b'"plans": 1, "x": ['),
    ],
    ids=["deep", "huge", "list", "kind", "exponent", "nan", "other", "surrogate", "rows", "database", "plans"],
)
def test_content_that_makes_no_sense_is_an_error_even_with_a_digest_that_fits(old: bytes, new: bytes) -> None:
    assert old in CONTENT

    with pytest.raises(PlanFileError):
        planfile.load(signed(CONTENT.replace(old, new)), PACKS)


def test_another_version_and_another_pack_are_named() -> None:
    with pytest.raises(PlanFileError, match="of version 2, and this tool reads version 1"):
        planfile.load(CONTENT.replace(b'"version": 1', b'"version": 2'), PACKS)
    with pytest.raises(PlanFileError, match=r"for the pack 'small'\. Known packs: other\."):
        planfile.load(CONTENT, {"other": PACK})
