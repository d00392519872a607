"""Columns as fields, and the words that columns are written in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION, TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.database.fields import field_type, require_in_step
from pipeline.errors import UsageError
from pipeline.model.kind import Field
from tests import measured
from tests.measured import PACK, SCHEMA, Base


def column(sa_type: Any, **more: Any) -> sa.Column[Any]:
    """A column of a table."""
    made = sa.Column("c", sa_type, info={"managed": True}, **more)
    sa.Table("t", sa.MetaData(), made)
    return made


@pytest.mark.parametrize(
    ("sa_type", "name"),
    [
        (sa.SmallInteger(), "integer"),
        (sa.BigInteger(), "integer"),
        (sa.Float(), "float"),
        (sa.Float(53), "float"),
        (sa.Double(), "float"),
        (DOUBLE_PRECISION(), "float"),
        (sa.Numeric(4, 1), "decimal"),
        (sa.Date(), "date"),
        (sa.DateTime(timezone=True), "timestamp"),
        (TIMESTAMP(timezone=True), "timestamp"),
    ],
)
def test_types_that_manifests_write(sa_type: Any, name: str) -> None:
    assert field_type(column(sa_type)) == name


@pytest.mark.parametrize(
    "sa_type",
    [
        *(sa.REAL(), sa.Float(24), sa.DateTime(), sa.DateTime(timezone=False), TIMESTAMP(timezone=True, precision=0)),
        *(sa.Time(), sa.Interval(), sa.LargeBinary(), sa.Uuid()),
    ],
)
def test_a_type_that_does_not_give_back_what_is_written_is_a_mistake_of_the_pack(sa_type: Any) -> None:
    with pytest.raises(UsageError, match=r"t\.c: manifests cannot write the type"):
        field_type(column(sa_type))


def test_a_default_that_the_database_computes_is_a_mistake_of_the_pack() -> None:
    from pipeline.database.fields import _field

    with pytest.raises(UsageError, match=r"t\.c: manifests cannot say the default"):
        _field(column(sa.DateTime(timezone=True), server_default=sa.func.now()))


def test_fields_and_their_defaults_come_back_from_the_schema() -> None:
    require_in_step(PACK)

    field = PACK.kind["reading"].field
    assert field["share"] == Field("share", "float", default=0.5)
    assert field["start"] == Field("start", "date", default="2000-01-01")
    assert field["until"] == Field("until", "timestamp", default="2024-05-01T10:00:00.500000+00:00")
    assert isinstance(field["share"].default, float)
    assert PACK.kind["price"].field["valid_from"].required


def test_integers_are_as_wide_as_their_columns() -> None:
    properties = SCHEMA["definitions"]["reading"]["properties"]

    bounds = {name: (properties[name]["minimum"], properties[name]["maximum"]) for name in ("small", "whole", "big")}
    assert bounds == {
        "small": (-(2**15), 2**15 - 1),
        "whole": (-(2**31), 2**31 - 1),
        "big": (-(2**63), 2**63 - 1),
    }
    assert (properties["share"]["minimum"], properties["share"]["maximum"]) == (0, 1)
    assert properties["share"]["default"] == Decimal("0.5")


async def test_the_tables_are_made_as_they_are_described(engine: AsyncEngine, database: str) -> None:
    await measured.create_tables(database)

    def different(connection: sa.Connection) -> Any:
        def ours(name: str | None, kind: str, _: Any) -> bool:
            return kind != "table" or name in Base.metadata.tables

        options = {"compare_type": True, "compare_server_default": True, "include_name": ours}
        return compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)

    async with engine.connect() as connection:
        assert await connection.run_sync(different) == []


async def test_the_database_makes_keys_and_checks_bounds(engine: AsyncEngine, database: str) -> None:
    await measured.create_tables(database)
    async with engine.begin() as connection:
        await connection.execute(sa.text("INSERT INTO zones (code) VALUES ('north')"))
        made = "INSERT INTO {} (zone_id, code) SELECT id, 'A' FROM zones RETURNING id"
        assert await connection.scalar(sa.text(made.format("stations"))) == 1
        assert len(str(await connection.scalar(sa.text(made.format("sensors"))))) == 36
        start = await connection.scalar(sa.text(made.format("readings").replace("RETURNING id", "RETURNING start")))
        assert str(start) == "2000-01-01"
    with pytest.raises(sa.exc.IntegrityError, match="ck_readings_share"):
        async with engine.begin() as connection:
            await connection.execute(sa.text("UPDATE readings SET share = 1.5"))
