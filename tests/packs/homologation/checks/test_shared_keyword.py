"""Words that lead to two elements."""

from __future__ import annotations

from pipeline.packs.homologation.checks.shared_keyword import RULE
from tests.builders import check, element, messages


def test_a_word_of_two_elements_whatever_its_case_and_accents() -> None:
    (found,) = check(
        RULE, element("A", keywords=["otra", "Línea  completa"]), element("B", keywords=["x", "LINEA COMPLETA"])
    )

    assert found.origin.path == ("elements", 1, "keywords", 1)
    assert [origin.path for origin in found.also] == [("elements", 0, "keywords")]
    assert found.message == (
        '"LINEA COMPLETA" is a keyword of element motos-part/A and element motos-part/B: '
        "a customer's word should lead to one element"
    )


def test_all_words_that_the_same_elements_share_are_one_finding() -> None:
    rows = [element(code, keywords=["faro", "luz"]) for code in ("A", "B", "C")]
    (found,) = check(RULE, *rows)

    assert found.message.startswith('"faro" and "luz" are keywords of element motos-part/A, element motos-part/B and')
    assert [origin.path[1] for origin in found.also] == [0, 2]


def test_a_base_may_share_words_with_all_below_it() -> None:
    assert not check(
        RULE,
        element("DEL", parent="INTERMITENTES", keywords=["luces"]),
        element("TRAS", parent="INTERMITENTES", keywords=["luces"]),
        element("INTERMITENTES", parent="LUCES", keywords=[]),
        element("LUCES", keywords=["luces"]),
    )


def test_variants_that_share_a_word_without_their_base() -> None:
    rows = [element("V", parent="B", keywords=["luz"]), element("W", parent="B", keywords=["luz"]), element("B")]

    assert len(messages(RULE, *rows)) == 1


def test_what_is_retired_of_another_category_or_said_twice_by_one_element() -> None:
    assert not check(
        RULE,
        element("A", keywords=["faro", "FARO"]),
        element("B", keywords=["faro"], active=False),
        element("C", keywords=["faro"], within="otra"),
        element("D", keywords=["faros"]),
        element("E"),
    )


def test_parents_in_a_circle_end() -> None:
    rows = [element("A", parent="B", keywords=["x"]), element("B", parent="A", keywords=["y"])]

    assert len(messages(RULE, *rows, element("C", parent="A", keywords=["z"]), element("D", keywords=["z"]))) == 1
