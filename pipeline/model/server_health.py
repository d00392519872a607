"""How a database is: which one it is, how fast it answers, and how large its tables are."""

from __future__ import annotations

from typing import NamedTuple


class TableSize(NamedTuple):
    """A table with its indexes, in bytes. `live` and `dead` rows are the server's own estimates."""

    pack: str
    schema: str
    table: str
    size: int
    live: int
    dead: int


class ServerHealth(NamedTuple):
    """A database that answers, after `latency_ms` milliseconds, and the tables that are ours, largest first."""

    server: str
    database: str
    latency_ms: float
    tables: tuple[TableSize, ...]
