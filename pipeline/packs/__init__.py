"""The domains. The catalog is a plain tuple; nothing registers itself by being imported."""

from __future__ import annotations

from pipeline.packs.components import PACK as COMPONENTS
from pipeline.packs.contracts import PACK as CONTRACTS
from pipeline.packs.homologation import PACK as HOMOLOGATION
from pipeline.packs.quiz import PACK as QUIZ

CATALOG = (HOMOLOGATION, CONTRACTS, COMPONENTS, QUIZ)
