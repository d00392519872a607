"""Statements as the server itself counts them, in its log.

Counted are the simple queries (with BEGIN, COMMIT and COPY), every execution of a prepared statement, and the
statements that are only prepared and never run, such as those by which asyncpg looks at a table before a COPY.
"""

from __future__ import annotations

import re
from pathlib import Path

import asyncpg

from benchmarks.process import pipeline

_LINE = re.compile(r"\[(\d+)\] LOG:  duration: [\d.]+ ms  (statement|parse|execute)(?: ([^:]+))?: (.*)")
_LOGGED = ("log_min_duration_statement = 0", "log_parameter_max_length = 0", "log_error_verbosity = terse")


async def log_all(server: str, database: str) -> None:
    """Let the server log every statement of a database's connections from now on."""
    connection = await asyncpg.connect(server)
    for setting in _LOGGED:
        await connection.execute(f"ALTER DATABASE {database} SET {setting}")
    await connection.close()


def counted(log: Path, folder: Path, url: str, *arguments: str) -> int:
    """How many statements a command of the pipeline sends."""
    start = log.stat().st_size
    pipeline(folder, url, *arguments)
    with log.open("rb") as file:
        file.seek(start)
        return count(file.read().decode("utf-8", "replace"))


def count(log: str) -> int:
    """How many statements a piece of the server's log tells of."""
    found = 0
    waiting: dict[tuple[str, str], str] = {}
    for server_process, step, name, text in _LINE.findall(log):
        statement = server_process, name
        if step == "parse":
            # Without a name a statement is parsed to learn its types, and once more to be run. If it is another one,
            # the last was never run.
            found += waiting.get(statement, text) != text
            waiting[statement] = text
        else:
            waiting.pop(statement, None)
            found += 1
    return found + len(waiting)
