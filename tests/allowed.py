"""What lets a plan pass: the flags that it prints itself."""

from __future__ import annotations

from pipeline import commands
from pipeline.commands import Prepared
from pipeline.packs import CATALOG
from pipeline.plan.allowance import Allowance


def everything(prepared: Prepared) -> tuple[Allowance, ...]:
    """Exactly the allowances that a plan asks for."""
    plan = prepared.plan
    return commands.allowances([plan.needs(hazard) for hazard in plan.hazards], CATALOG)
