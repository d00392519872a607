"""The rules of the pack. One rule, one file."""

from __future__ import annotations

from pipeline.model.diagnostic import Rule
from pipeline.packs.components.checks.default_model import RULE as DEFAULT_MODEL
from pipeline.packs.components.checks.retired_default import RULE as RETIRED_DEFAULT
from pipeline.packs.components.checks.retired_model import RULE as RETIRED_MODEL

RULES: tuple[Rule, ...] = (DEFAULT_MODEL, RETIRED_DEFAULT, RETIRED_MODEL)
