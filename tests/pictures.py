"""Pictures for the pages of documentation, of what a page's commands have just written.

`<!-- picture: NAME -->` in a page means the picture NAME, described here, as things stand at that place. `make docs`
takes them anew. Tests compare no pixels, because fonts and browsers differ from machine to machine: they check that
what is to be seen is there, and that pages, pictures and this table know the same names.
"""

from __future__ import annotations

import asyncio
import io
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageChops
from playwright.async_api import FloatRect, Page, async_playwright

from tests.browser.conftest import ARGUMENTS, PROGRAMS

FOLDER = Path(__file__).parent.parent / "docs/pictures"
MOST = 150_000
"""Bytes that a picture may have."""
QUOTE = "site/motos-part/quote.html"
COLOURS = 96
MARGIN = 12


@dataclass(frozen=True)
class Shot:
    """What a picture shows: from one part of a page, named by a CSS selector, down to another.

    `fill` says what is typed where before; `rows` which rows of tables stay, where all of them would be too many;
    sizes are CSS pixels.
    """

    file: str
    first: str
    last: str
    fill: Mapping[str, str] = field(default_factory=dict)
    rows: str = ""
    width: int = 940
    tallest: int = 900


SHOTS: Mapping[str, Shot] = {
    "price-plan": Shot("plan.html", "#changes", "main"),
    "price-quote": Shot(QUOTE, "h1", "#answer", {"#text": "cambio de escape y manillar"}, tallest=560),
    "element-page": Shot("site/motos-part/DEFENSAS.html", "h1", "main", tallest=620),
    "element-quote": Shot(QUOTE, "h1", "#answer", {"#text": "le he puesto unas barras antivuelco"}, tallest=560),
    "move-matrix": Shot(
        "site/motos-part/index.html", "#matrix", ".matrix", rows="CARENADO|DEPOSITO|ESCAPE|FRENADO_LATIGUILLOS|MANILLAR"
    ),
    "move-quote": Shot(QUOTE, "h1", "#answer", {"#text": "depósito y manillar"}, tallest=560),
    "impact-plan": Shot("plan.html", "#impact-1", "#changes", tallest=1100),
    "scenario-quote": Shot(QUOTE, "h1", "#answer", {"#text": "manillar ancho y espejos de moto custom"}, tallest=560),
}


def take(name: str, folder: Path = FOLDER) -> None:
    """Take the picture, in the working directory; one that already looks like this is left as it is."""
    seen = Image.open(io.BytesIO(asyncio.run(_shoot(Path(SHOTS[name].file).resolve().as_uri(), SHOTS[name])))).convert(
        "RGB"
    )
    seen = seen.quantize(COLOURS, dither=Image.Dither.NONE)
    kept = folder / f"{name}.png"
    if not (kept.exists() and _same(Image.open(kept), seen)):
        seen.save(kept, optimize=True)


def _same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and not ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox()


async def _shoot(address: str, shot: Shot) -> bytes:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program, "no Chromium is installed: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        context = await browser.new_context(
            viewport={"width": shot.width, "height": 800},
            device_scale_factor=1.5,
            color_scheme="light",
            reduced_motion="reduce",
            locale="en-GB",
            offline=True,
        )
        page = await context.new_page()
        await page.goto(address)
        for selector, text in shot.fill.items():
            await page.fill(selector, text)
        if shot.rows:
            await page.evaluate(_FEWER_ROWS, f"^({shot.rows})$")
        taken = await page.screenshot(full_page=True, clip=await _clip(page, shot), animations="disabled", caret="hide")
        await browser.close()
    return taken


_FEWER_ROWS = """pattern => {
  for (const row of document.querySelectorAll("tbody tr")) {
    row.hidden = !new RegExp(pattern).test(row.querySelector("th").textContent.trim());
  }
}"""


async def _clip(page: Page, shot: Shot) -> FloatRect:
    """From the first part to the last, with a margin, in the page's whole width."""
    first, last = [await page.locator(selector).first.bounding_box() for selector in (shot.first, shot.last)]
    assert first, f"{shot.file} shows no {shot.first}"
    assert last, f"{shot.file} shows no {shot.last}"
    top = max(0, first["y"] - MARGIN)
    bottom = last["y"] + last["height"] + MARGIN
    return {"x": 0, "y": top, "width": shot.width, "height": min(bottom - top, shot.tallest)}
