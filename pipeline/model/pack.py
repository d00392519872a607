"""Packs: a domain as a value, handed to the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from pipeline.model.address import Address
from pipeline.model.diagnostic import Rule
from pipeline.model.kind import Kind, Mapping
from pipeline.model.resource import State

if TYPE_CHECKING:
    from pipeline.model.probe import Examples, Probes
    from pipeline.model.quotes import Ask

SEED_NAMESPACE = UUID("12345678-1234-5678-1234-567812345678")


class Violation(NamedTuple):
    """An invariant that rows of the database break: the rows, and a sentence about them."""

    addresses: tuple[Address, ...]
    message: str


class Invariant(NamedTuple):
    """Something that holds of every healthy database of the pack, beyond what constraints can say."""

    name: str
    summary: str
    check: Callable[[State], Iterable[Violation]]


class Section(NamedTuple):
    """A part of a domain's tables, and their names, managed and operational, in the order they are listed in."""

    name: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Pack:
    """A domain: kinds (parents before children), checks, invariants, and its tables.

    `scope` names the kind that documents are written for (`category = "motos-part"`), empty where they are for none.
    `metadata` returns the SQLAlchemy MetaData of the pack; it is called only where a database is met. Without it the
    tables are there already, and what they are is read from the database. They lie in its `schema`, None for the
    default one. `reflected` says that this was done. `home` is the folder with the pack's JSON Schema and, in
    `migrations/`, its revisions; None for the packs that came with the pipeline.

    `derive` gives the desired state together with what follows from it, and without what that replaces. `condense` is
    the way back: it takes from a state what follows from the rest, for manifests to be made of it. `hooks` returns
    `database.hooks.Hooks`: what the pack does in the database beside the engine. `sections` say how the tables are
    listed; without them they stand in one group. `probes` and `examples` return what the impact of a plan is measured
    with and what domain experts expect of the answers; `quotes` what `pipeline quote` asks; `site` a function that
    makes the files of a site, by their paths, from a `render.edition.Edition`.
    """

    name: str
    version: int
    kinds: tuple[Kind, ...]
    metadata: Callable[[], Any] | None = None
    scope: str = ""
    mappings: tuple[Mapping, ...] = ()
    rules: tuple[Rule, ...] = ()
    invariants: tuple[Invariant, ...] = ()
    sections: tuple[Section, ...] = ()
    namespace: UUID = field(default=SEED_NAMESPACE)
    derive: Callable[[State], State] | None = None
    condense: Callable[[State], State] | None = None
    hooks: Callable[[], Any] | None = None
    probes: Callable[[], Probes] | None = None
    examples: Callable[[], Examples] | None = None
    quotes: Callable[[], Ask] | None = None
    site: Callable[[], Any] | None = None
    schema: str | None = None
    home: Path | None = None
    reflected: bool = False

    @cached_property
    def kind(self) -> dict[str, Kind]:
        """Kinds by name."""
        return {kind.name: kind for kind in self.kinds}

    @cached_property
    def nested(self) -> frozenset[str]:
        """Names of the kinds that stand nested in the entries of another."""
        return frozenset(child for kind in self.kinds for child in kind.children)

    def top_level(self) -> tuple[Kind, ...]:
        """The kinds that have a section of their own in a document."""
        mapped = {name for mapping in self.mappings for name in (mapping.member, mapping.include)}
        return tuple(
            kind
            for kind in self.kinds
            if kind.along is None
            and not kind.derived
            and kind.name not in mapped
            and (kind.name not in self.nested or kind.scopes)
        )

    def is_written(self, kind: Kind) -> bool:
        """Whether the kind has entries in manifests: what is derived has some only where it is nested."""
        return not kind.derived or kind.name in self.nested

    def lies_in_scope(self, kind: Kind) -> bool:
        """Whether resources of the kind belong to a scope, by their key."""
        if not self.scope or kind.name == self.scope:
            return bool(self.scope)
        ref = kind.ref.get(kind.key[0])
        return ref is not None and self.lies_in_scope(self.kind[ref.to])
