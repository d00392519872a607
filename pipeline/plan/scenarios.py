"""Examples held against a state: those that fail, and the hazard that they are in a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.model.address import Address
from pipeline.model.diagnostic import Place
from pipeline.model.pack import Pack
from pipeline.model.probe import Example, Mismatch
from pipeline.model.resource import Origin, State
from pipeline.plan.change import Hazard

KIND = "scenario"
"""What the address of an example has in the place of a kind."""


class Failure(NamedTuple):
    """An example whose answer is not as expected, and in what."""

    example: Example
    mismatches: tuple[Mismatch, ...]

    @property
    def address(self) -> Address:
        """How the example is named in plans."""
        return Address(KIND, tuple(filter(None, (self.example.scope, self.example.name))))

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where each of the mismatches is expected otherwise."""
        return tuple(self.example.origin.at(*found.at) for found in self.mismatches)


class Trial(NamedTuple):
    """An example that was run: where it stands, and in what its answer is not as expected, each with its place."""

    pack: str
    example: Example
    place: Place
    mismatches: tuple[tuple[Mismatch, Place], ...] = ()


def failures(pack: Pack, state: State, examples: Sequence[Example]) -> list[Failure]:
    """The examples that fail on a complete state, by scope and name."""
    if pack.examples is None or not examples:
        return []
    ran = zip(examples, pack.examples().run(pack, state, examples), strict=True)
    failed = [Failure(example, tuple(mismatches)) for example, mismatches in ran if mismatches]
    return sorted(failed, key=lambda one: (one.example.scope, one.example.name))


def hazards(failed: Iterable[Failure], place: Callable[[Origin], str]) -> Iterator[Hazard]:
    """The hazard that examples would fail, none where there are none. `place` says where something stands."""
    found = list(failed)
    if found:
        notes = tuple(f"{_said(one)} ({place(one.example.origin)})" for one in found)
        yield Hazard("scenario", tuple(one.address for one in found), notes=notes)


def _said(failed: Failure) -> str:
    """What is expected and what would be, in one line: `expected tier T5, got T4`."""
    return "; ".join(f"expected {found.what} {found.expected}, got {found.actual}" for found in failed.mismatches)
