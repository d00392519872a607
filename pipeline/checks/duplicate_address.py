"""Two entries must not describe the same row."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import end, listing, short, where
from pipeline.model.address import Address
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Resource


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per further entry, with the place of the first beside it.

    A list of a mapping makes many rows at one place, which are told together.
    """
    first: dict[Address, Resource] = {}
    repeated: dict[tuple[Origin, Origin], list[Address]] = {}
    # A row written along in another's entry repeats exactly when that entry does.
    along = {kind.name for kind in pack.kinds if kind.along}
    for resource in desired.resources:
        known = first.setdefault(resource.address, resource)
        if known is not resource and resource.address.kind not in along:
            repeated.setdefault((where(resource), where(known)), []).append(resource.address)
    mapped = {name for mapping in pack.mappings for name in (mapping.member, mapping.include)}
    for (here, there), addresses in repeated.items():
        kind = pack.kind[addresses[0].kind]
        message, hint = _row(kind, addresses) if kind.name in mapped else _entry(kind, addresses[0])
        yield Finding(message, here, hint, (there,) if there != here else ())


def _entry(kind: Kind, address: Address) -> tuple[str, str]:
    message = f"{short(str(address), 120)} is already declared"
    return message, f"remove one of the entries, or give it another {kind.code}"


def _row(kind: Kind, addresses: list[Address]) -> tuple[str, str]:
    """A code of the mapping, with all that list it twice in the same two places."""
    subjects = [str(end(kind, address, 0)) for address in addresses]
    target = end(kind, addresses[0], 1)
    verb = "includes" if len(subjects) == 1 else "include"
    message = f"{listing(subjects)} already {verb} {short(str(target), 120)}"
    return message, f"name each {target.kind} once: two of these lists or groups hold it"


RULE = Rule("duplicate-address", "error", "No two entries describe the same row.", check)
