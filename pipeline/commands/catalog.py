"""The packs that commands work with."""

from __future__ import annotations

from typing import TypeAlias

from pipeline.config import bundled
from pipeline.errors import UsageError
from pipeline.manifest import schema as schemas
from pipeline.model.pack import Pack
from pipeline.model.resource import State

Catalog: TypeAlias = tuple[Pack, ...]


def complete(catalog: Catalog) -> Catalog:
    """The packs with their fields."""
    return tuple(schemas.complete(pack, schemas.read(bundled("schemas") / pack.name)) for pack in catalog)


def named_packs(catalog: Catalog, name: str | None) -> Catalog:
    """The pack of that name, or all without one. Raises UsageError where there is none."""
    known = [pack.name for pack in catalog]
    if name is not None and name not in known:
        raise UsageError(f"There is no pack {name!r}. Known: {', '.join(known)}.")
    return tuple(pack for pack in catalog if name in (None, pack.name))


def require_scope(pack: Pack, state: State, scope: str | None, who: str = "The manifests have") -> None:
    """Raise UsageError unless the scope, where one is named, is in the state; `who` begins the sentence."""
    if scope is not None and (scope,) not in state[pack.scope]:
        known = ", ".join(str(key[0]) for key in sorted(state[pack.scope])) or "none"
        raise UsageError(f"{who} no {pack.scope} {scope!r}. Known: {known}.")
