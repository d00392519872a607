"""Policy: from which thresholds on something in a plan is a hazard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.errors import UsageError
from pipeline.model.pack import Pack

_TABLE = "[tool.pipeline.policy"
_OF_QUOTES = {"price_impact_quotes", "price_impact_percent", "unquotable_quotes"}


@dataclass(frozen=True)
class Limits:
    """From where on something is a hazard: shares and changes of prices in percent.

    None for `price_change` means that a price may change by anything. The last three are of the pack as a whole: how
    many quotes may change in price, None for any number, by how many percent each, and how many may become impossible.
    """

    mass_update: float = 30
    mass_deactivation: float = 30
    minimum_rows: int = 10
    price_change: float | None = None
    price_impact_quotes: int | None = None
    price_impact_percent: float = 50
    unquotable_quotes: int = 0


@dataclass(frozen=True)
class Policy:
    """The limits that hold in a pack, and those of the kinds that have their own."""

    limits: Limits = Limits()
    kinds: Mapping[str, Limits] = field(default_factory=dict)

    def of(self, kind: str) -> Limits:
        """The limits that hold for a kind."""
        return self.kinds.get(kind, self.limits)


def policies(packs: Iterable[Pack], table: Mapping[str, Any]) -> dict[str, Policy]:
    """The policy of each pack. `table` has thresholds by the names of `Limits`, and a table by the name of a pack.

    That has thresholds in its turn, and tables by the names of kinds; what stands deeper inside comes first. Raises
    UsageError where a pack or kind does not exist, or a kind has no price that could change.
    """
    known = {pack.name: pack for pack in packs}
    general, tables = _parted(table)
    for name in tables:
        if name not in known:
            raise UsageError(f"{_TABLE}] has a table {name}, and there is no such pack. Known: {_listed(known)}.")
    return {name: _policy(pack, replace(Limits(), **general), tables.get(name, {})) for name, pack in known.items()}


def _policy(pack: Pack, general: Limits, table: Mapping[str, Any]) -> Policy:
    own, kinds = _parted(table)
    if pack.probes is None and (without := sorted(own.keys() & _OF_QUOTES)):
        name = without[0].replace("_", "-")
        raise UsageError(f"{_TABLE}.{pack.name}] has {name}, and the pack {pack.name} gives no quotes.")
    limits = replace(general, **own)
    priced = [kind.name for kind in pack.kinds if kind.prices]
    for name, thresholds in kinds.items():
        where = f"{_TABLE}.{pack.name}]"
        if name not in pack.kind:
            raise UsageError(f"{where} has a table {name}, and there is no such kind. Known: {_listed(pack.kind)}.")
        if "price_change" in thresholds and name not in priced:
            raise UsageError(f"{where} limits the prices of {name}, which has none. Known: {_listed(priced)}.")
    return Policy(limits, {name: replace(limits, **thresholds) for name, thresholds in kinds.items()})


def _parted(table: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The thresholds of a table, and the tables in it."""
    inner = {name: value for name, value in table.items() if isinstance(value, Mapping)}
    return {name: value for name, value in table.items() if name not in inner}, inner


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
