"""Random small tariffs with all that decides a quote, and requests to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from pipeline.model.resource import Resource, State
from pipeline.packs.homologation.quote import Item, Request
from tests.builders import (
    MOTOS,
    category,
    document,
    element,
    field,
    image,
    include,
    include_tier,
    link,
    service,
    state,
    tier,
    warning,
)
from tests.strategies import booleans

ELEMENTS = ("ESCAPE", "FARO", "LUCES", "MANILLAR", "SUSPENSION")
TIERS = ("T1", "T2", "T3")
GROUPS = ("base", "proyecto")
WARNINGS = ("aviso", "grave", "nota")
WORDS = ("escape", "luz", "Línea", "muy rara")

numbers = st.none() | st.integers(0, 3)
maybe = st.sampled_from((True, True, True, False))


@st.composite
def _tier(draw: st.DrawFn, code: str) -> Resource:
    rules: dict[str, Any] = {}
    if draw(booleans):
        rules["groups"] = {
            name: draw(st.fixed_dictionaries({}, optional={"min": st.integers(0, 2), "max": st.integers(0, 2)}))
            for name in draw(st.sets(st.sampled_from(GROUPS)))
        }
    if draw(st.integers(0, 5)) == 0:
        rules["must_include"] = [draw(st.sampled_from(ELEMENTS))]
    if draw(st.integers(0, 5)) == 0:
        rules["max_elements"] = draw(st.integers(1, 3))
    given: dict[str, Any] = {"price": Decimal(draw(st.sampled_from((10, 20, 20, 30))))}
    declared = draw(booleans)
    if rules or declared:
        given["classification_rules"] = rules
    limits: dict[str, st.SearchStrategy[Any]] = {
        "min_elements": numbers,
        "max_elements": numbers,
        "sort_order": st.integers(0, 1),
    }
    given |= draw(st.fixed_dictionaries({}, optional=limits))
    return tier(code, active=draw(maybe), name=code.lower(), **given)


@st.composite
def _element(draw: st.DrawFn, code: str, above: tuple[str, ...]) -> Resource:
    given: dict[str, Any] = {"name": code.capitalize()}
    if above and draw(st.integers(0, 2)) == 0:
        given["parent"] = draw(st.sampled_from(above))
    texts = st.lists(st.sampled_from(WORDS), max_size=2, unique=True)
    optional: dict[str, st.SearchStrategy[Any]] = {
        "inherit_parent_data": booleans,
        "keywords": texts,
        "aliases": texts,
        "multi_select_keywords": st.just(["las dos"]),
    }
    return element(code, active=draw(maybe), **given, **draw(st.fixed_dictionaries({}, optional=optional)))


@st.composite
def _inclusions(draw: st.DrawFn) -> list[Resource]:
    found = []
    limits: dict[str, st.SearchStrategy[Any]] = {
        "min_quantity": numbers,
        "max_quantity": numbers,
        "group_name": st.sampled_from(GROUPS),
    }
    for position, code in enumerate(TIERS):
        for of in ELEMENTS:
            if draw(maybe):
                given = draw(st.fixed_dictionaries({}, optional=limits)) if draw(booleans) else {}
                found.append(include(code, of, active=draw(maybe), **given))
        found += [include_tier(code, other) for other in TIERS[position + 1 :] if draw(st.integers(0, 3)) == 0]
    return found


@st.composite
def _warnings(draw: st.DrawFn) -> list[Resource]:
    found = []
    for code in WARNINGS:
        given: dict[str, Any] = {"severity": draw(st.sampled_from(("info", "warning", "error"))), "message": code}
        if draw(booleans):
            given["trigger_conditions"] = draw(
                st.fixed_dictionaries(
                    {}, optional={"element_keywords": st.lists(st.sampled_from(WORDS)), "always_show": booleans}
                )
            )
        active = draw(maybe)
        place = draw(st.integers(0, 3))
        if place == 0:
            found.append(warning(code, active=active, **given))
        elif place == 1:
            found.append(warning(code, of_tier=draw(st.sampled_from(TIERS)), active=active, **given))
        else:
            of = draw(st.sampled_from(ELEMENTS))
            shown: dict[str, st.SearchStrategy[Any]] = {
                "show_condition": st.sampled_from(("always", "on_exceed_max", "on_below_min")),
                "threshold_quantity": numbers,
            }
            found.append(warning(code, of=of, active=active, **given))
            found.append(link(of, code, active=draw(maybe), **draw(st.fixed_dictionaries({}, optional=shown))))
    return found


@st.composite
def resources(draw: st.DrawFn) -> list[Resource]:
    """The rows of a whole small tariff; each may be retired, and many fields are not declared."""
    found = [category(MOTOS)]
    found += [draw(_tier(code)) for code in TIERS]
    found += [draw(_element(code, ELEMENTS[:position])) for position, code in enumerate(ELEMENTS)]
    found += draw(_inclusions())
    found += draw(_warnings())
    for of in draw(st.sets(st.sampled_from(ELEMENTS))):
        kinds = st.sampled_from(("required_document", "example"))
        found.append(image(of, "Vista", active=draw(maybe), image_type=draw(kinds)))
        found.append(field(of, "marca", active=draw(maybe), label="Marca"))
    found += [document("ficha", active=draw(maybe), title="Ficha"), service("urgencia", active=draw(maybe))]
    return found


def tariffs() -> st.SearchStrategy[State]:
    """States that hold one random category."""
    return resources().map(lambda found: state(*found))


items = st.builds(Item, st.sampled_from(ELEMENTS), st.integers(1, 3))
requests = st.builds(lambda found: Request(MOTOS, tuple(found)), st.lists(items, min_size=1, max_size=4))
