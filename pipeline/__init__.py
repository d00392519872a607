"""Declarative reference data for PostgreSQL: plan and apply for rows.

    from pathlib import Path
    from pipeline import CATALOG, load_settings, validate, plan, apply, database

Everything is imported when it is first asked for, so that `import pipeline` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "CATALOG": "pipeline.packs",
    "Settings": "pipeline.config",
    "load_settings": "pipeline.config",
    "Validation": "pipeline.commands",
    "Prepared": "pipeline.commands",
    "validate": "pipeline.commands",
    "database": "pipeline.commands",
    "plan": "pipeline.commands",
    "apply": "pipeline.commands",
    "verify": "pipeline.commands",
    "PipelineError": "pipeline.errors",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 -- one list of names


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
