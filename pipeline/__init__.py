"""Declarative reference data for PostgreSQL: plan and apply for rows.

    from pipeline import CATALOG, commands, load_settings

`commands` has one function per verb. Everything is imported when it is first asked for, so that
`import pipeline` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "CATALOG": "pipeline.packs",
    "PipelineError": "pipeline.errors",
    "Settings": "pipeline.config",
    "load_settings": "pipeline.config",
}

__all__ = ["CATALOG", "PipelineError", "Settings", "commands", "load_settings"]


def __getattr__(name: str) -> Any:
    if name == "commands":
        return import_module("pipeline.commands")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
