"""Words of customers: which elements they mean, what has to be asked, and what means nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.resource import State
from pipeline.packs.homologation.quote import Quote
from pipeline.packs.homologation.quote.words import normalised
from tests.builders import category, element, include, state, tier
from tests.packs.homologation.quote.test_quote import ask


def rows() -> State:
    """Bases with variants, one of which has a variant of its own, and words that are shared."""
    elements = [
        element("ESCAPE", name="Escape / Línea completa", keywords=["tubo"], aliases=["Silenciador"]),
        element("TUBO_FRENO", name="Latiguillo", keywords=["tubo de freno", "goma"]),
        element("JUNTA", name="Junta", keywords=["goma"]),
        element(
            "BOLA", name="Bola", keywords=["enganche"], question_hint="¿Con más masa?", multi_select_keywords=["ambas"]
        ),
        element("BOLA_SIN", name="Bola sin", parent="BOLA", keywords=["enganche", "bola normal"]),
        element("BRAZO", name="Brazo", parent="BOLA_SIN", keywords=["brazo"]),
        element("BOLA_CON", name="Bola con", parent="BOLA", keywords=["bola grande"]),
        element("LUCES", name="Luces", multi_select_keywords=["ambas", "todas las luces"]),
        element("FARO", name="Faro", parent="LUCES"),
        element("VIEJO", name="Viejo", active=False),
    ]
    codes = [one.address.key[1] for one in elements]
    return state(category(), tier("T1", price=10), *elements, *(include("T1", str(code)) for code in codes))


def said(text: str, *items: str) -> Quote:
    return ask(rows(), *items, text=text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Línea  COMPLETA (¡ya!)", ("linea", "completa", "ya")),
        ("ﬁltro ½ nº5", ("filtro", "1", "2", "no5")),
        ("Straße e\u0301", ("strasse", "e")),
        ("…", ()),
    ],
)
def test_words_as_they_compare(text: str, words: tuple[str, ...]) -> None:
    assert normalised(text) == words


@given(st.text())
def test_words_compare_as_themselves(text: str) -> None:
    assert normalised(" ".join(normalised(text))) == normalised(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cambio de ESCAPE", {"ESCAPE": 1}),
        ("línea completa", {"ESCAPE": 1}),
        ("un silenciador", {"ESCAPE": 1}),
        ("tubo freno", {"TUBO_FRENO": 1}),
        ("tubo de freno", {"TUBO_FRENO": 1}),
        ("tubo, freno", {"TUBO_FRENO": 1}),
        ("tubo y tubo de freno", {"ESCAPE": 1, "TUBO_FRENO": 1}),
        ("2 escape y 3 brazo", {"ESCAPE": 2, "BRAZO": 3}),
        ("2 escape, 3 escape y escape", {"ESCAPE": 3}),
        ("0 escape", {"ESCAPE": 1}),
        ("12345 escape", {"ESCAPE": 1}),
        ("bola y bola normal", {"BOLA_SIN": 1}),
        ("bola y brazo", {"BRAZO": 1}),
        ("bola normal y brazo", {"BOLA_SIN": 1, "BRAZO": 1}),
        ("bola, ambas", {"BOLA_SIN": 1, "BOLA_CON": 1}),
        ("2 bola, ambas", {"BOLA_SIN": 2, "BOLA_CON": 2}),
        ("bola grande, ambas", {"BOLA_SIN": 1, "BOLA_CON": 1}),
        ("todas las luces", {"FARO": 1}),
    ],
)
def test_what_a_text_means(text: str, expected: dict[str, int]) -> None:
    found = said(text)

    assert (dict(found.items), found.questions, found.unknown) == (expected, (), ())


def test_a_base_is_asked_for_and_so_is_a_word_of_base_and_variant() -> None:
    for text in ("la bola", "un enganche"):
        (question,) = said(text).questions
        assert question == ("BOLA", "¿Con más masa?", ("BOLA_CON", "BOLA_SIN"))
    assert said("la bola").offer is None


def test_a_word_of_several_elements_is_not_guessed() -> None:
    found = said("escape y goma")

    assert found.offer is None
    assert [(one.word, one.candidates) for one in found.questions] == [("goma", ("JUNTA", "TUBO_FRENO"))]


def test_a_word_for_all_variants_means_nothing_by_itself() -> None:
    found = said("ambas")

    assert (found.questions, [one.word for one in found.unknown]) == ((), ["ambas"])
    assert said("escape y ambas").left == ("ambas",)


def test_unknown_words_count_only_where_nothing_is_recognised() -> None:
    assert [one.word for one in said("hola, tengo un escap").unknown] == ["escap"]
    assert said("hola, tengo un escap").unknown[0].near == ("ESCAPE",)
    found = said("escape turbo")
    assert (found.unknown, found.left) == ((), ("turbo",))
    assert found.offer


def test_an_item_is_a_code_or_a_whole_phrase() -> None:
    assert dict(said("", "ESCAPE", "Línea Completa=2", "tubo de freno").items) == {"ESCAPE": 3, "TUBO_FRENO": 1}
    assert [one.word for one in said("", "escape turbo").unknown] == ["escape turbo"]
    assert said("", "VIEJO").unknown[0].retired


def test_a_base_that_is_named_stays_a_question_beside_its_variant() -> None:
    assert [one.word for one in said("", "BOLA", "BOLA_SIN").questions] == ["BOLA"]
    assert dict(said("ambas", "BOLA=2").items) == {"BOLA_CON": 2, "BOLA_SIN": 2}


def test_which_words_gave_what() -> None:
    assert said("bola normal y 2 tubo").understood == (("bola normal", ("BOLA_SIN",)), ("tubo", ("ESCAPE",)))
