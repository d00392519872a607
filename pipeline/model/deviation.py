"""What others changed in the database since the last apply, row by row and field by field."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from pipeline.model.address import Address
from pipeline.model.resource import Origin
from pipeline.model.values import Value

Sort: TypeAlias = Literal["field", "active", "conflict", "vanished", "revived"]


class Deviation(NamedTuple):
    """One thing that is not as it was last applied.

    `field`: the manifest says `said`, the row holds `held`. `active`: the same of its liveness. `conflict`: the
    manifest changed too. `vanished`: the row is gone. `revived`: it was retired and is active again.
    """

    sort: Sort
    address: Address
    origin: Origin | None
    name: str = ""
    said: Value = None
    held: Value = None
