"""What the pack does in the database beside the engine."""

from __future__ import annotations

from pipeline.database.hooks import Hooks
from pipeline.packs.homologation.audit import WRITES, audit

HOOKS = Hooks(recorded=audit, writes=WRITES)
