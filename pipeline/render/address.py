"""Addresses as they are shown: a code may be a whole paragraph, and a line must stay a line."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.model.address import Address, path
from pipeline.render.escape import one_line

LONGEST = 60
"""How much of one step of a path is shown."""


def shown(address: Address) -> str:
    """Kind and path, each step of it shortened."""
    return f"{one_line(address.kind)} {steps(path(address.key))}"


def steps(path: Iterable[str]) -> str:
    """The steps of a path, shortened each, so that the last is seen however long the first is."""
    return "/".join(one_line(step, LONGEST) for step in path)
