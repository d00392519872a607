"""What a site is made of: the resources, where each of their values stands, and who set it last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.model.address import Address
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, State
from pipeline.plan.blame import Account
from pipeline.render.source import Mark


@dataclass(frozen=True)
class Edition:
    """The desired state of a pack on the way to a site.

    `marks` has the place of each resource and of each of its declared values. `accounts` is None where no database
    was read; a resource that is not in it was never applied. `pictures` are the files that stand beside the manifests,
    by the addresses that image fields give them (`/images/…`).
    """

    pack: Pack
    state: State
    marks: Mapping[Origin, Mark] = field(default_factory=dict)
    accounts: Mapping[Address, Account] | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)
