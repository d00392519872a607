"""Tables that were there before: taken over as they are, or what they lack is told."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.database import migrations
from pipeline.database.adoption import adopt
from pipeline.errors import RevisionError
from tests.conftest import HISTORIES
from tests.database.catalogue import fetch

OWN, HOMOLOGATION, *_ = HISTORIES
FORGET = "DROP TABLE alembic_version_homologation"


async def test_tables_that_fit_are_taken_over_as_they_are(engine: AsyncEngine, database: str) -> None:
    await fetch(database, FORGET)
    await fetch(database, "ALTER TABLE elements ADD COLUMN colour text")
    await fetch(database, "INSERT INTO vehicle_categories (slug, name, client_type) VALUES ('a', 'b', 'particular')")

    newest = migrations.revisions(HOMOLOGATION)[-1]
    assert await adopt(engine, HOMOLOGATION) == newest

    assert (await migrations.current(engine, HISTORIES))["homologation"] == newest
    assert await migrations.upgrade(engine, HISTORIES) == ()
    assert await fetch(database, "SELECT slug FROM vehicle_categories") == [("a",)]


async def test_what_is_missing_is_told_and_nothing_is_taken_over(engine: AsyncEngine, database: str) -> None:
    for statement in (
        FORGET,
        "ALTER TABLE tariff_tiers DROP COLUMN conditions",
        "ALTER TABLE tariff_tiers ALTER COLUMN description TYPE varchar(80), ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE tariff_tiers DROP CONSTRAINT ck_tariff_tiers_price",
        "DROP INDEX ix_elements_category_id",
        "DROP TABLE policies",
    ):
        await fetch(database, statement)

    with pytest.raises(RevisionError) as refused:
        await adopt(engine, HOMOLOGATION)

    assert str(refused.value).splitlines()[1:] == [
        "  elements: ix_elements_category_id is missing",
        "  policies: the table is missing",
        "  tariff_tiers: the check ck_tariff_tiers_price is missing",
        "  tariff_tiers: the column conditions is missing",
        "  tariff_tiers: the column description differs in its type: it has VARCHAR(80), not TEXT",
        "  tariff_tiers: the column name differs in whether it may be empty: it has yes, not no",
    ]
    assert (await migrations.current(engine, HISTORIES))["homologation"] is None


async def test_managed_tables_are_not_taken_over_again(engine: AsyncEngine) -> None:
    with pytest.raises(RevisionError, match="managed already"):
        await adopt(engine, HOMOLOGATION)
