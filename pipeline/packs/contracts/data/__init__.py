"""The register for programs: typed questions to its tables, each in a bounded number of statements.

    sessions = make_sessions(engine, PACK)
    async with sessions() as session, session.begin():
        found = await documents_by_party(session, "Ostrava Castings")

Whoever opens the session commits it. Sessions have to be made for the pack, which lives in a schema of its own.
"""

from __future__ import annotations

from pipeline.packs.contracts.data.documents import documents_by_party
from pipeline.packs.contracts.data.flags import Entity, open_flags, raise_flag, resolve_flag
from pipeline.packs.contracts.data.obligations import add_evidence, obligations_of

__all__ = [
    "Entity",
    "add_evidence",
    "documents_by_party",
    "obligations_of",
    "open_flags",
    "raise_flag",
    "resolve_flag",
]
