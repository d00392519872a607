"""A register of contracts: documents, how they hang together, and the obligations in them."""

from __future__ import annotations

from typing import Any

from pipeline.model.pack import Pack
from pipeline.packs.contracts.checks import RULES
from pipeline.packs.contracts.derive import condense, derive
from pipeline.packs.contracts.kinds import KINDS


def _metadata() -> Any:
    from pipeline.packs.contracts.tables import Base

    return Base.metadata


def _hooks() -> Any:
    from pipeline.packs.contracts.hooks import HOOKS

    return HOOKS


PACK = Pack(
    name="contracts",
    version=1,
    kinds=KINDS,
    metadata=_metadata,
    scope="organization",
    rules=RULES,
    derive=derive,
    condense=condense,
    hooks=_hooks,
    schema="contracts",
)
