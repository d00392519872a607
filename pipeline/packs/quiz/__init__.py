"""A quiz: categories and their questions, each with its right answer."""

from __future__ import annotations

from typing import Any

from pipeline.model.pack import Pack
from pipeline.packs.quiz.checks import RULES
from pipeline.packs.quiz.kinds import KINDS


def _metadata() -> Any:
    from pipeline.packs.quiz.tables import Base

    return Base.metadata


PACK = Pack(
    name="quiz",
    version=1,
    kinds=KINDS,
    metadata=_metadata,
    scope="category",
    rules=RULES,
    schema="quiz",
)
