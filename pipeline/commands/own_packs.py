"""Packs from outside: of installed packages, by their entry points, and of folders."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.model.pack import Pack

ENTRY_POINTS = "pipeline.packs"
"""The group of entry points under which a package offers its packs."""


def installed() -> Iterator[Pack]:
    """The packs that installed packages offer. Raises UsageError for one that cannot be loaded."""
    from importlib.metadata import entry_points  # slow to import

    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        try:
            found = point.load()
        except Exception as error:
            raise UsageError(_broken(point.name, f"the package that brings it fails with: {error}")) from error
        yield _checked(point.name, found, f"the entry point {point.value}")


@cache
def from_folder(name: str, folder: Path) -> Pack:
    """The pack that the folder's `__init__.py` calls PACK. Raises UsageError where there is none."""
    module = f"pipeline_own_packs_{name}"
    file = folder / "__init__.py"
    spec = spec_from_file_location(module, file, submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None or not file.is_file():
        raise UsageError(_broken(name, f"there is no file {file}"))
    loaded = module_from_spec(spec)
    sys.modules[module] = loaded
    try:
        spec.loader.exec_module(loaded)
    except Exception as error:
        raise UsageError(_broken(name, f"{file} fails with: {error}")) from error
    pack = _checked(name, getattr(loaded, "PACK", None), str(file))
    return pack if pack.home else replace(pack, home=folder)


def _checked(name: str, found: object, place: str) -> Pack:
    if not isinstance(found, Pack):
        raise UsageError(_broken(name, f"{place} has no PACK, or it is no Pack"))
    if found.name != name:
        raise UsageError(_broken(name, f"{place} holds the pack {found.name!r}: give both the same name"))
    return found


def _broken(name: str, why: str) -> str:
    return f"The pack {name!r} cannot be loaded: {why}."
