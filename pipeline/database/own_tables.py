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
    """One apply: who, when, why, from which commit, which plan, how much, and which hazards were allowed.

    `actor` is the person or the CI's user, `database_user` who the server took them for. `git_clean` says whether
    the working tree held nothing but the commit; both are NULL where there is no repository. `allowed` is a list of
    hazards with their counts. `undoes` is the run that this one takes back.
    """

    __tablename__ = "runs"

    id: int = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    pack: str = Field(sa_type=String(50), nullable=False)
    applied_at: datetime = moment()
    database_user: str = Field(sa_type=Text, nullable=False, sa_column_kwargs={"server_default": text("CURRENT_USER")})
    actor: str = Field(sa_type=Text, nullable=False, sa_column_kwargs={"server_default": text("CURRENT_USER")})
    reason: str | None = Field(default=None, sa_type=Text)
    scope: str | None = Field(default=None, sa_type=Text)
    git_commit: str | None = Field(default=None, sa_type=String(64))
    git_clean: bool | None = None
    plan_digest: str = Field(sa_type=String(32), nullable=False)
    undoes: int | None = Field(default=None, sa_type=BigInteger)
    allowed: list[Any] = Field(
        sa_column=Column(JSONB(none_as_null=True), nullable=False, server_default=text("'[]'::jsonb"))
    )
    created: int
    updated: int
    moved: int = Field(sa_column_kwargs={"server_default": text("0")})
    reactivated: int
    deactivated: int
    recorded: int


class Change(Own, table=True):
    """One row that a run wrote, or (action `record`) one that it only noted in the ledger.

    `fields` is `{name: {"before": …, "after": …, "cause": …}}`; a create has none, for all that it wrote is
    `declared`. `key`, `row_id`, `declared`, `active`, `protected` and `digest` are what the ledger holds afterwards:
    it is filled from here. `moved_from` is the key before a move. `recorded` is what the ledger held before, as
    `{"values": …, "active": …, "protected": …}`, NULL where it held nothing. `row_id` is empty where the row is gone.
    """

    __tablename__ = "changes"

    run_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    position: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    kind: str = Field(sa_type=String(50), nullable=False)
    key: str = Field(sa_type=Text, nullable=False)
    moved_from: str | None = Field(default=None, sa_type=Text)
    row_id: str = Field(sa_type=Text, nullable=False)
    action: str = Field(sa_type=String(20), nullable=False)
    cause: str = Field(sa_type=String(20), nullable=False)
    fields: dict[str, Any] = Field(sa_column=Column(JSONB(none_as_null=True), nullable=False))
    declared: dict[str, Any] = Field(sa_column=Column(JSONB(none_as_null=True), nullable=False))
    active: bool
    protected: bool
    digest: str = Field(sa_type=String(32), nullable=False)
    recorded: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
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
    protected: bool = Field(sa_column_kwargs={"server_default": text("false")})
    digest: str = Field(sa_type=String(32), nullable=False)
    values: dict[str, Any] = Field(sa_column=Column("values", JSONB(none_as_null=True), nullable=False))
    run_id: int = Field(sa_type=BigInteger, nullable=False)


class Move(Own, table=True):
    """A declared rename that was carried out: its entry in the manifests does nothing from then on."""

    __tablename__ = "moves"

    pack: str = Field(sa_column=Column(String(50), primary_key=True))
    kind: str = Field(sa_column=Column(String(50), primary_key=True))
    from_key: str = Field(sa_column=Column(Text, primary_key=True))
    to_key: str = Field(sa_column=Column(Text, primary_key=True))
    run_id: int = Field(sa_type=BigInteger, nullable=False)
