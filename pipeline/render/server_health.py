"""How a database is, as text."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model.server_health import ServerHealth, TableSize
from pipeline.render.escape import one_line, width
from pipeline.render.text import Paint, plain

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1024


def render(found: ServerHealth, paint: Paint = plain) -> str:
    """One line about the server, then one for each table of ours, largest first."""
    head = f"PostgreSQL {one_line(found.server)}, database {one_line(found.database)}"
    lines = [f"{paint('create', 'healthy')}  {head}, answers in {found.latency_ms:.1f} ms"]
    if not found.tables:
        return "\n".join([*lines, "", "There are no tables yet. Make them with `pipeline db upgrade`.", ""])
    return "\n".join([*lines, "", *_table(found.tables, paint), ""])


def _table(tables: tuple[TableSize, ...], paint: Paint) -> Iterator[str]:
    names = [one_line(f"{table.schema}.{table.table}") for table in tables]
    longest = max(width(name) for name in names)
    packs = max(width(one_line(table.pack)) for table in tables)
    yield paint("faint", f"  {'':{packs}}  {'':{longest}}  {'size':>9}  {'rows':>9}  {'dead':>9}")
    for name, table in zip(names, tables, strict=True):
        counts = f"{size(table.size):>9}  {table.live:>9}  {table.dead:>9}"
        yield f"  {_padded(one_line(table.pack), packs)}  {_padded(name, longest)}  {counts}"


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def size(count: int) -> str:
    """Bytes as people read them: `8 kB`, `1.5 MB`."""
    amount, unit = float(count), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return f"{amount:.1f}".removesuffix(".0") + f" {_UNITS[unit]}"
