"""The tariff catalogue of a vehicle homologation company."""

from __future__ import annotations

from typing import Any

from pipeline.model.pack import Pack
from pipeline.packs.homologation.kinds import KINDS, MAPPINGS


def _metadata() -> Any:
    from pipeline.packs.homologation.tables import Base  # noqa: PLC0415 -- heavy: only where a database is met

    return Base.metadata


PACK = Pack(
    name="homologation",
    version=1,
    kinds=KINDS,
    metadata=_metadata,
    scope="category",
    mappings=MAPPINGS,
)
