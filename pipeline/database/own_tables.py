"""The pipeline's own tables, in the schema `pipeline`: ledger, runs and change log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Integer, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from pipeline.database.columns import metadata, moment

SCHEMA = "pipeline"


class Own(SQLModel, registry=registry(metadata=metadata(SCHEMA))):
    """Base of the pipeline's own tables, apart from every pack's."""


class Run(Own, table=True):
    """One apply: who, when, which plan, how much."""

    __tablename__ = "runs"

    id: int = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    pack: str = Field(sa_type=String(50), nullable=False)
    applied_at: datetime = moment()
    database_user: str = Field(sa_type=Text, nullable=False, sa_column_kwargs={"server_default": text("CURRENT_USER")})
    plan_digest: str = Field(sa_type=String(32), nullable=False)
    created: int
    updated: int
    reactivated: int
    deactivated: int
    recorded: int


class Change(Own, table=True):
    """One change of a run. `fields` is `{name: {"before": …, "after": …, "cause": …}}`; a create has none, for all
    that it wrote is `declared`, as in the ledger."""

    __tablename__ = "changes"

    run_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    position: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    kind: str = Field(sa_type=String(50), nullable=False)
    key: str = Field(sa_type=Text, nullable=False)
    action: str = Field(sa_type=String(20), nullable=False)
    cause: str = Field(sa_type=String(20), nullable=False)
    fields: dict[str, Any] = Field(sa_column=Column(JSONB(none_as_null=True), nullable=False))
    declared: dict[str, Any] = Field(sa_column=Column(JSONB(none_as_null=True), nullable=False))
    file: str | None = Field(default=None, sa_type=Text)
    line: int | None = None


class LedgerEntry(Own, table=True):
    """What the pipeline last applied to one resource.

    `key` is the natural key as canonical JSON; `row_id` the row's id as text, so that a row that vanished comes
    back under the same id; `digest` is `model.resource.fingerprint` of what was declared.
    """

    __tablename__ = "ledger"

    pack: str = Field(sa_column=Column(String(50), primary_key=True))
    kind: str = Field(sa_column=Column(String(50), primary_key=True))
    key: str = Field(sa_column=Column(Text, primary_key=True))
    row_id: str = Field(sa_type=Text, nullable=False)
    active: bool
    digest: str = Field(sa_type=String(32), nullable=False)
    values: dict[str, Any] = Field(sa_column=Column("values", JSONB(none_as_null=True), nullable=False))
    run_id: int = Field(sa_type=BigInteger, nullable=False)
