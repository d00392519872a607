"""The tables of the quiz. Names of constraints and indexes are those that the quiz's programs know."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry, relationship
from sqlalchemy.sql.naming import conv
from sqlmodel import Relationship, SQLModel

from pipeline.database.columns import (
    choice,
    document,
    metadata,
    moment,
    retire_flag,
    text_key,
    unique,
    unmanaged,
    words,
)

SLUG = "^[a-z0-9]+(-[a-z0-9]+)*$"
COLOUR = "^#[0-9A-Fa-f]{6}$"
DEFAULT_COLOUR = "#3B82F6"
DIFFICULTIES = ("easy", "medium", "hard")
QUESTION_TYPES = ("multiple_choice", "true_false")
_TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True}


class Base(SQLModel, registry=registry(metadata=metadata())):
    """Base of the pack's tables. Ids are UUIDs as text; every row knows when it changed."""

    id: str = text_key()
    created_at: datetime = moment()
    updated_at: datetime = moment(on_update=True)


def _many(target: str, back: str) -> Any:
    """Rows that go when this one is deleted; the database sees to it. Nothing is loaded unasked."""
    return _related(target, back, cascade="all, delete-orphan", passive_deletes=True)


def _related(target: str, back: str, **more: Any) -> Any:
    return Relationship(sa_relationship=relationship(target, back_populates=back, lazy="raise", **more))


def _link(target: str, *, on_delete: str, null: bool = False, managed: bool = False) -> Any:
    """A foreign key to a text id; its index stands among the table's own."""
    column = Column(String(36), ForeignKey(target, ondelete=on_delete), nullable=null)
    field = unmanaged(column)
    column.info["managed"] = managed
    return field


class Category(Base, table=True):
    """A subject that questions are asked about."""

    __tablename__ = "categories"
    __table_args__ = (unique("slug"),)

    slug: str = words(
        50,
        about="The category's short name in lower case. Other manifests say `category = …` with it. It identifies "
        "the category, so changing it makes a new one.",
        examples=["seguridad-vial", "reformas"],
        pattern=SLUG,
    )
    name: str = words(100, about="The name that people see.", examples=["Seguridad vial"])
    description: str | None = words(
        about="What the questions are about, in a sentence or two.",
        examples=["Señales, velocidades y lo que salva vidas en la carretera."],
        null=True,
    )
    color: str = words(
        7,
        about="The colour the category is shown in, as red, green and blue in hexadecimal.",
        examples=["#0EA5E9"],
        default=DEFAULT_COLOUR,
        pattern=COLOUR,
    )
    is_active: bool = retire_flag()

    questions: list["Question"] = _many("Question", "category")
    documents: list["Document"] = _many("Document", "category")
    preferences: list["CategoryPreference"] = _many("CategoryPreference", "category")


class Document(Base, table=True):
    """A file that questions of a category were made from."""

    __tablename__ = "documents"
    __table_args__ = (Index("idx_document_category", "category_id"),)

    category_id: str = _link("categories.id", on_delete="CASCADE")
    title: str = unmanaged(Column(String(500), nullable=False))
    filename: str = unmanaged(Column(String(255), nullable=False))
    content_type: str | None = unmanaged(Column(String(100)))  # MIME type
    content: str | None = unmanaged(Column(Text()))  # the text in it

    category: "Category" = _related("Category", "documents")
    questions: list["Question"] = _related("Question", "document", passive_deletes=True)


class Question(Base, table=True):
    """A question with the answers to choose from, of which one is right."""

    __tablename__ = "questions"
    __table_args__ = (
        unique("category_id", "code"),
        CheckConstraint("rating >= 0 AND rating <= 5", name=conv("rating_range")),
        Index("idx_category_id", "category_id"),
        Index("idx_category_difficulty", "category_id", "difficulty"),
        Index("idx_question_document", "document_id"),
    )

    category_id: str = _link("categories.id", on_delete="CASCADE", managed=True)
    document_id: str | None = _link("documents.id", on_delete="SET NULL", null=True)
    code: str = words(
        80,
        about="The question's short name in lower case, unique in its category. It identifies the question, so that "
        "its text can be corrected.",
        examples=["velocidad-autopista"],
        pattern=SLUG,
    )
    question_text: str = words(
        about="The question as it is asked.",
        examples=["¿Cuál es la velocidad máxima de un turismo en autopista?"],
    )
    question_type: str = choice(
        "question_type",
        QUESTION_TYPES,
        50,
        about="How it is answered: one of several answers, or true or false.",
        default="multiple_choice",
    )
    difficulty: str = choice("difficulty", DIFFICULTIES, 20, about="How hard it is.", default="medium")
    options: list[str] = document(
        _TEXTS | {"minItems": 2},
        about="The answers to choose from, in the order in which they are shown.",
        examples=[["100 km/h", "120 km/h", "130 km/h"], ["Verdadero", "Falso"]],
        required=True,
    )
    correct_answer: str = words(
        about="The right answer, written just as it stands among the options.", examples=["120 km/h"]
    )
    explanation: str | None = words(
        about="Why that is right, and where it is written.",
        examples=["Artículo 48 del Reglamento General de Circulación."],
        null=True,
    )
    tags: list[str] = document(
        _TEXTS,
        about="Words that the question is found by.",
        examples=[["velocidad", "autopista"]],
        default="[]",
    )
    rating: int = unmanaged(Column(Integer(), nullable=False, server_default=text("0")))  # stars, 0 for none
    is_active: bool = retire_flag()

    category: "Category" = _related("Category", "questions")
    document: "Document | None" = _related("Document", "questions")


class CategoryPreference(Base, table=True):
    """A setting of one category in the quiz's programs."""

    __tablename__ = "category_preferences"
    __table_args__ = (UniqueConstraint("category_id", "preference_key", name=conv("unique_preference")),)

    category_id: str = _link("categories.id", on_delete="CASCADE")
    preference_key: str = unmanaged(Column(String(100), nullable=False))
    preference_value: Any = unmanaged(Column(JSONB(), nullable=False))

    category: "Category" = _related("Category", "preferences")
