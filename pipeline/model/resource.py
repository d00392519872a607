"""Resources and states: desired, current and recorded rows in one shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from pipeline.model.address import Address, Key
from pipeline.model.values import Declared, Value


class Origin(NamedTuple):
    """Where in the manifests something stands: a file and the path of keys and indexes in it.

    `("tiers", 4, "price")` is the price of the file's fifth tier. Lines are looked up only when shown.
    """

    file: str
    path: tuple[str | int, ...] = ()

    def at(self, *steps: str | int) -> Origin:
        """The place of something inside this one."""
        return Origin(self.file, self.path + steps)


class Resource(NamedTuple):
    """One row-to-be, or one row: its address, its values by field and reference name, and its liveness.

    A desired resource holds just the declared values, and whether it is protected from retiring; a current one
    holds all of them, as a `Row`, and has no origin.
    """

    address: Address
    values: Mapping[str, Value]
    active: bool = True
    origin: Origin | None = None
    protected: bool = False


State: TypeAlias = Mapping[str, Mapping[Key, Resource]]
"""Resources by kind and key. Every kind of the pack is present, if empty."""


class Recorded(NamedTuple):
    """What the ledger holds of a resource. `values` stay None until they are needed."""

    active: bool
    digest: str
    protected: bool = False
    values: Declared | None = None


Ledger: TypeAlias = Mapping[str, Mapping[Key, Recorded]]
"""Ledger entries by kind and key."""


def fingerprint(declared: Mapping[str, Value], *, active: bool, protected: bool) -> str:
    """What the ledger keeps to recognise a declared resource: equal when values, liveness and guard are equal."""
    content = declared if isinstance(declared, Declared) else Declared(declared)
    if active and not protected:
        return content.digest
    return content.digest[:-1] + ("+" if active else "=" if protected else "-")
