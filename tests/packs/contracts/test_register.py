"""The life of a register: what apply writes, and what it never does."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline import commands
from pipeline.errors import DatabaseError
from pipeline.packs.contracts import PACK
from pipeline.render import text
from tests.database.catalogue import fetch
from tests.packs.contracts.register import (
    AMENDMENT,
    DANGLING,
    EVIDENCE,
    FASTER,
    HEAD,
    LINKS,
    MSA,
    STATUSES,
    apply,
    plan,
    told,
)

BOLT_15, BOLT_10 = "Bolt delivers in 15 days.", "Bolt delivers in 10 days."


async def test_an_obligation_that_another_replaces_is_superseded(
    engine: AsyncEngine, folder: Path, database: str
) -> None:
    await apply(engine, folder, HEAD, MSA)
    prepared = await apply(engine, folder, HEAD, MSA, AMENDMENT, FASTER)

    assert ("deactivate", "obligation", BOLT_15) in told(prepared.plan)
    assert 'status    "ACTIVE" -> "SUPERSEDED"' in text.render(prepared.plan)
    assert await fetch(database, STATUSES) == [(BOLT_10, "ACTIVE"), (BOLT_15, "SUPERSEDED")]
    replaced = (
        "SELECT o.obligation_text FROM contracts.obligations n JOIN contracts.obligations o ON o.id = n.supersedes_id"
    )
    assert await fetch(database, replaced) == [(BOLT_15,)]

    await apply(engine, folder, HEAD, MSA, AMENDMENT)
    assert await fetch(database, STATUSES) == [(BOLT_10, "TERMINATED"), (BOLT_15, "ACTIVE")]


async def test_an_obligation_ends_and_comes_back(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, HEAD, MSA)
    bare = MSA[: MSA.index("  [[documents.obl")]

    await apply(engine, folder, HEAD, bare)
    assert await fetch(database, STATUSES) == [(BOLT_15, "TERMINATED")]
    prepared = await apply(engine, folder, HEAD, MSA)
    assert ("reactivate", "obligation", BOLT_15) in told(prepared.plan)
    assert await fetch(database, STATUSES) == [(BOLT_15, "ACTIVE")]
    await apply(engine, folder, HEAD, MSA.replace("  source_clause", "  active = false\n  source_clause"))
    assert await fetch(database, STATUSES) == [(BOLT_15, "TERMINATED")]


async def test_an_unresolved_obligation_is_in_force(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, HEAD, MSA)
    await fetch(database, "UPDATE contracts.obligations SET status = 'UNRESOLVED'")

    assert (await plan(engine, folder, HEAD, MSA)).plan.is_empty


async def test_changed_evidence_is_another_row(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, HEAD, MSA, EVIDENCE)
    prepared = await apply(engine, folder, HEAD, MSA, EVIDENCE.replace("UNVERIFIED", "CONFIRMED"))
    rows = "SELECT page_number, verification_result FROM contracts.evidence ORDER BY 2"

    assert [(one.action, one.address.kind) for one in prepared.plan.changes] == [("create", "evidence")]
    assert await fetch(database, rows) == [(4, "CONFIRMED"), (4, "UNVERIFIED")]
    assert (await apply(engine, folder, HEAD, MSA)).plan.is_empty
    assert len(await fetch(database, rows)) == 2


async def test_a_parent_that_comes_later_is_linked(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, HEAD, AMENDMENT)
    assert await fetch(database, LINKS) == [("amendment.pdf", None, "UNLINKED", True)]
    assert await fetch(database, DANGLING) == [("msa.pdf", True)]

    prepared = await plan(engine, folder, HEAD, AMENDMENT, MSA)
    assert not prepared.plan.hazards
    assert told(prepared.plan) >= {
        ("create", "link", "msa.pdf"),
        ("deactivate", "link", "*"),
        ("deactivate", "dangling_reference", "msa.pdf"),
    }
    await apply(engine, folder, HEAD, AMENDMENT, MSA)
    assert await fetch(database, LINKS) == [
        ("amendment.pdf", None, "UNLINKED", False),
        ("amendment.pdf", "2023/msa.pdf", "LINKED", True),
    ]
    assert await fetch(database, DANGLING) == [("msa.pdf", False)]


async def test_an_ambiguous_parent_lists_its_candidates(engine: AsyncEngine, folder: Path, database: str) -> None:
    older = '[[documents]]\nfile_path = "2022/msa.pdf"\nfilename = "msa.pdf"\n'
    candidates = '[{"documents":["2022/msa.pdf","2023/msa.pdf"],"reference":"msa.pdf"}]'
    prepared = await plan(engine, folder, HEAD, AMENDMENT, older, MSA)
    shown = text.render(prepared.plan)

    assert f'      candidates     {candidates}\n      link_status    "AMBIGUOUS"\n' in shown
    assert "  + link 2024/amendment.pdf/*" in shown
    await apply(engine, folder, HEAD, AMENDMENT, older, MSA)
    assert await fetch(database, LINKS) == [("amendment.pdf", None, "AMBIGUOUS", True)]
    chosen = AMENDMENT.replace('"msa.pdf"', '"2022/msa.pdf"')
    await apply(engine, folder, HEAD, chosen, older, MSA)
    assert await fetch(database, LINKS) == [
        ("amendment.pdf", None, "AMBIGUOUS", False),
        ("amendment.pdf", "2022/msa.pdf", "LINKED", True),
    ]


async def test_a_link_can_be_an_entry_of_its_own(engine: AsyncEngine, folder: Path, database: str) -> None:
    bare = AMENDMENT.replace('parent_reference_raw = "msa.pdf"\n', "")
    prepared = await plan(engine, folder, HEAD, MSA, bare, '\n  [[documents.links]]\n  parent = "msa.pdf"\n')
    (link,) = (one for one in prepared.plan.changes if one.address.kind == "link")

    assert link.line == 1 + "".join([HEAD, MSA, bare, "\n"]).count("\n")
    assert str(link.address) == "link Acme/2024/amendment.pdf/2023/msa.pdf"


async def test_an_export_makes_the_same_rows(engine: AsyncEngine, folder: Path) -> None:
    explicit = """
  [[documents.links]]
  parent = "2023/msa.pdf"

  [[documents.links]]
  parent = "frame.pdf"
"""
    twins = '\n[[documents]]\nfile_path = "{0}/x.pdf"\nfilename = "x.pdf"\n'
    order = twins.format("o").replace("x.pdf", "order.pdf") + '\n  [[documents.links]]\n  parent = "x.pdf"\n'
    parts = (HEAD, MSA, EVIDENCE, AMENDMENT, FASTER, explicit, twins.format("a"), twins.format("b"), order)
    await apply(engine, folder, *parts)

    (made,) = await commands.export(engine, (PACK,), folder / "new", folder / "schemas", pack=None, scope=None)
    assert (made.remarks, made.unread, made.diagnostics) == ([], [], [])
    whole = "".join(made.files.values())
    assert whole.count("[[documents.links]]") == 2  # the one that the amendment names itself needs no entry
    assert "active = false" not in whole
    (folder / "register.toml").unlink()
    for name, content in made.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    (prepared,) = await commands.plan(engine, commands.validate(folder, (PACK,)))
    assert prepared.plan.is_empty, told(prepared.plan)


async def test_a_run_is_taken_back(engine: AsyncEngine, folder: Path, database: str) -> None:
    await apply(engine, folder, HEAD, MSA, EVIDENCE)
    await apply(engine, folder, HEAD, MSA, EVIDENCE, AMENDMENT, FASTER)

    back = await commands.rollback(engine, (PACK,), 2)
    await commands.apply(
        engine,
        back,
        lock_timeout=5,
        allowed=commands.allowances([back.plan.needs(hazard) for hazard in back.plan.hazards], (PACK,)),
    )
    assert await fetch(database, STATUSES) == [(BOLT_10, "TERMINATED"), (BOLT_15, "ACTIVE")]
    assert await fetch(database, LINKS) == [("amendment.pdf", "2023/msa.pdf", "LINKED", False)]
    assert (await plan(engine, folder, HEAD, MSA, EVIDENCE)).plan.is_empty


async def test_an_apply_that_the_database_refuses_leaves_nothing(
    engine: AsyncEngine, folder: Path, database: str
) -> None:
    await fetch(database, f"ALTER TABLE contracts.obligations ADD CHECK (obligation_text <> '{BOLT_10}')")
    prepared = await plan(engine, folder, HEAD, MSA, AMENDMENT, FASTER)

    with pytest.raises(DatabaseError, match="breaks a rule of the table"):
        await commands.apply(engine, prepared, lock_timeout=5)
    assert await fetch(database, "SELECT count(*) FROM contracts.organizations") == [(0,)]


async def test_a_text_may_be_a_paragraph(engine: AsyncEngine, folder: Path) -> None:
    long = "".join(chr(33 + number * 7 % 90 if number * 7 % 90 not in (1, 59) else 40) for number in range(2000))
    obligation = MSA.replace("Bolt delivers in 15 days.", long)
    prepared = await apply(engine, folder, HEAD, obligation, EVIDENCE, AMENDMENT.replace("msa.pdf", long))

    assert max(map(len, text.render(prepared.plan).splitlines())) < 500


async def test_what_people_changed_is_taken_into_the_manifests(
    engine: AsyncEngine, folder: Path, database: str
) -> None:
    await apply(engine, folder, HEAD, MSA, AMENDMENT, FASTER)
    await fetch(database, "UPDATE contracts.obligations SET status = 'TERMINATED', supersedes_id = NULL")
    await fetch(database, "UPDATE contracts.document_links SET is_active = false")
    validation = commands.validate(folder, (PACK,))

    (found,) = await commands.export_drift(engine, validation, pack=None, scope=None, progress=lambda *_: None)

    written = (folder / "register.toml").read_text("utf-8")
    assert written.count("active = false") == 1
    assert "supersedes" not in written
    assert {(one.address.kind, one.message.split(":")[0]) for one in found.left} == {
        (
            "link",
            "it was retired outside the manifests, but document Acme/2024/amendment.pdf, which the same entry "
            "makes, was not",
        ),
        ("obligation", "status follows from what the manifests say"),
    }
