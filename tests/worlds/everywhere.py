"""A property as a test for each pack: `@everywhere(examples, catalogue=…, by_hand=…)`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workbench import workbench
from tests.worlds import WORLDS
from tests.worlds.world import World

Drawn: TypeAlias = Callable[[World], st.SearchStrategy[Any]]
CATALOGUES: Drawn = attrgetter("catalogues")
EDITS: Drawn = attrgetter("edits")
NAMES: Drawn = attrgetter("names")
Law: TypeAlias = Callable[..., Coroutine[Any, Any, None]]


def everywhere(examples: int, **drawn: Drawn) -> Callable[[Law], Callable[..., None]]:
    """Try a property, which gets a workbench, the world, and what is drawn, with examples from every pack.

    `examples` are about the first of the packs, and of the others as many as these say. The workbench is emptied before
    each of its examples, so they share it without seeing each other.
    """

    def decorate(law: Law) -> Callable[..., None]:
        @pytest.mark.parametrize("world", WORLDS, ids=str)
        def test(world: World, database: str, folder: Path) -> None:
            with asyncio.Runner() as runner:
                stack = AsyncExitStack()
                bench = runner.run(stack.enter_async_context(workbench(database, folder, world.pack)))

                def example(**found: Any) -> None:
                    runner.run(law(bench, world, **found))

                example.__name__ = example.__qualname__ = f"{law.__name__}_{world}"  # it goes by this in the database
                limits = settings(max_examples=world.examples(examples), suppress_health_check=list(HealthCheck))
                try:
                    limits(given(**{name: make(world) for name, make in drawn.items()})(example))()
                finally:
                    runner.run(stack.aclose())

        test.__name__ = test.__qualname__ = law.__name__
        test.__module__ = law.__module__
        test.__doc__ = law.__doc__
        return test

    return decorate
