"""A service that costs more than the dearest tier may be a slip of the point."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from pipeline.checks.wording import where
from pipeline.model.address import KeyPart
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource
from pipeline.packs.homologation.quote.stated import amount


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per active service. One that every category offers is compared with the dearest tier of all."""
    dearest: dict[KeyPart, Resource] = {}
    for tier in desired.state["tier"].values():
        for place in (tier.address.key[0], None):
            if tier.active and _price(tier) > (_price(dearest[place]) if place in dearest else Decimal(-1)):
                dearest[place] = tier
    for service in desired.state["service"].values():
        beside = dearest.get(service.address.key[0])
        if service.active and beside is not None and _price(service) > _price(beside):
            yield Finding(
                f"{service.address} costs {_price(service)}, more than the dearest tier, {beside.address} "
                f"({_price(beside)})",
                where(service, "price"),
                "nothing to do if that is meant",
                (where(beside, "price"),),
            )


def _price(row: Resource) -> Decimal:
    return amount(row, "price")


RULE = Rule("dear-service", "info", "No service costs more than the dearest tier.", check)
