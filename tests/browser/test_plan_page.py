"""The page of a plan in a browser: read, searched, and left in peace by hostile texts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from pipeline.model.resource import Origin
from pipeline.plan.change import Change, Plan
from pipeline.render.html import render
from tests.browser import accessibility
from tests.plan.small import item, label, plan, price, rule, shop, update
from tests.render.everything import with_everything
from tests.render.hostile import SAMPLES
from tests.render.impacts import impact

ORIGIN = Origin("small.toml")


def mixed() -> Plan:
    """A plan of a few changes of all actions, in three groups."""
    changes = (
        update("Colector antiguo", "Colector de admisión"),
        update(price(140), price(175), "price")._replace(cause="drift"),
        Change("create", rule("open").address, "manifest", (), {"text": "Abierto"}, True, ORIGIN, 3),
        Change("create", label("A", "ESCAPE").address, "manifest", (), {"name": "ESCAPE"}, True, ORIGIN, 9),
        Change("reactivate", item("B").address, "drift", (), {}, True, ORIGIN, 12),
        Change("deactivate", shop("south").address, "manifest", (), {}, False),
    )
    return replace(plan(*changes), impact=impact(top=3))


async def visit(page: Page, folder: Path, *plans: Plan) -> None:
    """Open the page of the plans."""
    path = folder / "plan.html"
    path.write_bytes(render(plans).encode())
    await page.goto(path.as_uri())


async def shown(page: Page) -> list[str]:
    """What the changes that can be seen are called."""
    found = page.locator("article:visible h5")
    return [" ".join(title.split()) for title in await found.all_inner_texts()]


@pytest.mark.parametrize("scheme", accessibility.SCHEMES)
@pytest.mark.parametrize("width", accessibility.WIDTHS)
async def test_everybody_can_read_it(page: Page, tmp_path: Path, scheme: accessibility.Scheme, width: int) -> None:
    await visit(page, tmp_path, mixed(), with_everything("Colector " * 30))

    assert await accessibility.faults(page, scheme, width) == []
    assert not await accessibility.overflows(page, width)


@pytest.mark.parametrize("text", SAMPLES)
async def test_hostile_texts_stay_text(page: Page, tmp_path: Path, text: str) -> None:
    await visit(page, tmp_path, with_everything(text))

    assert await page.locator("article").count() == 4
    assert await page.locator("article :is(script, img, svg, a, iframe, style, form)").count() == 0
    assert await page.locator("a:not([href^='#'])").count() == 0
    assert not await accessibility.overflows(page, 360)


async def test_a_script_that_got_in_would_not_run(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    hostile = "<script>document.title = 'run'</script><p onclick='document.title = 1' style='color: red'>text</p>"
    path.write_text(render([mixed()]).replace("<main>", f"<main>{hostile}"), encoding="utf-8")
    refused: list[str] = []
    page = await browser.new_page(offline=True)
    page.on("console", lambda message: refused.append(message.text))
    await page.goto(path.as_uri())

    assert await page.title() == "Plan for small"
    await page.close()
    assert len(refused) >= 2
    assert all("Content Security Policy" in said for said in refused)


async def test_filter(page: Page, tmp_path: Path) -> None:
    await visit(page, tmp_path, mixed())
    status = page.get_by_role("status")
    assert await status.inner_text() == "6 of 6 changes"

    await page.get_by_label("Action").select_option("create")
    assert await shown(page) == ["+ create open", "+ create A/ESCAPE"]
    assert await status.inner_text() == "2 of 6 changes"
    await page.get_by_label("Kind").select_option("label")
    assert await shown(page) == ["+ create A/ESCAPE"]
    assert await page.locator("h3:visible").all_inner_texts() == ["small · north"]
    assert await page.locator("h4:visible").all_inner_texts() == ["label"]
    await page.get_by_role("button", name="Show all").click()
    await page.get_by_text("6 of 6 changes").wait_for()
    await page.get_by_label("Category").select_option(label="small · south")
    assert await shown(page) == ["- deactivate south"]
    await page.get_by_role("button", name="Show all").click()
    await page.get_by_text("6 of 6 changes").wait_for()
    await page.get_by_label("Cause").select_option("drift")
    assert await shown(page) == ["~ update A", "^ reactivate B"]


async def test_search_without_accents(page: Page, tmp_path: Path) -> None:
    await visit(page, tmp_path, mixed())
    search = page.get_by_role("searchbox", name="Search")

    for words in ("admision", "ADMISIÓN colector", "admisio\u0301n"):
        await search.fill(words)
        assert await shown(page) == ["~ update A"], words
    await search.fill("small.toml:12")
    assert await shown(page) == ["^ reactivate B"]
    await search.fill("nothing of the kind")
    assert await shown(page) == []
    await search.press("Enter")
    assert await page.get_by_role("status").inner_text() == "0 of 6 changes"


async def test_the_keyboard_reaches_everything(page: Page, tmp_path: Path) -> None:
    await visit(page, tmp_path, mixed())
    reached = []
    for _ in range(12):
        await page.keyboard.press("Tab")
        reached.append(
            await page.evaluate("document.activeElement.name || document.activeElement.textContent.trim().slice(0, 20)")
        )

    wanted = ["Skip to the changes", "words", "action", "kind", "scope", "cause", "Show all", "small", "small · north"]
    assert [name for name in reached if name in wanted][: len(wanted)] == wanted
    await page.evaluate("document.activeElement.blur()")
    await page.locator(".skip").focus()
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "changes"


async def test_without_javascript_all_is_there(still_page: Page, tmp_path: Path) -> None:
    await visit(still_page, tmp_path, mixed())

    assert len(await shown(still_page)) == 6
    assert await still_page.locator("form").is_hidden()
    assert await still_page.locator("svg").count() == 2


async def test_on_paper_all_is_there_but_the_filter(page: Page, tmp_path: Path) -> None:
    await visit(page, tmp_path, mixed())
    await page.emulate_media(media="print", color_scheme="dark")

    assert len(await shown(page)) == 6
    assert await page.locator("form").is_hidden()
    assert len(await page.pdf()) > 10_000
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


async def test_thousands_of_changes_stay_usable(page: Page, tmp_path: Path) -> None:
    values = dict.fromkeys(("a", "b", "c", "d"), "Colector de admisión con homologación")
    changes = [
        Change("create", item(f"I{number:04}").address, "manifest", (), values, True, ORIGIN, number)
        if number % 2
        else update("Colector antiguo", f"Colector {number}")._replace(address=item(f"I{number:04}").address)
        for number in range(5_000)
    ]
    await visit(page, tmp_path, plan(*changes))
    assert (tmp_path / "plan.html").stat().st_size < 5_000_000

    before = await page.evaluate("performance.now()")
    await page.get_by_role("searchbox").fill("4998")
    assert await page.get_by_role("status").inner_text() == "1 of 5000 changes"
    assert await shown(page) == ["~ update I4998"]
    assert await page.evaluate("performance.now()") - before < 5_000
