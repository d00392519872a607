"""The patterns of the quiz's programs, on a real database, with the statements they take."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from pipeline.database.session import sessions
from pipeline.packs.quiz import PACK, data
from pipeline.packs.quiz.data import ConflictError, NotFoundError
from pipeline.packs.quiz.tables import Category, CategoryPreference, Document, Question
from tests.packs.trial import statements


@pytest.fixture
def maker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return sessions(engine, PACK)


@pytest.fixture
async def session(maker: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """A session with the category `reformas` in its database."""
    async with maker.begin() as first:
        await data.create_category(first, "reformas", "Reformas")
    async with maker() as session:
        yield session
        await session.rollback()


async def reformas(session: AsyncSession) -> str:
    return (await data.category(session, "reformas")).id


def question(category: str, code: str, **more: Any) -> Question:
    return Question(
        category_id=category, code=code, question_text="¿?", options=["sí", "no"], correct_answer="sí", **more
    )


async def test_ids_are_uuids_as_text(session: AsyncSession) -> None:
    assert str(UUID(await reformas(session))) == await reformas(session)
    await session.execute(sa.text("INSERT INTO quiz.categories (slug, name) VALUES ('otra', 'Otra')"))
    assert UUID((await data.category(session, "otra")).id).version == 4


async def test_categories_are_listed_newest_first(session: AsyncSession, engine: AsyncEngine) -> None:
    await data.create_category(session, "seguridad", "Seguridad", color="#000000")

    with statements(engine) as sent:
        found = await data.categories(session)
    assert [(item.slug, item.color) for item in found] == [("seguridad", "#000000"), ("reformas", "#3B82F6")]
    assert len(sent) == 1


async def test_a_slug_that_is_taken(session: AsyncSession) -> None:
    with pytest.raises(ConflictError, match="There is a category of that short name already"):
        await data.create_category(session, "reformas", "Otra vez")


async def test_a_category_that_is_not_there(session: AsyncSession) -> None:
    for work in (
        data.category(session, "nada"),
        data.delete_category(session, "nada"),
        data.update_category(session, "nada", name="x"),
    ):
        with pytest.raises(NotFoundError, match="There is no category 'nada'"):
            await work


async def test_updating_moves_the_time_of_the_last_change(
    maker: async_sessionmaker[AsyncSession], session: AsyncSession
) -> None:
    before = (await data.category(session, "reformas")).updated_at
    await session.rollback()

    async with maker.begin() as other:
        changed = await data.update_category(other, "reformas", name="Reformas de vehículos")

    async with maker() as after:
        found = await data.category(after, "reformas")
    assert (changed.name, found.name) == ("Reformas de vehículos", "Reformas de vehículos")
    assert found.updated_at > before


async def test_many_questions_are_one_statement(session: AsyncSession, engine: AsyncEngine) -> None:
    owner = await reformas(session)

    with statements(engine) as sent:
        await data.add_questions(session, [question(owner, f"q{number:03}") for number in range(200)])
    assert len(sent) == 1
    assert (await data.questions(session, owner, size=1)).total == 200


async def test_questions_are_filtered_and_paged(session: AsyncSession, engine: AsyncEngine) -> None:
    owner = await reformas(session)
    levels = ("easy", "hard", "hard", "easy", "hard")
    made = [
        question(owner, f"q{n}", difficulty=level, tags=[level, "itv"] if n else []) for n, level in enumerate(levels)
    ]
    made[4].question_type = "true_false"
    made.append(question(owner, "retired", is_active=False))
    await data.add_questions(session, made)
    session.expunge_all()

    with statements(engine) as sent:
        first = await data.questions(session, owner, size=2)
        assert {found.category.slug for found in first.items} == {"reformas"}
    assert len(sent) == 3
    rest = await data.questions(session, owner, number=2, size=2)
    assert [[found.code for found in page.items] for page in (first, rest)] == [["q0", "q1"], ["q2", "q3"]]
    assert first.total == rest.total == 5

    async def codes(**wanted: Any) -> list[str]:
        return [found.code for found in (await data.questions(session, owner, **wanted)).items]

    assert await codes(difficulty="hard") == ["q1", "q2", "q4"]
    assert await codes(difficulty="hard", question_types=["true_false"]) == ["q4"]
    assert await codes(tag="itv", difficulty="easy") == ["q3"]


async def test_categories_come_with_all_that_is_in_them(session: AsyncSession, engine: AsyncEngine) -> None:
    owner = await reformas(session)
    session.add(Document(category_id=owner, title="Manual", filename="manual.pdf"))
    await data.add_questions(session, [question(owner, "a"), question(owner, "b")])
    await data.create_category(session, "vacia", "Vacía")
    session.expunge_all()

    with statements(engine) as sent:
        found = await data.categories_with_content(session)
        assert [(len(one.questions), len(one.documents)) for one in found] == [(2, 1), (0, 0)]
    assert len(sent) == 3


async def test_many_questions_get_another_difficulty_in_one_statement(
    session: AsyncSession, engine: AsyncEngine
) -> None:
    owner = await reformas(session)
    made = [question(owner, code) for code in "abc"]
    await data.add_questions(session, made)

    with statements(engine) as sent:
        assert await data.set_difficulty(session, [made[0].id, made[2].id, "none"], "hard") == 2
    assert len(sent) == 1
    assert [found.code for found in (await data.questions(session, owner, difficulty="hard")).items] == ["a", "c"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "a"}, "has a question of that code already"),
        ({"category_id": "nowhere"}, "The category of the question does not exist"),
        ({"document_id": "nowhere"}, "The document of the question does not exist"),
        ({"difficulty": "brutal"}, "easy, medium or hard"),
        ({"question_type": "essay"}, "multiple_choice or true_false"),
        ({"rating": 6}, "from 0 to 5"),
        ({"question_text": None}, "break a rule"),
    ],
)
async def test_what_the_tables_refuse_is_said_in_words(session: AsyncSession, wrong: dict[str, Any], said: str) -> None:
    owner = await reformas(session)
    await data.add_questions(session, [question(owner, "a")])
    made = question(owner, "b")
    for name, value in wrong.items():
        setattr(made, name, value)

    with pytest.raises(ConflictError, match=said) as refused:
        await data.add_questions(session, [made])

    assert "INSERT" not in str(refused.value)


async def test_a_difficulty_that_there_is_not(session: AsyncSession) -> None:
    made = question(await reformas(session), "a")
    await data.add_questions(session, [made])

    with pytest.raises(ConflictError, match="easy, medium or hard"):
        await data.set_difficulty(session, [made.id], "brutal")


async def test_a_preference_is_set_and_set_again(session: AsyncSession, engine: AsyncEngine) -> None:
    owner = await reformas(session)

    with statements(engine) as sent:
        await data.set_preference(session, owner, "time", {"seconds": 30})
        await data.set_preference(session, owner, "time", {"seconds": 60})
    assert len(sent) == 2
    assert [row.preference_value for row in await session.scalars(sa.select(CategoryPreference))] == [{"seconds": 60}]
    with pytest.raises(ConflictError, match="The category does not exist"):
        await data.set_preference(session, "nowhere", "time", 1)


async def test_deleting_takes_along_what_depends_and_keeps_what_does_not(
    session: AsyncSession, engine: AsyncEngine
) -> None:
    await data.create_category(session, "otra", "Otra")
    owner, other = await reformas(session), (await data.category(session, "otra")).id
    source = Document(category_id=owner, title="Manual", filename="manual.pdf")
    session.add(source)
    await session.flush()
    await data.add_questions(session, [question(owner, "a"), question(other, "b", document_id=source.id)])
    await data.set_preference(session, owner, "time", 1)

    with statements(engine) as sent:
        await data.delete_category(session, "reformas")
    assert len(sent) == 1
    session.expunge_all()
    (left,) = await session.scalars(sa.select(Question))
    assert (left.code, left.document_id) == ("b", None)
    for table in (Document, CategoryPreference):
        assert await session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


async def test_a_transaction_that_fails_leaves_nothing(maker: async_sessionmaker[AsyncSession]) -> None:
    async def twice() -> None:
        async with maker.begin() as session:
            await data.create_category(session, "una", "Una")
            await data.create_category(session, "una", "Otra")

    with pytest.raises(ConflictError):
        await twice()

    async with maker() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Category)) == 0
