"""The models that are in use, and how their answers are measured: what manifests declare."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, column
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.sql.naming import conv

from pipeline.database.columns import choice, document, reference, retire_flag, unique, whole, words, yes_no
from pipeline.packs.components.tables.base import Base, count, instant, one, payload, state

NAME = "^[A-Za-z0-9][A-Za-z0-9 ._/()-]*$"
WORD = "^[a-z0-9][a-z0-9_-]*$"
OBJECT = {"type": "object"}


class EmbeddingModel(Base, table=True):
    """A model that turns text into vectors, and what its vectors are like."""

    __tablename__ = "embedding_models"
    __table_args__ = (
        unique("name"),
        # Not a unique index, because that is checked row by row, and the default may pass from one row to another.
        ExcludeConstraint(
            (column("is_default"), "="),
            name=conv("ex_embedding_models_default"),
            using="btree",
            where="is_default AND is_active",
            deferrable=True,
            initially="IMMEDIATE",
        ),
    )

    name: str = words(
        100,
        about="The model's name. It identifies the model, so changing it makes a new one.",
        examples=["text-embedding-3-small"],
        pattern=NAME,
    )
    provider: str = words(
        50,
        about="Who runs the model.",
        examples=["openai", "huggingface"],
        pattern=WORD,
    )
    model_id: str | None = words(
        200,
        about="What the provider calls the model. Leave it out where that is its name.",
        examples=["sentence-transformers/all-MiniLM-L6-v2"],
        null=True,
    )
    dimension: int = whole("dimension", about="How many numbers a vector has.", examples=[1536, 384], minimum=1)
    max_tokens: int = whole(
        "max_tokens", about="The longest text that the model takes, in tokens.", examples=[8191, 256], minimum=1
    )
    is_active: bool = retire_flag()
    is_default: bool = yes_no(
        about="Whether new documents get their vectors from this model. One model at most.", default=False
    )
    description: str | None = words(
        about="What the model is good for, in a sentence or two.",
        examples=["Vectores pequeños y baratos, suficientes para la mayoría de los documentos."],
        null=True,
    )
    configuration: dict[str, Any] | None = document(
        OBJECT,
        about="Settings that the model's requests are sent with.",
        examples=[{"batch_size": 100}, {"normalize": True}],
    )

    evaluation_runs: list["EvaluationRun"] = one("EvaluationRun", "embedding_model", passive_deletes=True)


class EvaluationRun(Base, table=True):
    """A measurement of answers: what is measured stands in the manifests, what came out is written by the programs."""

    __tablename__ = "evaluation_runs"
    __table_args__ = (
        unique("name"),
        Index(None, "model_name", "evaluation_type"),
        Index(None, "status", "created_at"),
    )

    name: str = words(
        200,
        about="The measurement's name. It identifies the measurement, so changing it makes a new one.",
        examples=["Button Component Quality Test"],
        pattern=NAME,
    )
    description: str | None = words(
        about="What is measured, and against what.",
        examples=["Compara los botones generados con el sistema de diseño."],
        null=True,
    )
    model_name: str = words(
        100, about="The model whose answers are measured.", examples=["gpt-4", "text-embedding-3-small"]
    )
    embedding_model_id: int | None = reference(
        "embedding_models.id",
        on_delete="SET NULL",
        about="The embedding model that looks up what the answers are made from. Leave it out where none is used.",
        examples=["text-embedding-3-small"],
        null=True,
        key=Integer,
    )
    dataset_name: str | None = words(
        200, about="The set of questions that is asked.", examples=["button_test_set_v1"], null=True
    )
    evaluation_type: str = choice(
        "evaluation_type",
        ("chat", "generation", "qa", "rag", "retrieval"),
        50,
        about="What is measured: chats, generated components, answers, answers from documents, or what is found.",
        default="generation",
    )
    config: dict[str, Any] | None = document(
        OBJECT,
        about="The settings of the measurement.",
        examples=[{"temperature": 0.7, "max_tokens": 2000, "test_cases": 50}],
    )
    is_active: bool = retire_flag()
    status: str = state("status", ("pending", "running", "completed", "failed"), 50, default="pending")
    metrics: dict[str, Any] | None = payload()  # accuracy, precision, recall, f1_score …
    total_questions: int = count("total_questions", default=0)
    completed_questions: int = count("completed_questions", default=0)
    started_at: datetime | None = instant()
    completed_at: datetime | None = instant()

    embedding_model: "EmbeddingModel | None" = one("EmbeddingModel", "evaluation_runs")
