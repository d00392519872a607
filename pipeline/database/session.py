"""Connections: one engine per command, and PostgreSQL's errors in words."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    AsyncTransaction,
    async_sessionmaker,
    create_async_engine,
)

from pipeline.database.url import WHERE, checked_url, require_files
from pipeline.errors import DatabaseError, UnknownOutcomeError
from pipeline.model.pack import Pack

COMMIT_SECONDS = 2.0
"""How long somebody who wants to leave waits for a commit that is on its way."""

PLAN_AGAIN = "Run `pipeline plan` again: what it still shows was not made."
_DRIVER = (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError)
_SERIALIZATION = ("40001", "40P01")
_UNIQUE = "23505"
_EXPLAINED = {
    "23502": "a value is missing that the column needs",
    "23503": "a row refers to another that does not exist",
    "23505": "two rows would have the same key",
    "23514": "a value breaks a rule of the table",
    "23P01": "two rows would have what only one may have",
    "22001": "a text is longer than its column",
    "22003": "a number is larger than its column",
    "22007": "a text is no date",
    "22008": "a date or time is none that a calendar and a clock know",
    "25006": "the transaction may only read",
    "42501": "the database user may not do this; `pipeline db grants` prints what a role needs",
    "42P01": "a table is missing",
    "42703": "a column is missing",
    "53100": "the server's disk is full",
    "53200": "the server has no memory left",
    "53400": "a limit is reached that the server's administrator has set",
    "55P03": "somebody else holds a lock on the rows",
    "57014": "the statement was cancelled or took too long",
}
_BROKEN_OFF = ("08", "57P", "25P03", "25P04")
"""What the server says when it ends a connection: broken, shut down, restarted, or idle for too long."""


def make_engine(url: str) -> AsyncEngine:
    """An engine whose connections asyncpg opens itself, so that every parameter of the URL means what it says.

    Statements are never prepared under a name: a pooler such as PgBouncer gives the next one another connection.
    """
    dsn = checked_url(url)

    async def connect() -> Any:
        require_files(dsn)
        name = f"pipeline {os.getpid()} on {socket.gethostname()}"
        settings = {"timezone": "UTC", "application_name": name[:63]}
        try:
            return await asyncpg.connect(dsn, server_settings=settings, statement_cache_size=0)
        except OSError as error:  # a failing certificate is a ValueError, too
            raise DatabaseError(_unreachable(error)) from error
        except ValueError as error:  # a port that is no number, an unknown sslmode, no ~/.postgresql/root.crt
            said = str(error)
            reason = said if said.startswith("root certificate file") else "its URL cannot be understood"
            raise DatabaseError(_no_connection(reason)) from None  # its text repeats pieces of the URL
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DatabaseError(_unreachable(error)) from error

    return create_async_engine("postgresql+asyncpg://", async_creator=connect, pool_pre_ping=True, pool_size=2)


def make_sessions(engine: AsyncEngine, pack: Pack | None = None) -> async_sessionmaker[AsyncSession]:
    """Sessions for people who work with the tables' classes, in the pack's schema: nothing expires at commit."""
    if pack is not None and pack.schema is not None:
        engine = engine.execution_options(schema_translate_map={None: pack.schema})
    return async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False, autoflush=False)


def sessions(engine: AsyncEngine, pack: Pack) -> async_sessionmaker[AsyncSession]:
    """Sessions that see the pack's tables in the schema that the pack lives in.

    `async with sessions(engine, PACK).begin() as session:` commits at the end, and rolls back on any error.
    """
    if pack.schema is None:
        return make_sessions(engine)
    return make_sessions(engine.execution_options(schema_translate_map={None: pack.schema}))


@asynccontextmanager
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session that commits at the end and rolls back on any error. What was loaded stays readable after it.

    Nothing is flushed before a query by itself. Raises DatabaseError where the database refuses something, and
    UnknownOutcomeError where its answer to the commit never comes.
    """
    try:
        async with make_sessions(engine)() as opened:
            yield opened
            await opened.flush()
            await _commit(opened, "Look at the rows before you write them again.")
    except _DRIVER as error:
        raise DatabaseError(_BREAK if _is_broken_off(error) else _refused(error)) from error


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection in a REPEATABLE READ, READ ONLY transaction: all that is read is of one moment."""
    with explained():
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            async with connection.begin():
                yield connection


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection in a REPEATABLE READ transaction that commits at the end, or rolls back on any error."""
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        async with committing(connection):
            yield connection


@asynccontextmanager
async def committing(connection: AsyncConnection) -> AsyncIterator[None]:
    """A transaction that commits at the end, or rolls back on any error.

    Raises UnknownOutcomeError where the server's answer to the commit never comes.
    """
    async with connection.begin() as transaction:
        yield
        await _commit(transaction)


async def _commit(transaction: AsyncTransaction | AsyncSession, then: str = PLAN_AGAIN) -> None:
    """Commit. Once that is on its way, who is told to leave sees it through first: else its end would be unknown.

    The request to leave stays on the task (`Task.cancelling`), for whoever has told the end. `then` says what to do
    where nobody knows it.
    """
    commit = asyncio.ensure_future(transaction.commit())
    try:
        try:
            await asyncio.shield(commit)
        except asyncio.CancelledError:
            await asyncio.wait({commit}, timeout=COMMIT_SECONDS)
            if not commit.done():
                commit.cancel()
                await asyncio.wait({commit}, timeout=COMMIT_SECONDS)
                raise UnknownOutcomeError(_unknown("The command was told to leave", then)) from None
            commit.result()
    except (*_DRIVER, OSError) as error:
        if _is_broken_off(error):
            raise UnknownOutcomeError(_unknown("The connection to the database broke off", then)) from error
        raise


def _unknown(happened: str, then: str) -> str:
    return (
        f"{happened} while the changes were being committed, so it is unknown whether they were: either all of them "
        f"were made or none. {then}"
    )


def is_conflict(error: BaseException) -> bool:
    """Whether somebody else's commit came between: then the whole transaction may be tried again."""
    state = _sqlstate(error)
    return state in _SERIALIZATION or state == _UNIQUE


@contextmanager
def explained() -> Iterator[None]:
    """Turn the driver's errors into DatabaseError with one paragraph for a person."""
    try:
        yield
    except (*_DRIVER, OSError) as error:
        raise DatabaseError(_BREAK if _is_broken_off(error) else _refused(error)) from error


@contextmanager
def discreet() -> Iterator[None]:
    """As `explained`, around statements with a secret among their values: no error and no traceback repeats those."""
    try:
        yield
    except (*_DRIVER, OSError) as error:
        raise DatabaseError(_BREAK if _is_broken_off(error) else _reason(error) + "Nothing was changed.") from None


_BREAK = (
    "The connection to the database broke off. Nothing was changed: the server takes back what was not committed. "
    "Run the command again when the server can be reached."
)


def _is_broken_off(error: BaseException) -> bool:
    """Whether the connection is gone, or the server has just said that it closes it."""
    driver = _driver_error(error)
    state = _sqlstate(error)
    if state is not None:
        return state.startswith(_BROKEN_OFF)
    return isinstance(driver, (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError))


def constraint_of(error: DBAPIError) -> str | None:
    """The name of the constraint that the server found broken; None where it is about something else."""
    found = getattr(_driver_error(error), "constraint_name", None)
    return found if isinstance(found, str) else None


def _driver_error(error: BaseException) -> BaseException | None:
    """What asyncpg raised, from inside SQLAlchemy's two wrappings."""
    if not isinstance(error, DBAPIError):
        return error
    return getattr(error.orig, "__cause__", None) or error.orig


def _sqlstate(error: BaseException) -> str | None:
    found = getattr(getattr(error, "orig", None), "sqlstate", None) or getattr(error, "sqlstate", None)
    return found if isinstance(found, str) else None


def _refused(error: BaseException) -> str:
    said = str(_driver_error(error)).splitlines()
    detail = f' (it says: "{said[0]}")' if said else ""
    return f"{_reason(error, detail)}Nothing was changed. See the statement with --debug."


def _reason(error: BaseException, detail: str = "") -> str:
    return f"The database refused: {_EXPLAINED.get(_sqlstate(error) or '', 'the server reports an error')}{detail}. "


def _unreachable(error: BaseException) -> str:
    """Why there is no connection."""
    said = str(error)
    match error:
        case asyncpg.InvalidCatalogNameError():
            reason = "there is no database of that name on the server"
        case asyncpg.InvalidAuthorizationSpecificationError() if "pg_hba.conf" in said:
            reason = "the server lets this user in only from elsewhere or otherwise (its pg_hba.conf), such as by TLS"
        case asyncpg.InvalidAuthorizationSpecificationError():
            reason = "the server does not accept this user and password"
        case asyncpg.CannotConnectNowError() | asyncpg.TooManyConnectionsError():
            reason = "the server takes no connection right now; try again in a moment"
        case asyncpg.ProtocolViolationError() if "startup parameter" in said:
            reason = f'the connection pooler does not pass on a parameter of the URL (it says: "{said}")'
        case ssl.SSLError() | ConnectionError() if (tls := _tls(error)) is not None:
            reason = tls
        case OSError():
            reason = "no server answers there"
        case asyncpg.InterfaceError() | asyncpg.PostgresConnectionError():
            reason = "the connection broke off"
        case _:
            return _refused(error)
    return _no_connection(reason)


def _tls(error: OSError) -> str | None:
    """Why the connection cannot be made secret; None where it is not about that."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"the server's certificate is not the one expected ({error.verify_message.rstrip('.')})"
        case ssl.SSLError():
            return f"TLS with the server fails ({error.reason or 'a file holds no certificate'})"
        case _ if "SSL upgrade" in str(error):
            return "the server does not speak TLS, which sslmode asks for"
    return None


def _no_connection(reason: str) -> str:
    return f"The database cannot be reached: {reason}. {WHERE}"
