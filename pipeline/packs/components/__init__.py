"""A workshop of user-interface components: its embedding models and evaluations, and the data of its programs."""

from __future__ import annotations

from typing import Any

from pipeline.model.pack import Pack
from pipeline.packs.components.checks import RULES
from pipeline.packs.components.kinds import KINDS


def _metadata() -> Any:
    from pipeline.packs.components.tables import Base

    return Base.metadata


PACK = Pack(
    name="components",
    version=1,
    kinds=KINDS,
    metadata=_metadata,
    rules=RULES,
    schema="components",
)
