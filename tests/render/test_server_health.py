"""How a database is, as a person reads it."""

from __future__ import annotations

import pytest

from pipeline.model.server_health import ServerHealth, TableSize
from pipeline.render.server_health import render, size


def test_a_table_of_tables() -> None:
    tables = (
        TableSize("homologation", "public", "elements", 1_600_000, 900, 12),
        TableSize("quiz", "quiz", "questions", 8192, 20, 0),
    )

    assert render(ServerHealth("18.1", "tariff", 0.42, tables)).splitlines() == [
        "healthy  PostgreSQL 18.1, database tariff, answers in 0.4 ms",
        "",
        f"  {'':12}  {'':15}       size       rows       dead",
        "  homologation  public.elements     1.5 MB        900         12",
        "  quiz          quiz.questions        8 kB         20          0",
    ]


def test_no_tables_yet() -> None:
    assert render(ServerHealth("18.1", "tariff", 12.0, ())) == (
        "healthy  PostgreSQL 18.1, database tariff, answers in 12.0 ms\n"
        "\n"
        "There are no tables yet. Make them with `pipeline db upgrade`.\n"
    )


def test_names_cannot_speak_to_the_terminal() -> None:
    assert "\x1b" not in render(ServerHealth("18.1", "\x1b[31mtariff", 1.0, ()))


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 kB"), (1536, "1.5 kB"), (2**20, "1 MB"), (3 * 2**50, "3072 TB")],
)
def test_sizes(count: int, said: str) -> None:
    assert size(count) == said
