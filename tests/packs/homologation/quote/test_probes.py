"""Probes: every small request, answered as a quote answers it, and which of them a change can touch."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.address import Address
from pipeline.model.probe import Answer
from pipeline.model.resource import Resource, State
from pipeline.packs.homologation import PACK
from pipeline.packs.homologation.quote import Item, Request, quote
from pipeline.packs.homologation.quote.probes import PROBES, answer, requests
from tests.builders import MOTOS, category, element, field, image, include, state, tier, warning
from tests.packs.homologation.quote.tariffs import ELEMENTS, resources, tariffs
from tests.packs.homologation.quote.tariffs import requests as any_request
from tests.packs.homologation.quote.test_quote import bundled, priced, small

EVERY = [(MOTOS, codes) for wide in (1, 2, 3) for codes in combinations(ELEMENTS, wide)]


def quoted(rows: State, codes: tuple[str, ...]) -> Answer:
    return answer(quote(rows, Request(MOTOS, tuple(map(Item, codes)))))


@given(tariffs())
def test_answers_are_those_of_quotes(rows: State) -> None:
    assert PROBES.answers(rows, EVERY) == [quoted(rows, codes) for _, codes in EVERY]


def test_answers_are_those_of_quotes_on_the_bundled_tariffs() -> None:
    rows = bundled()
    asked = [one for found in requests(rows, rows, 600) for one in found.requests]
    chosen: list[Any] = list(asked[::7])
    expected = [answer(quote(rows, Request(slug, tuple(map(Item, codes))))) for slug, codes in chosen]

    assert PROBES.answers(rows, asked)[::7] == expected
    assert {one.label for one in expected} >= {"T1", "T6", None}


@given(tariffs(), any_request)
def test_a_request_with_quantities_is_answered_too(rows: State, request: Request) -> None:
    assert PROBES.answers(rows, [request]) == [answer(quote(rows, request))]


@st.composite
def edits(draw: st.DrawFn) -> tuple[State, State, list[Address]]:
    """A tariff, the same with some rows of another in place of its own or gone, and what differs."""
    before, other = ({row.address: row for row in draw(resources())} for _ in range(2))
    chosen = draw(st.sets(st.sampled_from(sorted(before.keys() | other.keys(), key=str)), min_size=1, max_size=3))
    rows: dict[Address, Resource | None] = dict(before)
    rows |= {address: other.get(address) for address in chosen}
    after = [row for row in rows.values() if row]
    return state(*before.values()), state(*after), sorted(chosen, key=str)


@settings(max_examples=200)
@given(edits(), st.lists(any_request, max_size=3))
def test_what_is_not_touched_has_the_same_answer(edit: tuple[State, State, list[Address]], more: list[Request]) -> None:
    before, after, addresses = edit
    asked: list[Any] = [*EVERY, *more, Request(MOTOS, text="2 escape y muy rara luz")]
    test = PROBES.touched(before, after)(addresses)
    untouched = [one for one in asked if not test(one)]

    assert PROBES.answers(before, untouched) == PROBES.answers(after, untouched)


def touched(before: State, after: State, *rows: Resource) -> set[tuple[str, ...]]:
    test = PROBES.touched(before, after)([row.address for row in rows])
    return {codes for codes in (("ESCAPE",), ("FARO",), ("ESCAPE", "FARO")) if test((MOTOS, codes))}


def test_a_change_touches_no_more_than_it_must() -> None:
    with_escape, everything = {("ESCAPE",), ("ESCAPE", "FARO")}, {("ESCAPE",), ("FARO",), ("ESCAPE", "FARO")}
    for row, expected in [
        (include("T2", "ESCAPE", max_quantity=1), with_escape),
        (include("T2", "ESCAPE", notes="Nada."), set()),
        (element("ESCAPE", name="Escape", keywords=["tubo"]), with_escape),
        (element("ESCAPE", name="Escape", description="Tubo."), set()),
        (image("ESCAPE", "Vista", image_type="required_document"), with_escape),
        (field("ESCAPE", "marca"), set()),
        (warning("aviso", of="ESCAPE"), set()),
        (warning("aviso"), everything),
        (priced("T2", 25), everything),
        (priced("T2", 20, conditions="Siempre."), set()),
        (tier("T9", active=False), set()),
    ]:
        assert touched(small(), small(row), row) == expected, row


def test_a_variant_touches_its_base() -> None:
    variant = element("FARO", name="Faro", parent="ESCAPE")

    assert touched(small(), small(variant), variant) == {("ESCAPE",), ("FARO",), ("ESCAPE", "FARO")}


def test_requests_are_all_small_ones_of_elements_that_are_active_before_or_after() -> None:
    before = small(element("NUEVO", active=False), element("VIEJO"), element("NADA", active=False))
    after = small(element("NUEVO"), element("VIEJO", active=False), element("NADA", active=False))

    (found,) = requests(before, after, 100)
    codes = ("ESCAPE", "FARO", "NUEVO", "VIEJO")
    assert (found.scope, found.width, found.full) == (MOTOS, 3, 3)
    assert set(found.requests) == {(MOTOS, one) for wide in (1, 2, 3) for one in combinations(codes, wide)}
    assert len(found.requests) == 14
    assert {limit: requests(before, after, limit)[0].width for limit in (14, 13, 10, 9, 4, 3, 0)} == {
        14: 3,
        13: 2,
        10: 2,
        9: 1,
        4: 1,
        3: 0,
        0: 0,
    }


def test_a_category_that_only_one_state_knows_has_no_requests() -> None:
    assert requests(state(), small(), 100) == []
    assert requests(small(), small(category(active=False)), 100)[0].scope == MOTOS
    assert requests(small(category(active=False)), small(category(active=False)), 100) == []
    assert PROBES.answers(small(category(active=False)), [(MOTOS, ("ESCAPE",))]) == [
        Answer(None, None, (frozenset(), frozenset()))
    ]


def test_requests_are_named_for_people() -> None:
    assert PROBES.name((MOTOS, ("ESCAPE", "FARO"))) == "ESCAPE + FARO"
    assert PROBES.name(Request(MOTOS, (Item("ESCAPE"), Item("FARO", 2)), "y luces")) == 'ESCAPE + FARO=2 + "y luces"'
    assert PROBES.scope((MOTOS, ("ESCAPE",))) == MOTOS


def test_the_pack_offers_them() -> None:
    assert PACK.probes
    assert PACK.probes() is PROBES
