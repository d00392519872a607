"""Pages in a headless Chromium, one per test process. A test fails on a console error and on a request elsewhere.

The tests of this folder share an event loop, because the browser belongs to one: what another fixture makes on a loop
of its own, as `engine` does, cannot be awaited here. Commands are run by fixtures that are no coroutines.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Dialog, Page, Request, Route, async_playwright

FOLDER = Path(__file__).parent
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",  # it cannot be had as root, and the pages are ours
    "--disable-gpu",
)
INSIDE = ("file:", "data:", "blob:", "about:")
"""Where a page that needs no network may take things from."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests on the browser's event loop."""
    for item in items:
        if FOLDER in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def program() -> str:
    """The browser. Without one the tests are skipped; `.ci/run` installs it."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(program: str) -> AsyncIterator[Browser]:
    """The browser of the test process."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """An empty page, watched until the test ends."""
    async with _watched(browser) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def still_page(browser: Browser) -> AsyncIterator[Page]:
    """An empty page in a browser without JavaScript, watched until the test ends."""
    async with _watched(browser, scripts=False) as opened:
        yield opened


@asynccontextmanager
async def _watched(browser: Browser, *, scripts: bool = True) -> AsyncIterator[Page]:
    """A page in a context of its own. What must not happen on it fails the test when it is closed."""
    faults: list[str] = []

    async def hold(route: Route, request: Request) -> None:
        if request.url.startswith(INSIDE):
            await route.continue_()
        else:
            faults.append(f"request to {request.url}")
            await route.abort()

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"console: {message.text}")

    async def asked(dialog: Dialog) -> None:
        faults.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    context = await browser.new_context(offline=True, java_script_enabled=scripts, service_workers="block")
    context.set_default_timeout(20_000)
    await context.route("**/*", hold)
    context.on("console", heard)
    context.on("weberror", lambda error: faults.append(f"error: {error.error}"))
    context.on("dialog", asked)
    page = await context.new_page()
    page.on("websocket", lambda socket: faults.append(f"web socket to {socket.url}"))
    try:
        yield page
    finally:
        await context.close()
    assert not faults, "\n".join(faults)
