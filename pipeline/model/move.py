"""Moves: renames that the manifests declare, so that a row keeps its id under another code."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.model.address import Key
from pipeline.model.resource import Origin


class Move(NamedTuple):
    """An entry `[[moved]]`: a row of `kind` that has the key `source` gets the key `target`.

    Both keys differ in their last part alone: what stands above is named as the manifests call it now.
    """

    kind: str
    source: Key
    target: Key
    origin: Origin
