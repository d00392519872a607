"""The form for quotes: in the browser it gives what the engine gives, in all of the answer."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.async_api import Page

from pipeline.packs.homologation.quote import Tariff, quoted
from pipeline.packs.homologation.quote.words import normalised
from pipeline.packs.homologation.site.tariff import tariff_data
from tests.browser import sites
from tests.browser.requests import expected, random_requests, sent
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
    answers = await page.evaluate(ASK, [None, [sent(request) for request in requests]])
    wanted = [expected(quoted(tariff, request)) for request in requests]
    for request, answer, right in zip(requests, answers, wanted, strict=True):
        assert answer == right, request
    # and they are about something
    assert len({json.dumps(one["offer"]) for one in wanted}) > 4
    for part in ("questions", "unknown", "refusals", "others", "warnings", "understood", "left"):
        assert sum(bool(one[part]) for one in wanted) > 10, part


async def test_random_tariffs(page: Page, site: Path) -> None:
    drawn: list[tuple[dict[str, Any], list[Any], list[Any]]] = []

    @settings(max_examples=60, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(tariffs(), st.integers(0, 2**32))
    def draw(state: Any, seed: int) -> None:
        tariff = Tariff.of(state, "motos-part")
        requests = random_requests(tariff, 20, seed) if tariff.elements else []
        data = json.loads(json.dumps(tariff_data(state, "motos-part")))
        drawn.append((data, [sent(one) for one in requests], [expected(quoted(tariff, one)) for one in requests]))

    draw()
    assert len(drawn) >= 60
    await page.goto((site / "motos-part" / "quote.html").as_uri())
    for data, requests, wanted in drawn:
        answers = await page.evaluate(ASK, [data, requests])
        for request, answer, right in zip(requests, answers, wanted, strict=True):
            assert answer == right, (request, data)


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
