"""Connections, and what a person reads when there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.database.session import (
    constraint_of,
    explained,
    is_conflict,
    make_engine,
    make_sessions,
    reading,
    session,
    sessions,
    writing,
)
from pipeline.errors import DatabaseError, UnknownOutcomeError
from pipeline.packs.homologation import PACK as HOMOLOGATION
from pipeline.packs.homologation.tables import VehicleCategory
from pipeline.packs.quiz import PACK as QUIZ
from pipeline.packs.quiz.tables import Category

SECRET = "hunter2"  # noqa: S105
WHERE = "Look at --database-url, at PIPELINE_DATABASE_URL or at [tool.pipeline] in pyproject.toml."


async def message_of(url: str) -> str:
    """What is said when a plan tries to read from the URL."""
    with pytest.raises(DatabaseError) as failed:
        async with reading(make_engine(url)):
            pass
    return str(failed.value)


async def test_nobody_answers() -> None:
    said = await message_of(f"postgresql://ana:{SECRET}@127.0.0.1:1/catalogue")

    assert said == f"The database cannot be reached: no server answers there. {WHERE}"


async def test_an_unknown_host() -> None:
    assert "no server answers there" in await message_of(f"postgresql://ana:{SECRET}@nowhere.invalid/catalogue")


async def test_an_unknown_database(server: str) -> None:
    said = await message_of(urlsplit(server)._replace(path="/missing").geturl())

    assert said == f"The database cannot be reached: there is no database of that name on the server. {WHERE}"


async def test_an_unknown_user(server: str) -> None:
    said = await message_of(server.replace("postgres@", f"nobody:{SECRET}@", 1))

    assert said == f"The database cannot be reached: the server does not accept this user and password. {WHERE}"


@asynccontextmanager
async def demanding_server() -> AsyncIterator[str]:
    """A server that asks for a password, and refuses every one: the embedded one asks for none."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(int.from_bytes(await reader.readexactly(4)) - 4)
        writer.write(b"R\0\0\0\x08\0\0\0\x03")
        await reader.read(5)
        fields = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user ana\0\0"
        writer.write(b"E" + (len(fields) + 4).to_bytes(4) + fields)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"postgresql://ana:{SECRET}@127.0.0.1:{port}/catalogue?sslmode=disable"


async def test_a_wrong_password_is_not_repeated() -> None:
    async with demanding_server() as url:
        said = await message_of(url)

    assert said == f"The database cannot be reached: the server does not accept this user and password. {WHERE}"


@pytest.mark.parametrize(
    "url", [f"mysql://ana:{SECRET}@host/x", SECRET, "postgresql://", f"postgresql+psycopg://a:{SECRET}@h/x", ""]
)
def test_what_is_no_url_of_postgresql_is_said_without_the_password(url: str) -> None:
    with pytest.raises(DatabaseError) as failed:
        make_engine(url)

    assert SECRET not in str(failed.value)
    assert "postgresql://user@host/database" in str(failed.value)


@pytest.mark.parametrize("rest", ["@host:port/x", "@[::1/x", "@host/x?sslmode=perhaps"])
async def test_a_url_that_cannot_be_understood_is_an_error_in_words(rest: str) -> None:
    said = await message_of(f"postgresql://ana:{SECRET}{rest}")

    assert said == f"The database cannot be reached: its URL cannot be understood. {WHERE}"


async def test_reading_sees_one_moment_and_writes_nothing(engine: AsyncEngine) -> None:
    async with reading(engine) as connection:
        said = {
            name: await connection.scalar(sa.text(f"SHOW {name}"))
            for name in ("transaction_isolation", "transaction_read_only", "timezone")
        }
    assert said == {"transaction_isolation": "repeatable read", "transaction_read_only": "on", "timezone": "UTC"}

    with pytest.raises(DatabaseError, match="the transaction may only read"):
        async with reading(engine) as connection:
            await connection.execute(sa.text("DELETE FROM vehicle_categories"))


async def test_writing_commits_at_the_end_or_not_at_all(engine: AsyncEngine) -> None:
    insert = sa.text("INSERT INTO policies (key, value, category) VALUES (:key, 'x', 'y')")

    async def fail() -> None:
        async with writing(engine) as connection:
            await connection.execute(insert, {"key": "lost"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with writing(engine) as connection:
        assert await connection.scalar(sa.text("SHOW transaction_isolation")) == "repeatable read"
        assert await connection.scalar(sa.text("SHOW transaction_read_only")) == "off"
        await connection.execute(insert, {"key": "kept"})

    async with reading(engine) as connection:
        assert (await connection.scalars(sa.text("SELECT key FROM policies"))).all() == ["kept"]


async def test_sessions_keep_their_objects_after_a_commit(engine: AsyncEngine) -> None:
    async with make_sessions(engine)() as opened:
        category = VehicleCategory(slug="motos-part", name="Motocicletas", client_type="particular")
        opened.add(category)
        await opened.commit()

        assert category.name == "Motocicletas"


async def test_a_session_commits_at_the_end_or_not_at_all(engine: AsyncEngine) -> None:
    async with session(engine) as opened:
        kept = VehicleCategory(slug="kept", name="Motocicletas", client_type="particular")
        opened.add(kept)
    assert kept.name == "Motocicletas"

    async def fail() -> None:
        async with session(engine) as opened:
            opened.add(VehicleCategory(slug="lost", name="x", client_type="particular"))
            await opened.flush()
            raise FileNotFoundError("a file of the caller's")

    with pytest.raises(FileNotFoundError):
        await fail()
    async with session(engine) as opened:
        assert (await opened.scalars(sa.select(VehicleCategory))).one().slug == "kept"


async def test_what_a_session_is_refused_is_said_in_words(engine: AsyncEngine) -> None:
    with pytest.raises(DatabaseError, match="a value breaks a rule"):
        async with session(engine) as opened:
            opened.add(VehicleCategory(slug="a", name="b", client_type="c"))


async def test_a_session_whose_commit_nobody_answers(engine: AsyncEngine) -> None:
    """Its own connection is ended by what runs at its commit."""
    async with writing(engine) as connection:
        await connection.execute(sa.text(AT_COMMIT_FUNCTION))
        await connection.execute(sa.text(AT_COMMIT_TRIGGER))
    with pytest.raises(UnknownOutcomeError, match=r"either all of them were made or none\. Look at the rows"):
        async with session(engine) as opened:
            opened.add(VehicleCategory(slug="a", name="b", client_type="particular"))


AT_COMMIT_FUNCTION = """
CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$
"""
AT_COMMIT_TRIGGER = """
CREATE CONSTRAINT TRIGGER hang_up AFTER INSERT ON vehicle_categories
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hang_up()
"""


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("INSERT INTO policies (key, value) VALUES ('a', 'b')", "a value is missing that the column needs"),
        (
            "INSERT INTO elements (category_id, code, name) VALUES (gen_random_uuid(), 'A', 'a')",
            "a row refers to another",
        ),
        ("INSERT INTO policies (key, value, category) VALUES ('a', 'b', 'c'), ('a', 'b', 'c')", "two rows would have"),
        ("INSERT INTO vehicle_categories (slug, name, client_type) VALUES ('a', 'b', 'c')", "a value breaks a rule"),
        ("INSERT INTO policies (key, value, category) VALUES ('a', 'b', repeat('x', 51))", "a text is longer"),
        ("SELECT * FROM missing", "a table is missing"),
        ("SELECT missing FROM policies", "a column is missing"),
        ("SELECT 1/0", 'the server reports an error (it says: "division by zero")'),
    ],
)
async def test_what_the_server_refuses_is_said_in_words(engine: AsyncEngine, statement: str, reason: str) -> None:
    with pytest.raises(DatabaseError) as failed, explained():
        async with writing(engine) as connection:
            await connection.execute(sa.text(statement))

    said = str(failed.value)
    assert said.startswith("The database refused: ")
    assert reason in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("error", "conflict"),
    [
        (asyncpg.SerializationError("x"), True),
        (asyncpg.DeadlockDetectedError("x"), True),
        (asyncpg.UniqueViolationError("x"), True),
        (asyncpg.CheckViolationError("x"), False),
        (OSError("x"), False),
    ],
)
def test_what_may_be_tried_again(error: Exception, conflict: bool) -> None:
    assert is_conflict(error) is conflict


async def test_no_statement_is_left_prepared(engine: AsyncEngine) -> None:
    """A pooler gives the connection to somebody else, whose statements would have the same names."""
    async with writing(engine) as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver
        await driver.copy_records_to_table("policies", columns=["key", "value", "category"], records=[("a", "b", "c")])
        left = await connection.scalars(sa.text("SELECT statement FROM pg_prepared_statements WHERE name <> ''"))
        assert left.all() == []


async def test_a_connection_that_breaks_off_is_an_error_in_words(engine: AsyncEngine) -> None:
    with pytest.raises(DatabaseError, match=r"connection to the database broke off"):
        async with reading(engine) as connection:
            await connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def test_sessions_see_the_schema_of_their_pack(engine: AsyncEngine) -> None:
    async with sessions(engine, QUIZ).begin() as session:
        session.add(Category(slug="itv", name="ITV"))
    async with sessions(engine, HOMOLOGATION).begin() as session:
        session.add(VehicleCategory(slug="motos", name="Motos", client_type="particular"))

    async with engine.connect() as connection:
        assert await connection.scalar(sa.text("SELECT slug FROM quiz.categories")) == "itv"
        assert await connection.scalar(sa.text("SELECT slug FROM public.vehicle_categories")) == "motos"


async def test_a_session_that_fails_leaves_nothing(engine: AsyncEngine) -> None:
    async def twice() -> None:
        async with sessions(engine, QUIZ).begin() as session:
            session.add(Category(slug="itv", name="ITV"))
            await session.flush()
            session.add(Category(slug="itv", name="ITV"))

    with pytest.raises(IntegrityError) as refused:
        await twice()

    assert constraint_of(refused.value) == "uq_categories_slug"
    async with engine.connect() as connection:
        assert await connection.scalar(sa.text("SELECT count(*) FROM quiz.categories")) == 0


async def test_only_broken_constraints_have_a_name(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as refused:
            await connection.execute(sa.text("SELECT 1 / 0"))

    assert constraint_of(refused.value) is None
