"""What moved in the database between a plan and its apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from pipeline.model.address import Address, sort_key
from pipeline.model.resource import Resource, State
from pipeline.model.values import Value

Happening: TypeAlias = Literal["appeared", "vanished", "retired", "revived", "changed", "used"]


class Moved(NamedTuple):
    """A row that is not as it was: what happened to it, and each value that did change, as it was and as it is.

    `note` says more of what happened, or is empty.
    """

    address: Address
    happening: Happening
    fields: tuple[tuple[str, Value, Value], ...] = ()
    note: str = ""


def moved_between(before: State, now: State) -> list[Moved]:
    """The rows that differ between two states of the database, by address."""
    found: list[Moved] = []
    for kind in before:
        was, is_ = before[kind], now.get(kind, {})
        for key in was.keys() | is_.keys():
            found += _moved(Address(kind, key), was.get(key), is_.get(key))
    return sorted(found, key=lambda moved: sort_key(moved.address))


def _moved(address: Address, was: Resource | None, is_: Resource | None) -> Iterator[Moved]:
    if was is None or is_ is None:
        if was is not is_:
            yield Moved(address, "appeared" if was is None else "vanished")
        return
    fields = tuple(_changed(was.values, is_.values))
    if was.active != is_.active:
        yield Moved(address, "revived" if is_.active else "retired", fields)
    elif fields:
        yield Moved(address, "changed", fields)


def _changed(was: Mapping[str, Value], is_: Mapping[str, Value]) -> Iterator[tuple[str, Value, Value]]:
    for name in sorted(was):
        if was[name] != is_[name]:
            yield name, was[name], is_[name]
