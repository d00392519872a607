"""The packs that commands work with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from pipeline.commands.own_packs import from_folder, installed
from pipeline.config import Settings, bundled
from pipeline.errors import UsageError
from pipeline.manifest import schema as schemas
from pipeline.manifest.load import load
from pipeline.model.pack import Pack
from pipeline.model.resource import State

Catalog: TypeAlias = tuple[Pack, ...]


def packs(settings: Settings) -> Catalog:
    """Every pack there is: those that came with the pipeline, then those of installed packages, then those of the
    folders that the settings name; each in the schema that the settings give it.

    Raises UsageError for a pack that cannot be loaded, for two of one name, and for settings of one that is not there.
    """
    from pipeline.packs import CATALOG

    folders = {name: found.path for name, found in settings.packs.items() if found.path is not None}
    found = [*CATALOG, *installed(), *(from_folder(name, path) for name, path in folders.items())]
    known = [pack.name for pack in found]
    for name in known:
        if known.count(name) > 1:
            raise UsageError(f"There are two packs {name!r}. Give one of them another name.")
    for name in settings.packs:
        if name not in known:
            raise UsageError(
                f"[tool.pipeline.packs.{name}] in pyproject.toml is about a pack that is not there. "
                f"Known: {', '.join(known)}. For one of your own say its folder with `path`."
            )
    return tuple(_placed(pack, settings) for pack in found)


def _placed(pack: Pack, settings: Settings) -> Pack:
    """The pack in the schema that the settings give it."""
    given = settings.packs.get(pack.name)
    return pack if given is None or given.database_schema is None else replace(pack, schema=given.database_schema)


def schema_folder(pack: Pack) -> Path:
    """Where the pack's JSON Schema is."""
    return pack.home or bundled("schemas") / pack.name


def has_schema(pack: Pack) -> bool:
    """Whether the pack's JSON Schema has been written."""
    return (schema_folder(pack) / schemas.FILE_NAME).is_file()


def described(pack: Pack) -> dict[str, Any]:
    """The pack's JSON Schema."""
    return schemas.read(schema_folder(pack))


def complete(catalog: Iterable[Pack]) -> Catalog:
    """The packs with their fields."""
    return tuple(schemas.complete(pack, described(pack)) for pack in catalog)


def named_packs(catalog: Catalog, name: str | None) -> Catalog:
    """The pack of that name, or all without one. Raises UsageError where there is none."""
    known = [pack.name for pack in catalog]
    if name is not None and name not in known:
        raise UsageError(f"There is no pack {name!r}. Known: {', '.join(known)}.")
    return tuple(pack for pack in catalog if name in (None, pack.name))


def with_manifests(settings: Settings, catalog: Catalog) -> Catalog:
    """The packs that have manifests."""
    if not settings.manifests.exists():
        return ()
    documents, _ = load(settings.manifests, versions(catalog))
    names = {document.pack for document in documents}
    return tuple(pack for pack in catalog if pack.name in names)


def versions(catalog: Catalog) -> dict[str, int]:
    """The newest version of each pack's manifests."""
    return {pack.name: pack.version for pack in catalog}


def with_scope(
    packs: Catalog, states: Mapping[str, State], scope: str | None, who: str = "The manifests have"
) -> Catalog:
    """The packs in which the scope is, or all where none is named. `who` begins the sentence of the error.

    Raises UsageError where no pack has it.
    """
    if scope is None:
        return packs
    found = tuple(pack for pack in packs if pack.scope and (scope,) in states[pack.name][pack.scope])
    if not found and packs:
        words = dict.fromkeys(pack.scope for pack in packs if pack.scope)
        known = ", ".join(_scopes(packs, states)) or "none"
        raise UsageError(f"{who} no {' or '.join(words) or 'category'} {scope!r}. Known: {known}.")
    return found


def _scopes(packs: Catalog, states: Mapping[str, State]) -> Iterator[str]:
    for pack in packs:
        if pack.scope:
            yield from (str(key[0]) for key in sorted(states[pack.name][pack.scope]))
