"""Diagnostics are data: a rule, a severity, a place, a message and a hint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar, cast

from pipeline.model.move import Move
from pipeline.model.probe import Example
from pipeline.model.resource import Origin, Resource, State

if TYPE_CHECKING:
    from pipeline.model.pack import Pack

T = TypeVar("T")
Severity: TypeAlias = Literal["error", "warning", "info"]


class Place(NamedTuple):
    """A place as an editor counts it, from 1, with the line's own text. Line 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0
    quote: str = ""


@dataclass(frozen=True)
class Diagnostic:
    """A finding. `also` are further places that belong to it, such as the first of two duplicates.

    `place` is filled from `origin` once, when all findings are known (see `manifest.locate`).
    """

    rule: str
    severity: Severity
    message: str
    origin: Origin
    hint: str = ""
    also: tuple[Origin, ...] = ()
    place: Place | None = None
    also_places: tuple[Place, ...] = ()

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """By file, line and column, then rule and message."""
        place = self.place or Place(self.origin.file)
        return place.file, place.line, place.column, self.rule, self.message


class Finding(NamedTuple):
    """What a rule reports: the runner adds the rule's id and severity."""

    message: str
    origin: Origin
    hint: str = ""
    also: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class Desired:
    """All that the manifests of a pack declare: every entry in order, and the State they make.

    Where two entries share an address the State holds the first. `moves` and `examples` are in the order of the files.
    """

    resources: tuple[Resource, ...]
    state: State
    moves: tuple[Move, ...] = ()
    examples: tuple[Example, ...] = ()

    def shared(self, build: Callable[[State], T]) -> T:
        """What `build` makes of the state, made once for all rules that ask for it."""
        if build not in self._shared:
            self._shared[build] = build(self.state)
        return cast("T", self._shared[build])

    def forget(self) -> None:
        """Let go of what rules shared: it takes up as much as the entries."""
        self._shared.clear()

    @cached_property
    def _shared(self) -> dict[Callable[[State], Any], Any]:
        return {}


@dataclass(frozen=True)
class Rule:
    """A check on the desired state: its name, how bad a finding is, what it demands, and the function."""

    id: str
    severity: Severity
    summary: str
    check: Callable[[Desired, Pack], Iterable[Finding]]

    def run(self, desired: Desired, pack: Pack) -> list[Diagnostic]:
        """The findings of this rule as diagnostics without places."""
        return [
            Diagnostic(self.id, self.severity, found.message, found.origin, found.hint, found.also)
            for found in self.check(desired, pack)
        ]


def placed(diagnostic: Diagnostic, place: Place, also: tuple[Place, ...]) -> Diagnostic:
    """The diagnostic with its places filled in."""
    return replace(diagnostic, place=place, also_places=also)
