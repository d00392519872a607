"""The form for quotes: in the browser it gives what the engine gives, in all of the answer."""

from __future__ import annotations

import json
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.async_api import Page

from pipeline.model.resource import State
from pipeline.packs.homologation.quote import Item, Request, Tariff, quoted
from pipeline.packs.homologation.quote.words import normalised
from pipeline.packs.homologation.site.tariff import tariff_data
from tests.browser import sites
from tests.browser.requests import expected, random_requests, sent
from tests.builders import category, element, field, image, include, link, state, tier, warning
from tests.packs.homologation.quote.tariffs import tariffs

ASK = """([data, requests]) => {
    const tariff = Quote.tariff(data ?? JSON.parse(document.getElementById("tariff").textContent));
    return requests.map((request) => Quote.answer(tariff, request));
}"""
CATEGORIES = ("aseicars-prof", "motos-part")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the bundled catalogues."""
    return sites.write(tmp_path_factory.mktemp("site"), sites.bundled_files(sites.bundled()))


@pytest.fixture(scope="module")
def bundled_tariffs() -> dict[str, Tariff]:
    """The bundled tariffs."""
    state = sites.bundled().desired["homologation"].state
    return {category: Tariff.of(state, category) for category in CATEGORIES}


@pytest.mark.parametrize("category", CATEGORIES)
async def test_500_random_requests(page: Page, site: Path, bundled_tariffs: dict[str, Tariff], category: str) -> None:
    await page.goto((site / category / "quote.html").as_uri())
    tariff = bundled_tariffs[category]
    requests = random_requests(tariff, 500, seed=1)
    answers = await page.evaluate(ASK, (None, [sent(request) for request in requests]))
    wanted = [expected(quoted(tariff, request)) for request in requests]
    for request, answer, right in zip(requests, answers, wanted, strict=True):
        assert answer == right, request
    # and they are about something
    assert len({json.dumps(one["offer"]) for one in wanted}) > 4
    for part in ("questions", "unknown", "refusals", "others", "warnings", "understood", "left"):
        assert sum(bool(one[part]) for one in wanted) > 10, part


async def test_random_tariffs(page: Page, site: Path) -> None:
    drawn: list[tuple[Any, list[Any]]] = []
    wanted: list[list[Any]] = []

    @settings(max_examples=150, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(tariffs(), st.integers(0, 2**32))
    def draw(state: Any, seed: int) -> None:
        tariff = Tariff.of(state, "motos-part")
        requests = random_requests(tariff, 20, seed) if tariff.elements else []
        drawn.append((tariff_data(state, "motos-part"), [sent(one) for one in requests]))
        wanted.append([expected(quoted(tariff, one)) for one in requests])

    draw()
    offers = [bool(one["offer"]) for answers in wanted for one in answers]
    assert len(offers) > 2000
    assert sum(offers) > 300
    await page.goto((site / "motos-part" / "quote.html").as_uri())
    found = await page.evaluate(f"(all) => all.map({ASK})", drawn)
    for (data, requests), answers, right in zip(drawn, found, wanted, strict=True):
        for request, answer, one in zip(requests, answers, right, strict=True):
            assert answer == one, (request, data)


def rare() -> State:
    """What random tariffs seldom have: all that depends on limits, on inheriting, and on both."""
    shown = [("mas", "on_exceed_max", 2), ("menos", "on_below_min", 2), ("max", "on_exceed_max", None)]
    shown += [("min", "on_below_min", None), ("siempre", "always", None)]
    return state(
        category(),
        tier("T1", price=Decimal("20.00"), name="Todo", sort_order=1),
        tier("T2", price=Decimal("20.00"), name="Poco", sort_order=1, min_elements=2, max_elements=3),
        element("LUCES", name="Luces", question_hint="¿Cuál?"),
        element("FARO", name="Faro", parent="LUCES", inherit_parent_data=True),
        element("LED", name="Led / Luz", parent="FARO", inherit_parent_data=True, sort_order=-1),
        field("LUCES", "marca", label="Marca de la luz"),
        field(
            "LUCES", "tipo", label="Tipo", condition_field="marca", condition_operator="not_equals", condition_value="x"
        ),
        field("FARO", "marca", label="Marca del faro", field_type="select", options=["a", "b"]),
        field("FARO", "nota", label="Nota", condition_field="marca", condition_operator="exists", is_required=False),
        image("LUCES", "Vista", url="/images/x.png", image_type="required_document", user_instruction="Foto"),
        image("FARO", "Vista", image_type="step", status="active"),
        *(warning(code, of="LUCES", message=code) for code, _, _ in shown),
        *(link("LUCES", code, show_condition=when, threshold_quantity=limit) for code, when, limit in shown),
        *(include("T1", code) for code in ("FARO", "LED")),
        *(include("T2", code, min_quantity=1, max_quantity=3, group_name="g") for code in ("FARO", "LED")),
    )


async def test_what_random_tariffs_seldom_have(page: Page, site: Path) -> None:
    tariff = Tariff.of(rare(), "motos-part")
    numbers = range(1, 5)
    requests = [Request("motos-part", (Item(code, number),)) for code in ("FARO", "LED", "LUCES") for number in numbers]
    requests += [Request("motos-part", (Item("FARO", one), Item("LED", two))) for one in numbers for two in numbers]
    wanted = [expected(quoted(tariff, request)) for request in requests]
    assert {code["code"] for one in wanted for code in one["warnings"]} == {"mas", "menos", "siempre"}
    await page.goto((site / "motos-part" / "quote.html").as_uri())
    asked = [tariff_data(rare(), "motos-part"), [sent(request) for request in requests]]
    for request, answer, right in zip(requests, await page.evaluate(ASK, asked), wanted, strict=True):
        assert answer == right, request


async def test_every_character_compares_alike(page: Page, site: Path) -> None:
    """Of the characters that this Python knows: a browser may know newer ones."""
    known = [char for char in map(chr, range(1, 0x110000)) if unicodedata.category(char) not in ("Cn", "Cs", "Co")]
    await page.goto((site / "motos-part" / "quote.html").as_uri())
    found = await page.evaluate("chars => chars.map((char) => Quote.normal(char))", known)
    apart = [
        f"U+{ord(char):04X} {' '.join(normalised(char))!r} {form!r}"
        for char, form in zip(known, found, strict=True)
        if " ".join(normalised(char)) != form
    ]
    assert not apart, apart[:20]
