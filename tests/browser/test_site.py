"""The site in a browser: on paper for everybody, and dangerous for nobody."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser import accessibility, sites
from tests.browser.hostile import HOSTILE, TEXTS, catalogue

SHOWN = (
    "index.html",
    "index.html?q=escalon",
    "aseicars-prof/index.html",
    "motos-part/ESCAPE.html",
    "aseicars-prof/TOLDO_GALIBO.html",
    "motos-part/quote.html",
)


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the bundled catalogues, with links to the lines of files."""
    made = sites.bundled_files(sites.bundled(), "https://git.example/org/repository/blob/main")
    return sites.write(tmp_path_factory.mktemp("bundled"), made)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site in which every text wants to be more than text."""
    return sites.write(tmp_path_factory.mktemp("hostile"), sites.of_resources(*catalogue()))


def address(site: Path, name: str) -> str:
    path, mark, question = name.partition("?")
    return (site / path).as_uri() + mark + question


@pytest.mark.parametrize("name", SHOWN)
async def test_no_page_has_a_grave_fault(page: Page, bundled: Path, name: str) -> None:
    await page.goto(address(bundled, name))
    if name.endswith("quote.html"):
        await page.fill("#text", "2 escapes y manillar")
        await page.fill("#n-ESCAPE", "1")
        await page.fill("#n-SUSPENSION", "1")
    for scheme, width in zip(accessibility.SCHEMES, accessibility.WIDTHS, strict=True):
        assert await accessibility.faults(page, scheme, width) == []
        assert not await accessibility.overflows(page, width)


async def test_every_page_opens_without_a_fault_or_a_request(page: Page, bundled: Path) -> None:
    for name in sites.pages(bundled):
        await page.goto(address(bundled, name))
        assert await page.locator("h1").count() == 1, name
        levels = await page.eval_on_selector_all("h1,h2,h3,h4", "found => found.map((one) => Number(one.tagName[1]))")
        assert all(below - above <= 1 for above, below in pairwise(levels)), (name, levels)
        assert await page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == (
            await page.locator("[id]").count()
        ), name


async def test_links_lead_somewhere(page: Page, bundled: Path) -> None:
    for name in ("index.html", "motos-part/index.html", "aseicars-prof/index.html", "aseicars-prof/TOLDO_GALIBO.html"):
        await page.goto(address(bundled, name))
        links = await page.eval_on_selector_all("a[href]", "found => found.map((one) => one.getAttribute('href'))")
        entries = await page.evaluate(
            "document.getElementById('entries') ? JSON.parse(document.getElementById('entries').textContent) : []"
        )
        for link in {*links, *(entry[2] for entry in entries)}:
            if link.startswith("https:"):
                continue
            path, _, anchor = link.partition("#")
            target = (bundled / name).parent / path if path else bundled / name
            assert target.is_file(), (name, link)
            if anchor:
                assert f'id="{anchor}"' in target.read_text("utf-8"), (name, link)


async def test_search_knows_neither_accents_nor_case(page: Page, bundled: Path) -> None:
    await page.goto(address(bundled, "index.html"))
    await page.fill("#q", "ESCALON electrico")
    await expect(page.locator("#found a").first).to_have_text("Escalón eléctrico")
    await expect(page.locator("#count")).to_contain_text("found")
    await page.fill("#q", "xyzzy")
    await expect(page.locator("#count")).to_have_text("Nothing found.")
    await expect(page.locator("#found li")).to_have_count(0)


async def test_other_pages_ask_the_index(page: Page, bundled: Path) -> None:
    await page.goto(address(bundled, "motos-part/ESCAPE.html"))
    await page.fill("[type=search]", "silenciador")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/index.html?q=silenciador")
    await expect(page.locator("#found a").first).to_be_visible()
    await page.locator("#found a", has_text="Escape / Sistema de escape").first.click()
    await expect(page.locator("h1")).to_have_text("Escape / Sistema de escape")


async def test_a_quote_by_keyboard_alone(page: Page, bundled: Path) -> None:
    await page.goto(address(bundled, "motos-part/quote.html"))
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    for _ in range(20):
        if await page.evaluate("document.activeElement.id") == "text":
            break
        await page.keyboard.press("Tab")
    await page.keyboard.type("cambio de suspension")
    await expect(page.locator("#answer")).to_contain_text("There is no price yet.")
    await page.locator("#answer button").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#n-SUSPENSION_DEL")).to_be_focused()
    await expect(page.locator("#answer .price-tag")).to_have_text("280.00 €")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("#answer")).to_contain_text("2 × SUSPENSION_DEL")


async def test_a_quote_shows_what_belongs_to_it(page: Page, bundled: Path) -> None:
    await page.goto(address(bundled, "motos-part/quote.html"))
    await page.fill("#n-SUBCHASIS", "1")
    answer = page.locator("#answer")
    await expect(answer).to_contain_text("T1 Proyecto Completo")
    await expect(answer).to_contain_text("needs a project")
    await expect(answer.locator(".price-tag")).to_have_text("410.00 €")
    for part in ("Asked for", "Warnings", "Documents", "Fields to fill in", "Services on offer"):
        await expect(answer.locator("h3", has_text=part)).to_be_visible()
    await expect(answer).to_contain_text("T6: it does not include SUBCHASIS")
    await page.fill("#filter", "manill")
    assert await page.locator("#pick li:visible").count() < 8
    await page.click("button[type=reset]")
    await expect(answer).to_contain_text("Pick elements")


async def test_the_pages_hold_without_scripts(still_page: Page, bundled: Path) -> None:
    await still_page.goto(address(bundled, "motos-part/index.html"))
    await expect(still_page.locator("#matrix + p + .scroll table")).to_be_visible()
    await still_page.goto(address(bundled, "motos-part/quote.html"))
    await expect(still_page.locator("noscript p")).to_contain_text("not without JavaScript")


async def test_hostile_texts_stay_text(page: Page, hostile: Path) -> None:
    """Whatever stands in a field is on the page as it is, and nothing of it became part of the page."""
    for name in sites.pages(hostile):
        await page.goto(address(hostile, name))
        assert await page.evaluate("window.hacked") is None
        assert await page.locator("script:not([src]):not([type='application/json']), img, iframe, b.evil").count() == 0
        assert not await page.evaluate(
            "[...document.querySelectorAll('*')].some((e) => [...e.attributes].some((a) => a.name.startsWith('on')))"
        )
        assert await page.locator("a[href^='javascript' i], a[href^='data' i]").count() == 0
    await page.goto(address(hostile, "motos-part/ESCAPE.html"))
    body = await page.evaluate("document.body.textContent")
    for number, text in enumerate(TEXTS):
        assert text in body, number


TAGS = "(at) => [...new Set([...document.querySelectorAll(`${at} *`)].map((one) => one.tagName))]"
"""The tags of all within a part of the page."""


async def test_hostile_texts_in_answers_stay_text(page: Page, hostile: Path) -> None:
    await page.goto(address(hostile, "motos-part/quote.html"))
    await page.fill("#n-ESCAPE", "1")
    said = await page.locator("#answer").evaluate("(found) => found.textContent")
    assert set(await page.evaluate(TAGS, "#answer")) <= {"BDI", "BR", "CODE", "DIV", "H3", "LI", "P", "SPAN", "UL"}
    assert said.count(HOSTILE) >= 6
    await page.fill("#n-ESCAPE", "")
    await page.fill("#text", HOSTILE)
    await expect(page.locator("#answer button")).to_have_count(1)
    await page.fill("#text", "<img src=x onerror=alert(1)>")
    await expect(page.locator("#answer")).to_contain_text("“img”")
    await page.goto(address(hostile, "index.html"))
    await page.fill("#q", "alert")
    await expect(page.locator("#found a").first).to_be_visible()
    assert set(await page.evaluate(TAGS, "#found")) == {"A", "BDI", "LI", "P"}
    assert HOSTILE[:50] in await page.locator("#found").evaluate("(found) => found.textContent")


TURNED = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const text = walker.currentNode;
        if (!text.data.includes("\u202e") || text.parentElement.closest("script")) continue;
        let around = text.parentElement;
        const ends = (one) => getComputedStyle(one).unicodeBidi === "isolate" || one instanceof SVGTextElement;
        while (!ends(around)) around = around.parentElement;
        if (around.textContent.trim() !== text.data.trim()) found.push(around.outerHTML.slice(0, 200));
    }
    return found;
}"""
"""Where text that runs from right to left is not alone in its own isolate."""


async def test_text_that_runs_the_other_way_ends_where_it_stands(page: Page, hostile: Path) -> None:
    for name in sites.pages(hostile):
        await page.goto(address(hostile, name))
        if name.endswith("quote.html"):
            await page.fill("#n-ESCAPE", "1")
        assert await page.evaluate(TURNED) == [], name
