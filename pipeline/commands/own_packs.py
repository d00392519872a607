"""Packs from outside: of installed packages, by their entry points, and of folders."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.errors import UsageError
from pipeline.model.pack import Pack

ENTRY_POINTS = "pipeline.packs"
"""The group of entry points under which a package offers its packs."""
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_OURS = ("pipeline", "migrations")
"""What the pipeline calls its own history and lock."""


def installed() -> Iterator[Pack]:
    """The packs that installed packages offer. Raises UsageError for one that cannot be loaded."""
    from importlib.metadata import entry_points  # slow to import

    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        try:
            found = point.load()
        except Exception as error:
            raise UsageError(_broken(point.name, f"the package that brings it fails with: {_said(error)}")) from error
        yield _checked(point.name, found, f"the entry point {point.value}")


def from_folder(name: str, folder: Path) -> Pack:
    """The pack that the folder's `__init__.py` calls PACK. Raises UsageError where there is none."""
    pack = _loaded(name, folder.resolve())
    return pack if pack.home else replace(pack, home=folder)


@cache
def _loaded(name: str, folder: Path) -> Pack:
    file = folder / "__init__.py"
    if not file.is_file():
        raise UsageError(_broken(name, f"there is no file {file}"))
    try:
        loaded = _imported(f"pipeline_own_packs_{name}", file)
    except Exception as error:
        raise UsageError(_broken(name, f"{file} fails with: {_said(error)}")) from error
    return _checked(name, getattr(loaded, "PACK", None), str(file))


def _imported(module: str, file: Path) -> ModuleType:
    """The package that begins in the file, under a name of its own; nothing of another that had the name."""
    for known in [known for known in sys.modules if known == module or known.startswith(f"{module}.")]:
        del sys.modules[known]
    spec = spec_from_file_location(module, file, submodule_search_locations=[str(file.parent)])
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be imported")
    loaded = sys.modules[module] = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def _checked(name: str, found: object, place: str) -> Pack:
    if not isinstance(found, Pack):
        raise UsageError(_broken(name, f"{place} has no PACK, or it is no Pack"))
    if found.name != name:
        raise UsageError(_broken(name, f"{place} holds the pack {found.name!r}: give both the same name"))
    if not _NAME.fullmatch(name) or name in _OURS:
        raise UsageError(
            _broken(
                name,
                "a pack's name has at most 40 lower-case letters, digits, _ and -, begins with a letter, and is "
                f"neither {' nor '.join(_OURS)}",
            )
        )
    mistake = next(_mistakes(found), None)
    if mistake:
        raise UsageError(_broken(name, mistake))
    return replace(found, metadata=_guarded(found, found.metadata), hooks=_guarded(found, found.hooks))


def _mistakes(pack: Pack) -> Iterator[str]:
    """What a pack says of kinds that are not there, in words."""
    if len(pack.kind) < len(pack.kinds):
        yield "two of its kinds have one name"
    sections = [kind.section for kind in pack.kinds]
    yield from (f"two of its kinds have the section {one}" for one in sections if sections.count(one) > 1)
    if pack.scope and pack.scope not in pack.kind:
        yield f"its scope {pack.scope} is no kind of it"
    for kind in pack.kinds:
        told = [*(ref.to for ref in kind.refs), *kind.children, *([kind.along] if kind.along else [])]
        yield from (
            f"its kind {kind.name} tells of a kind {one}, which it has not" for one in told if one not in pack.kind
        )
        if not kind.key:
            yield f"its kind {kind.name} has no key"


def _guarded(pack: Pack, made: Callable[[], Any] | None) -> Callable[[], Any] | None:
    """The same, with what goes wrong in it put into words."""
    if made is None:
        return None

    @cache
    def call() -> Any:
        try:
            return made()
        except Exception as error:
            raise UsageError(_broken(pack.name, f"its tables or hooks fail with: {_said(error)}")) from error

    return call


def _said(error: Exception) -> str:
    """What an error says, on one line, and what it is where that says nothing."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _broken(name: str, why: str) -> str:
    return f"The pack {name!r} cannot be loaded: {why.rstrip('.')}."
