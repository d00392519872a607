"""The examples of the pack's page, run as they stand on the bundled catalogue."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import CATALOG, commands
from pipeline.packs.homologation import data
from tests.allowed import everything
from tests.pages import steps

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "pipeline/packs/homologation/README.md"


async def test_the_examples_print_what_the_page_says(
    engine: AsyncEngine, database: str, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    (prepared,) = await commands.plan(engine, commands.validate(ROOT / "manifests" / "homologation", CATALOG))
    await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))
    page = PAGE.read_text("utf-8")
    names: dict[str, Any] = {"database_url": database}
    parts, position, printed = [], 0, 0
    for step in steps(page):
        if step.language == "python":
            code = compile(step.text, str(PAGE), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            waiting = eval(code, names)  # noqa: S307
            if inspect.isawaitable(waiting):
                await waiting
        elif step.language == "text":
            parts += [page[position : step.start], capsys.readouterr().out]
            position, printed = step.end, printed + 1
    really = "".join([*parts, page[position:]])
    if request.config.getoption("--update-docs"):
        PAGE.write_text(really, "utf-8")
    else:
        assert really == page
    assert printed == 3


def test_every_promised_name_is_on_the_page() -> None:
    words = set(re.findall(r"\w+", PAGE.read_text("utf-8")))
    calls = {name for name in data.__all__ if name.islower()}
    assert calls <= words
    assert all(hasattr(data, name) for name in data.__all__)
