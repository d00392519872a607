"""One apply at a time per pack: an advisory lock that ends with its transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import blake2b

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from pipeline.database.session import writing
from pipeline.errors import LockTimeoutError

POLL_SECONDS = 0.2

# A server that waits for somebody's lock does not hear that its client was killed, unless it looks now and then.
_LOOK = sa.case(
    (
        sa.func.version().like("PostgreSQL%linux%"),  # on other systems some servers refuse it
        sa.func.set_config("client_connection_check_interval", "1s", sa.true()),
    )
)
_HOLDER = sa.text(
    "SELECT a.application_name, a.usename, coalesce(a.client_addr::text, 'this machine'), a.xact_start"
    " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (l.classid::bigint << 32 | l.objid::bigint) = :number"
)


def number(name: str) -> int:
    """The lock's 64-bit number for a name."""
    return int.from_bytes(blake2b(f"pipeline:{name}".encode(), digest_size=8).digest(), signed=True)


@asynccontextmanager
async def locked(
    engine: AsyncEngine, name: str, patience: float, waiting: Callable[[str], None]
) -> AsyncIterator[AsyncConnection]:
    """A writing transaction that holds the lock `name`.

    Each try is a transaction of its own, so that its snapshot is not older than the lock. `waiting` is
    called once with a sentence about who holds it. Raises LockTimeoutError after `patience` seconds.
    """
    end = time.monotonic() + patience
    told = False
    while True:
        async with writing(engine) as connection:
            if await connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(number(name)), _LOOK)):
                yield connection
                return
            holder = await _holder(connection, name)
        if not told:
            waiting(f"Waiting for another apply of {name}: {holder}.")
            told = True
        if time.monotonic() >= end:
            raise LockTimeoutError(
                f"Another apply of {name} has not ended within {patience:g} seconds: {holder}. "
                "Nothing was changed. Try again later, or wait longer with --lock-timeout."
            )
        await asyncio.sleep(POLL_SECONDS)


async def _holder(connection: AsyncConnection, name: str) -> str:
    row = (await connection.execute(_HOLDER, {"number": number(name)})).first()
    if row is None:
        return "it has just ended"
    name, user, place, since = row
    if since is None:  # only the same user and monitors may see more of a session
        return f"{name or 'an unnamed program'}, user {user}"
    return f"{name or 'an unnamed program'}, user {user}, from {place}, since {since:%Y-%m-%d %H:%M:%S} UTC"
