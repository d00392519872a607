"""What the pack does in the database beside the engine."""

from __future__ import annotations

from pipeline.database.hooks import Hooks
from pipeline.packs.homologation.audit import WRITES, audit
from pipeline.packs.homologation.open_cases import READS, open_cases

HOOKS = Hooks(recorded=audit, uses=open_cases, reads=READS, writes=WRITES)
