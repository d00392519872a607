"""How many of each element a request comes to."""

from __future__ import annotations

from pipeline.packs.homologation.quote import Item, Request, Tariff
from pipeline.packs.homologation.quote.asked import asked
from tests.builders import MOTOS, category, element, state


def counted(request: Request) -> dict[str, int]:
    """The quantities of a request to a small tariff."""
    rows = [
        category(),
        element("LUCES", name="Luces", multi_select_keywords=["todas"]),
        element("FARO", name="Faro", parent="LUCES", multi_select_keywords=["los dos faros"]),
        element("FARO_LED", name="Faro led", parent="FARO"),
    ]
    return asked(Tariff.of(state(*rows), MOTOS), request).quantities


def test_the_text_repeats_what_was_asked_for_by_the_same_word() -> None:
    assert counted(Request(MOTOS, (Item("Faro", 2),), "2 faro")) == {"FARO": 2}
    assert counted(Request(MOTOS, (Item("Faro", 2),), "3 faro")) == {"FARO": 3}


def test_items_of_the_same_word_add_up() -> None:
    assert counted(Request(MOTOS, (Item("Faro", 2), Item("Faro", 2)))) == {"FARO": 4}


def test_all_variants_of_bases_within_each_other() -> None:
    request = Request(MOTOS, (Item("LUCES", 3),), "todas y los dos faros")
    assert counted(request) == {"FARO": 3, "FARO_LED": 3}
