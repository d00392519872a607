"""The homologation company: its tariff catalogue, which manifests declare, and the tables of the system around it."""

from __future__ import annotations

from typing import Any

from pipeline.model.pack import Pack
from pipeline.packs.homologation.checks import RULES
from pipeline.packs.homologation.invariants import INVARIANTS
from pipeline.packs.homologation.inventory import SECTIONS
from pipeline.packs.homologation.kinds import KINDS, MAPPINGS


def _metadata() -> Any:
    from pipeline.packs.homologation.tables import Base

    return Base.metadata


def _hooks() -> Any:
    from pipeline.packs.homologation.hooks import HOOKS

    return HOOKS


def _probes() -> Any:
    from pipeline.packs.homologation.quote.probes import PROBES

    return PROBES


def _quotes() -> Any:
    from pipeline.packs.homologation.quote.ask import ask

    return ask


def _examples() -> Any:
    from pipeline.packs.homologation.quote.scenarios import EXAMPLES

    return EXAMPLES


def _site() -> Any:
    from pipeline.packs.homologation.site import files

    return files


PACK = Pack(
    name="homologation",
    version=1,
    kinds=KINDS,
    metadata=_metadata,
    scope="category",
    mappings=MAPPINGS,
    rules=RULES,
    invariants=INVARIANTS,
    sections=SECTIONS,
    hooks=_hooks,
    probes=_probes,
    quotes=_quotes,
    examples=_examples,
    site=_site,
)
