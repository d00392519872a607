"""A small register as manifests, resources made in a line, and the short calls that its tests share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.commands import Prepared
from pipeline.model.address import Address, Key
from pipeline.model.resource import Origin, Resource, State
from pipeline.model.values import Declared, Value
from pipeline.packs.contracts import PACK
from pipeline.plan.change import Plan
from tests.allowed import everything

ACME: Key = ("Acme",)
HEAD = """\
pack = "contracts"
version = 1
organization = "Acme"

[[organizations]]
name = "Acme"
"""
MSA = """
[[documents]]
file_path = "2023/msa.pdf"
filename = "msa.pdf"
doc_type = "MSA"
parties = ["Acme", "Bolt"]

  [[documents.obligations]]
  source_clause = "4.2"
  obligation_text = "Bolt delivers in 15 days."
"""
EVIDENCE = """
    [[documents.obligations.evidence]]
    page_number = 4
    verification_result = "UNVERIFIED"
"""
AMENDMENT = """
[[documents]]
file_path = "2024/amendment.pdf"
filename = "amendment.pdf"
doc_type = "Amendment"
parent_reference_raw = "msa.pdf"
"""
FASTER = """
  [[documents.obligations]]
  source_clause = "1"
  obligation_text = "Bolt delivers in 10 days."
  supersedes = { document = "2023/msa.pdf", source_clause = "4.2", obligation_text = "Bolt delivers in 15 days." }
"""
STATUSES = "SELECT obligation_text, status FROM contracts.obligations ORDER BY obligation_text"
LINKS = (
    "SELECT c.filename, p.file_path, l.link_status, l.is_active FROM contracts.document_links l"
    " JOIN contracts.documents c ON c.id = child_doc_id LEFT JOIN contracts.documents p ON p.id = parent_doc_id"
    " ORDER BY 1, 2 NULLS FIRST"
)
DANGLING = "SELECT reference_text, is_active FROM contracts.dangling_references ORDER BY 1"


async def plan(engine: AsyncEngine, folder: Path, *parts: str) -> Prepared:
    """The plan for one manifest made of these parts."""
    (folder / "register.toml").write_text("".join(parts), "utf-8")
    validation = commands.validate(folder, (PACK,))
    assert validation.ok, validation.diagnostics
    (prepared,) = await commands.plan(engine, validation)
    return prepared


async def apply(engine: AsyncEngine, folder: Path, *parts: str) -> Prepared:
    """Plan and apply one manifest made of these parts; then nothing is left to do."""
    prepared = await plan(engine, folder, *parts)
    await commands.apply(engine, prepared, lock_timeout=5, allowed=everything(prepared))
    assert (await plan(engine, folder, *parts)).plan.is_empty
    return prepared


def told(plan: Plan) -> set[tuple[str, str, str]]:
    """What a plan does, to a resource of which kind, by the last step of its address."""
    return {(one.action, one.address.kind, str(one.address).rsplit("/", 1)[-1]) for one in plan.changes}


def document(path: str, *, organization: Key = ACME, active: bool = True, **said: Value) -> Resource:
    """A document, its file named as the path ends."""
    values = {"organization": organization, "file_path": path, "filename": path.rsplit("/", 1)[-1], **said}
    origin = Origin("register.toml", ("documents", path))
    return Resource(Address("document", (organization, path)), Declared(values), active, origin)


def link(child: str, parent: str, *, active: bool = True, protected: bool = False) -> Resource:
    """The entry of a link, as it is read."""
    child_key, parent_key = (ACME, child), (ACME, parent)
    origin = Origin("register.toml", ("links", child, parent))
    values = Declared({"document": child_key, "parent": parent_key})
    return Resource(Address("link", (child_key, parent_key)), values, active, origin, protected)


def state(*resources: Resource) -> State:
    """A state of these resources."""
    found: dict[str, dict[Key, Resource]] = {kind.name: {} for kind in PACK.kinds}
    for one in resources:
        found[one.address.kind][one.address.key] = one
    return found


def said(rows: Mapping[Key, Resource]) -> dict[str, dict[str, Value]]:
    """What rows hold beside their keys, by address, without what is absent."""
    return {
        str(one.address): {
            name: value
            for name, value in one.values.items()
            if value is not None and name not in PACK.kind[one.address.kind].key
        }
        for one in rows.values()
    }
