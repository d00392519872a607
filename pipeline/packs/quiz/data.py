"""What the quiz's programs ask of the tables, and how they write to them.

Every function takes the session it works in and commits nothing: who opens it does, best by
`async with database.session.sessions(engine, PACK).begin() as session`. What writes sends its statements at once, so
that a refusal is raised there, as ConflictError.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from pipeline.database.page import Page, page
from pipeline.database.session import constraint_of
from pipeline.errors import PipelineError
from pipeline.packs.quiz.tables import DEFAULT_COLOUR, Category, CategoryPreference, Question

T = TypeVar("T")

_REFUSED = {
    "uq_categories_slug": "There is a category of that short name already. Choose another slug.",
    "uq_questions_category_id_code": "The category has a question of that code already. Choose another code.",
    "fk_questions_category_id": "The category of the question does not exist, or not any more.",
    "fk_questions_document_id": "The document of the question does not exist, or not any more.",
    "fk_category_preferences_category_id": "The category does not exist, or not any more.",
    "ck_questions_difficulty": "A question is easy, medium or hard.",
    "ck_questions_question_type": "A question is of the type multiple_choice or true_false.",
    "rating_range": "A rating is a number of stars from 0 to 5.",
}


class NotFoundError(PipelineError):
    """There is no such row."""


class ConflictError(PipelineError):
    """The database refused to write what would break a rule; the whole transaction is to be given up."""


async def categories(session: AsyncSession) -> Sequence[Category]:
    """All categories, newest first."""
    return await _all(session, sa.select(Category).order_by(col(Category.created_at).desc(), col(Category.slug)))


async def categories_with_content(session: AsyncSession) -> Sequence[Category]:
    """All categories by name with their questions and documents, in three statements."""
    along = (selectinload(_of(Category.questions)), selectinload(_of(Category.documents)))
    return await _all(session, sa.select(Category).options(*along).order_by(col(Category.name)))


async def category(session: AsyncSession, slug: str) -> Category:
    """The category of that short name. Raises NotFoundError."""
    found = await session.scalar(sa.select(Category).where(col(Category.slug) == slug))
    if found is None:
        raise NotFoundError(f"There is no category {slug!r}. Look for it in the list of categories.")
    return found


async def questions(
    session: AsyncSession,
    category_id: str,
    *,
    difficulty: str | None = None,
    question_types: Collection[str] = (),
    tag: str | None = None,
    number: int = 1,
    size: int = 20,
) -> Page[Question]:
    """A page of a category's active questions by code, each with its category, and their number; three statements."""
    wanted = [col(Question.category_id) == category_id, col(Question.is_active)]
    if difficulty is not None:
        wanted.append(col(Question.difficulty) == difficulty)
    if question_types:
        wanted.append(col(Question.question_type).in_(question_types))
    if tag is not None:
        wanted.append(col(Question.tags).contains([tag]))
    chosen = sa.select(Question).where(*wanted).options(selectinload(_of(Question.category)))
    return await page(session, chosen.order_by(col(Question.code)), number, size)


async def create_category(
    session: AsyncSession, slug: str, name: str, *, description: str | None = None, color: str = DEFAULT_COLOUR
) -> Category:
    """A new category. Raises ConflictError for a slug that is taken."""
    made = Category(slug=slug, name=name, description=description, color=color)
    async with _writing(session):
        session.add(made)
    return made


async def update_category(session: AsyncSession, slug: str, **changed: str) -> Category:
    """The category with other values of its columns. Raises NotFoundError and ConflictError."""
    found = await category(session, slug)
    async with _writing(session):
        for name, value in changed.items():
            setattr(found, name, value)
    return found


async def delete_category(session: AsyncSession, slug: str) -> None:
    """Delete a category with all that is in it, in one statement. Raises NotFoundError."""
    gone = sa.delete(Category).where(col(Category.slug) == slug).returning(col(Category.id))
    if await session.scalar(gone) is None:
        raise NotFoundError(f"There is no category {slug!r}, so it cannot be deleted.")


async def add_questions(session: AsyncSession, added: Sequence[Question]) -> None:
    """Add questions, as few statements as they fit into. Raises ConflictError."""
    async with _writing(session):
        session.add_all(added)


async def set_difficulty(session: AsyncSession, question_ids: Collection[str], difficulty: str) -> int:
    """Make questions as hard as said, in one statement; returns how many there were. Raises ConflictError."""
    changed = sa.update(Question).where(col(Question.id).in_(question_ids)).values(difficulty=difficulty)
    async with _writing(session):
        return len((await session.scalars(changed.returning(col(Question.id)))).all())


async def set_preference(session: AsyncSession, category_id: str, key: str, value: Any) -> None:
    """Set a preference of a category, new or not, in one statement. Raises ConflictError."""
    row = insert(CategoryPreference).values(category_id=category_id, preference_key=key, preference_value=value)
    changed = {"preference_value": row.excluded.preference_value, "updated_at": sa.func.now()}
    async with _writing(session):
        await session.execute(row.on_conflict_do_update(constraint="unique_preference", set_=changed))


@asynccontextmanager
async def _writing(session: AsyncSession) -> AsyncIterator[None]:
    """Send what is written at the end of the block. Raises ConflictError in place of the driver's error."""
    try:
        yield
        await session.flush()
    except IntegrityError as error:
        name = constraint_of(error)
        raise ConflictError(_REFUSED.get(name or "", f"The rows break a rule of the tables ({name}).")) from error


async def _all(session: AsyncSession, statement: sa.Select[T]) -> Sequence[T]:
    return (await session.scalars(statement)).all()


def _of(relationship: Any) -> Any:
    """A relationship of a table's class, as a query wants it: SQLModel types it as what it holds."""
    return relationship
