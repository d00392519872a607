"""Obligations, their evidence, and flags about them; and what the database itself sees to."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "contracts_0002"
down_revision = "contracts_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those referred to before those that refer to them, and their triggers."""
    _obligations()
    _evidence()
    _flags()
    _evidence_is_append_only()
    _flags_are_about_something()
    _flags_are_resolved_at_a_time()


def downgrade() -> None:
    """Drop the tables in reverse, and their functions."""
    op.drop_table("flags")
    op.drop_table("evidence")
    op.drop_table("obligations")
    for function in ("refuse_change_of_evidence", "require_entity_of_flag", "date_resolution_of_flag"):
        op.execute(f"DROP FUNCTION {function}()")


def _obligations() -> None:
    op.create_table(
        "obligations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("doc_id", sa.Uuid(), nullable=False),
        sa.Column("source_clause", sa.Text(), nullable=False),
        sa.Column("obligation_text", sa.Text(), nullable=False),
        sa.Column("obligation_type", sa.String(length=20), nullable=True),
        sa.Column("responsible_party", sa.String(length=255), nullable=True),
        sa.Column("counterparty", sa.String(length=255), nullable=True),
        sa.Column("frequency", sa.String(length=100), nullable=True),
        sa.Column("deadline", sa.String(length=255), nullable=True),
        sa.Column("source_page", sa.Integer(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("status", sa.String(length=20), server_default=sa.text("'ACTIVE'"), nullable=False),
        sa.Column("extraction_model", sa.String(length=100), nullable=True),
        sa.Column("verification_model", sa.String(length=100), nullable=True),
        sa.Column("verification_result", postgresql.JSONB(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "obligation_type IN ('Delivery', 'Financial', 'Compliance', 'SLA', 'Confidentiality', 'Termination',"
            " 'Indemnification', 'Governance')",
            name=op.f("ck_obligations_obligation_type"),
        ),
        sa.CheckConstraint(
            "status IN ('ACTIVE', 'SUPERSEDED', 'UNRESOLVED', 'TERMINATED')", name=op.f("ck_obligations_status")
        ),
        sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name=op.f("ck_obligations_confidence")),
        sa.CheckConstraint("id <> supersedes_id", name=op.f("ck_obligations_id_supersedes_id")),
        sa.CheckConstraint("source_page >= 1", name=op.f("ck_obligations_source_page")),
        sa.ForeignKeyConstraint(["doc_id"], ["documents.id"], name=op.f("fk_obligations_doc_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["obligations.id"], name=op.f("fk_obligations_supersedes_id"), ondelete="NO ACTION"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligations")),
    )
    op.create_index(op.f("ix_obligations_doc_id"), "obligations", ["doc_id"])
    op.create_index(op.f("ix_obligations_obligation_type"), "obligations", ["obligation_type"])
    op.create_index(op.f("ix_obligations_status"), "obligations", ["status"])
    op.create_index(op.f("ix_obligations_supersedes_id"), "obligations", ["supersedes_id"])
    op.create_index(
        op.f("ix_obligations_verification_result"),
        "obligations",
        ["verification_result"],
        postgresql_using="gin",
        postgresql_ops={"verification_result": "jsonb_path_ops"},
    )
    op.create_index(
        op.f("uq_obligations_doc_id_source_clause_obligation_text"),
        "obligations",
        ["doc_id", sa.literal_column("md5(source_clause)"), sa.literal_column("md5(obligation_text)")],
        unique=True,
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("doc_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=True),
        sa.Column("page_number", sa.Integer(), nullable=True),
        sa.Column("section_reference", sa.String(length=255), nullable=True),
        sa.Column("source_clause", sa.Text(), nullable=True),
        sa.Column("extraction_model", sa.String(length=100), nullable=True),
        sa.Column("verification_model", sa.String(length=100), nullable=True),
        sa.Column("verification_result", sa.String(length=20), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("amendment_history", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "verification_result IN ('CONFIRMED', 'DISPUTED', 'UNVERIFIED')",
            name=op.f("ck_evidence_verification_result"),
        ),
        sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name=op.f("ck_evidence_confidence")),
        sa.CheckConstraint("page_number >= 1", name=op.f("ck_evidence_page_number")),
        sa.ForeignKeyConstraint(["doc_id"], ["documents.id"], name=op.f("fk_evidence_doc_id"), ondelete="NO ACTION"),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_evidence_obligation_id"), ondelete="NO ACTION"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("obligation_id", "digest", name=op.f("uq_evidence_obligation_id_digest")),
    )
    op.create_index(
        op.f("ix_evidence_amendment_history"),
        "evidence",
        ["amendment_history"],
        postgresql_using="gin",
        postgresql_ops={"amendment_history": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_evidence_doc_id"), "evidence", ["doc_id"])
    op.create_index(op.f("ix_evidence_obligation_id"), "evidence", ["obligation_id"])


def _flags() -> None:
    op.create_table(
        "flags",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("entity_type", sa.String(length=20), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("flag_type", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("resolved", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("entity_type IN ('obligation', 'document')", name=op.f("ck_flags_entity_type")),
        sa.CheckConstraint(
            "flag_type IN ('UNVERIFIED', 'UNLINKED', 'AMBIGUOUS', 'UNRESOLVED', 'LOW_CONFIDENCE')",
            name=op.f("ck_flags_flag_type"),
        ),
        sa.CheckConstraint("resolved = (resolved_at IS NOT NULL)", name=op.f("ck_flags_resolved_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
    )
    op.create_index(op.f("ix_flags_entity_type_entity_id"), "flags", ["entity_type", "entity_id"])
    op.create_index(op.f("ix_flags_flag_type"), "flags", ["flag_type"])
    op.create_index(op.f("ix_flags_resolved"), "flags", ["resolved"])


def _evidence_is_append_only() -> None:
    """Whoever is connected: a row of evidence stays as it was added."""
    op.execute(
        """
        CREATE FUNCTION refuse_change_of_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'evidence is only ever added: what is new is another row' USING ERRCODE = '23001';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER evidence_is_append_only BEFORE UPDATE OR DELETE ON evidence"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_evidence()"
    )
    op.execute(
        "CREATE TRIGGER evidence_is_not_truncated BEFORE TRUNCATE ON evidence"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence()"
    )


def _flags_are_about_something() -> None:
    """The row is locked against deletion until the flag is committed. The functions look for it where they were made,
    whatever the session's search_path is, and with their owner's rights, as foreign keys do."""
    op.execute(
        """
        CREATE FUNCTION require_entity_of_flag() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            IF NEW.entity_type = 'obligation' THEN
                PERFORM FROM obligations WHERE id = NEW.entity_id FOR KEY SHARE;
            ELSE
                PERFORM FROM documents WHERE id = NEW.entity_id FOR KEY SHARE;
            END IF;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'the flag is about a % that does not exist', NEW.entity_type USING ERRCODE = '23503';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER flag_is_about_something BEFORE INSERT OR UPDATE OF entity_type, entity_id ON flags"
        " FOR EACH ROW EXECUTE FUNCTION require_entity_of_flag()"
    )


def _flags_are_resolved_at_a_time() -> None:
    """The time is set with the first word that it is resolved, and cleared when it is open again."""
    op.execute(
        """
        CREATE FUNCTION date_resolution_of_flag() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT NEW.resolved THEN
                NEW.resolved_at := NULL;
            ELSIF TG_OP = 'UPDATE' AND OLD.resolved THEN
                NEW.resolved_at := OLD.resolved_at;
            ELSE
                NEW.resolved_at := coalesce(NEW.resolved_at, now());
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER flag_is_resolved_at_a_time BEFORE INSERT OR UPDATE ON flags"
        " FOR EACH ROW EXECUTE FUNCTION date_resolution_of_flag()"
    )
