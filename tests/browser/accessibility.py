"""What axe-core finds wrong with a page for people who cannot see it, or not well, or who use no mouse."""

from __future__ import annotations

from typing import Literal, TypeAlias

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

Scheme: TypeAlias = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTHS = (360, 1280)
"""A phone and a desk, in CSS pixels."""
GRAVE = ("serious", "critical")


async def faults(page: Page, scheme: Scheme, width: int) -> list[str]:
    """The serious and critical faults of the page as it stands, in these colours and at this width."""
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": width, "height": 800})
    found = (await Axe().run(page, options={"preload": False})).response["violations"]
    return [
        f"{fault['id']}: {fault['help']} ({fault['impact']}) at {node['target']}"
        for fault in found
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


async def overflows(page: Page, width: int) -> bool:
    """Whether the page as a whole has to be moved sideways at this width."""
    await page.set_viewport_size({"width": width, "height": 800})
    return bool(await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
