"""What exported manifests say that differs from the rows: nothing is lost without a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.manifest.entries import Unsaid, covered
from pipeline.model.address import Address, sort_key
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource, State


class Remark(NamedTuple):
    """Something about a row that its manifests do not say, or say otherwise."""

    address: Address
    message: str


def remarks(pack: Pack, state: State, desired: State, unsaid: Unsaid, scope: str | None) -> list[Remark]:
    """Every way in which the manifests differ from the rows, sorted.

    Retired rows that only a list or another entry could make are no difference: not to be listed is to be retired.
    """
    found = [
        Remark(resource.address, message)
        for kind in pack.kinds
        for resource in covered(pack, kind, state, scope)
        for message in _about(kind, resource, desired[kind.name].get(resource.address.key), unsaid)
    ]
    found += [
        Remark(Address(kind.name, key), "there is no such row, but an entry makes it: the next apply will create it")
        for kind in pack.kinds
        for key in desired[kind.name].keys() - state[kind.name].keys()
    ]
    return sorted(found, key=lambda remark: (*sort_key(remark.address), remark.message))


def _about(kind: Kind, row: Resource, said: Resource | None, unsaid: Unsaid) -> Iterator[str]:
    if said is None:
        reason = unsaid.rows.get(row.address)
        if reason:
            yield f"left out: {reason}"
        elif row.active:
            yield "left out: no entry can make this row; where the pipeline knows of it, the next apply will retire it"
        return
    if said.active != row.active:
        yield f"the entry that makes it is {_word(said.active)}, and the row is {_word(row.active)}"
    for name, value in row.values.items():
        if name in said.values:
            if value != said.values[name]:
                yield f"{name} has another value in the manifests"
        elif value != (kind.field[name].default if name in kind.field else None):
            yield f"{name} left out: {unsaid.fields.get((row.address, name), 'no entry can say it')}"


def _word(active: bool) -> str:
    return "active" if active else "retired"
