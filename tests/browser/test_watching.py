"""The browser's fixtures themselves: that they see what must fail a test."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.browser import accessibility
from tests.browser.conftest import _watched

GOOD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>T</title><main><h1>Heading</h1></main></html>'


def written(folder: Path, content: str) -> str:
    """The address of a page with this content."""
    path = folder / "page.html"
    path.write_text(content, encoding="utf-8")
    return path.as_uri()


async def test_a_page_from_a_file_is_shown(page: Page, tmp_path: Path) -> None:
    await page.goto(written(tmp_path, GOOD))

    assert await page.inner_text("h1") == "Heading"
    assert await accessibility.faults(page, "dark", 360) == []
    assert not await accessibility.overflows(page, 360)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("<img src='https://example.org/x.png'>", "request to https://example.org/x.png"),
        ("<script>fetch('http://127.0.0.1:1/x').catch(() => {})</script>", "request to http://127.0.0.1:1/x"),
        ("<script>console.error('broken')</script>", "console: broken"),
        ("<script>throw new Error('thrown')</script>", "thrown"),
        ("<script>alert('hostile')</script>", "dialog: hostile"),
        ("<script>new WebSocket('ws://127.0.0.1:1/x')</script>", "web socket to ws://127.0.0.1:1/x"),
    ],
)
async def test_what_must_not_happen_fails(browser: Browser, tmp_path: Path, content: str, fault: str) -> None:
    async def visit() -> None:
        async with _watched(browser) as page:
            await page.goto(written(tmp_path, GOOD + content))
            await page.wait_for_load_state("networkidle")

    with pytest.raises(AssertionError, match=fault):
        await visit()


async def test_scripts_can_be_off(still_page: Page, tmp_path: Path) -> None:
    await still_page.goto(written(tmp_path, GOOD + "<script>document.title = 'changed'</script>"))

    assert await still_page.title() == "T"


async def test_a_grave_fault_is_found(page: Page, tmp_path: Path) -> None:
    await page.goto(written(tmp_path, GOOD + "<p style='color:#777;background:#888'>unreadable</p><img src='data:,'>"))

    found = await accessibility.faults(page, "light", 1280)
    assert {fault.split(":")[0] for fault in found} == {"color-contrast", "image-alt"}


async def test_what_is_too_wide_is_found(page: Page, tmp_path: Path) -> None:
    await page.goto(written(tmp_path, GOOD + "<p style='width:500px'>wide</p>"))

    assert await accessibility.overflows(page, 360)
    assert not await accessibility.overflows(page, 1280)
