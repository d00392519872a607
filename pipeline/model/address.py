"""Addresses: kind and natural key, as data and as a person reads them."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

Key: TypeAlias = "tuple[KeyPart, ...]"
"""A natural key. A part is a text, the key of a referenced resource, or None for an absent optional."""
KeyPart: TypeAlias = "str | Key | None"


class Address(NamedTuple):
    """Kind and natural key, for example `("element", (("motos-part",), "ESCAPE"))`."""

    kind: str
    key: Key

    def __str__(self) -> str:
        return f"{self.kind} {'/'.join(path(self.key))}"


def path(key: Key) -> tuple[str, ...]:
    """The key as the steps a person walks: `("motos-part", "ESCAPE", "marca")`.

    The steps that a later reference shares with the first are said once, so the inclusion of element
    `motos-part/ESCAPE` in tier `motos-part/T6` reads `motos-part/T6/ESCAPE`. An absent part reads `*`.
    """
    if len(key) == 2 and isinstance(key[1], str):  # nearly all keys are, so this is worth its lines
        above = key[0]
        return (*(path(above) if isinstance(above, tuple) else ("*" if above is None else above,)), key[1])
    steps: list[str] = []
    for part in key:
        if isinstance(part, str):
            steps.append(part)
        elif part is None:
            steps.append("*")
        elif not steps:
            steps.extend(path(part))
        else:
            nested = path(part)
            shared = 0
            while shared < min(len(steps), len(nested) - 1) and steps[shared] == nested[shared]:
                shared += 1
            steps.extend(nested[shared:])
    return tuple(steps)


def root(key: Key) -> str | None:
    """The first text of the key: for what lies in a scope, the scope it lies in. None where it is absent."""
    first = key[0]
    return root(first) if isinstance(first, tuple) else first


def sort_key(address: Address) -> tuple[tuple[str, ...], str]:
    """A total order of addresses that does not depend on the order of files, tables or keys."""
    return path(address.key), address.kind
