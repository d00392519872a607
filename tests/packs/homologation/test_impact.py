"""What edits of a tariff change for quotes, against brute force: every quote the long way, every change left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.commands.catalog import complete
from pipeline.errors import UsageError
from pipeline.model.address import Address, Key
from pipeline.model.probe import Answer, Enumeration, Request
from pipeline.model.resource import Recorded, Resource, State, fingerprint
from pipeline.packs.homologation import PACK as BARE
from pipeline.packs.homologation.quote.quote import quote
from pipeline.packs.homologation.quote.request import Item
from pipeline.packs.homologation.quote.request import Request as Asked
from pipeline.plan.change import Change
from pipeline.plan.diff import diff, unsettled
from pipeline.plan.impact import read
from pipeline.plan.outcome import outcome
from pipeline.plan.probing import impact
from tests import builders
from tests.builders import MOTOS, category, element, image, include, include_tier, link, tier, warning
from tests.plan import brute_force

(PACK,) = complete([BARE])
assert PACK.probes is not None
PROBES = PACK.probes()
ELEMENTS, TIERS = "ABCDE", ("T1", "T2", "T3")


def requests(before: State, after: State, limit: int) -> list[Enumeration]:
    """Every request of up to three elements that are active in either state."""
    found = []
    for (slug,) in sorted(before["category"]):
        codes = {
            str(key[-1])
            for s in (before, after)
            for key, row in s["element"].items()
            if row.active and key[0] == (slug,)
        }
        listed = [(slug, chosen) for wide in (1, 2, 3) for chosen in combinations(sorted(codes), wide)]
        found.append(Enumeration(str(slug), listed, 3, 3))
    return found


def answers(state: State, asked: Sequence[Request]) -> list[Answer]:
    """Each answer from a quote of its own."""
    return [_answer(state, *one) for one in asked]  # type: ignore[misc]  # it only reads them


def _answer(state: State, slug: str, codes: Iterable[str]) -> Answer:
    try:
        made = quote(state, Asked(slug, tuple(Item(code) for code in codes)))
    except UsageError:
        return Answer(None, None)
    if made.offer is None:
        return Answer(None, None)
    documents = {document.code for document in made.papers.documents}
    documents |= {found.name for found in made.papers.images if found.type == "required_document"}
    return Answer(
        made.offer.tier, made.offer.price, (frozenset(one.code for one in made.warnings), frozenset(documents))
    )


NAIVE = replace(PROBES, requests=requests, answers=answers)


def rows(resources: Iterable[Resource]) -> State:
    """The rows that these entries make from nothing."""
    changes = [Change("create", one.address, "manifest", (), one.values, one.active) for one in resources]
    return outcome(PACK, {kind.name: {} for kind in PACK.kinds}, changes)


def changes(have: Sequence[Resource], want: Sequence[Resource]) -> list[Change]:
    """What brings the rows of some entries to others."""
    current, desired = rows(have), builders.state(*want, pack=PACK)
    ledger: dict[str, dict[Key, Recorded]] = {kind.name: {} for kind in PACK.kinds}
    for one in have:
        print_ = fingerprint(one.values, active=one.active, protected=False)
        ledger[one.address.kind][one.address.key] = Recorded(one.active, print_, False, dict(one.values))  # type: ignore[arg-type]  # it only reads them
    return diff(desired, current, ledger, PACK, None, unsettled(desired, current, ledger, PACK, None)).changes


def some(chance: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value, or often none."""
    return st.none() | st.none() | chance


prices = st.sampled_from([100, 140, 175, 220]).map(lambda price: Decimal(price).quantize(Decimal("0.01")))
numbers = some(st.sampled_from([0, 1, 2]))
rules = st.sampled_from(
    [
        {},
        {},
        {},
        {"must_include": ["A"]},
        {"max_elements": 2},
        {"groups": {"g": {"max": 1}}},
        {"groups": {"g": {"min": 1}}},
    ]
)
active = st.sampled_from([True, True, True, True, False])


@st.composite
def tariffs(draw: st.DrawFn) -> list[Resource]:
    """The entries of a small tariff."""
    made = [category(MOTOS, name="x", client_type="particular", active=draw(active))]
    for position, code in enumerate(ELEMENTS[: draw(st.integers(3, 5))]):
        above = {"parent": parent} if (parent := draw(some(st.sampled_from(ELEMENTS[:position] or [None])))) else {}
        inherits = draw(st.booleans())
        made.append(element(code, name=code, inherit_parent_data=inherits, active=draw(active), **above))
        if draw(st.booleans()):
            made.append(image(code, "foto", url="u", image_type=draw(st.sampled_from(["required_document", "step"]))))
    codes = [one.address.key[-1] for one in made if one.address.kind == "element"]
    for code in TIERS:
        least, most = draw(numbers), draw(numbers)
        limits = {"min_elements": least, "max_elements": most, "classification_rules": draw(rules)}
        made.append(tier(code, name=code, price=draw(prices), active=draw(active), **limits))
        for other in codes:
            if draw(st.booleans()):
                group = draw(some(st.just("g")))
                made.append(include(code, str(other), max_quantity=draw(numbers), group_name=group))
    for one, other in combinations(TIERS, 2):
        if draw(st.booleans()):
            made.append(include_tier(one, other))
    trigger: dict[str, Any] = {"trigger_conditions": draw(st.sampled_from([{}, {"element_keywords": ["b"]}]))}
    made += [warning("w1", message="x", **trigger), warning("w2", of_tier="T2", message="x")][: draw(st.integers(0, 2))]
    if draw(st.booleans()):
        made += [warning("w3", of="A", message="x"), link("A", "w3", show_condition="always")]
    return made


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[Resource], list[Resource]]:
    """A tariff, and the same after a few edits."""
    have, other = draw(tariffs()), {one.address: one for one in draw(tariffs())}
    choose = draw(st.sampled_from(["have", "many", "few"]))
    taken = st.sampled_from({"have": "h", "few": "hhhhhhhho-", "many": "hoo"}[choose])
    want = {one.address: one for one in have}
    for address in dict.fromkeys([*want, *other]):
        match draw(taken):
            case "o" if address in other:
                want[address] = other[address]
            case "-" if address in want:
                del want[address]
    return have, closed([one.address for one in have], want)


def closed(known: Iterable[Address], want: dict[Address, Resource]) -> list[Resource]:
    """The entries without those that refer to something which neither rows nor entries have."""
    there = {*known, *want}
    left = {
        address: one
        for address, one in want.items()
        if all(
            Address(ref.to, target) in there
            for ref in PACK.kind[address.kind].refs
            if isinstance(target := one.values.get(ref.name), tuple)
        )
    }
    return list(left.values()) if len(left) == len(want) else closed(known, left)


@settings(max_examples=150, deadline=None)
@given(edits())
def test_an_impact_is_what_brute_force_finds(edited: tuple[list[Resource], list[Resource]]) -> None:
    have, want = edited
    made_changes, before = changes(have, want), rows(have)
    made = impact(PACK, PROBES, made_changes, before)
    if made is None:
        assert not made_changes
        return
    expected = brute_force.expected(PACK, NAIVE, made_changes, before, 10**6)

    differences = expected.pop("differences")
    assert brute_force.told(made) == expected
    for one in (*made.top, *made.lost):
        name, said = brute_force.listed(one)
        assert differences[name] == said
    assert read(made.document()) == made
