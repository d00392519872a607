"""The figures as tables."""

from __future__ import annotations

import os
import platform

from rich.console import Console
from rich.table import Table

from benchmarks.impact import REQUESTS
from benchmarks.measure import Figures, Scale
from benchmarks.process import Cost, Costs

WORSE = 1.2
"""How much worse a ratio to the floor may be on the large catalogue."""


def show(found: Figures) -> None:
    """Print everything that was measured, and how it stands to its target."""
    console = Console(width=None if Console().is_terminal else 120)
    small = found.everyday
    console.print(
        f"{small.elements} elements, {small.rows} rows, {found.size / 1e6:.1f} MB of manifests; "
        f"Python {platform.python_version()}, {os.cpu_count()} cores."
    )
    console.print(_figures(found))
    console.print(_targets(found))
    if found.large:
        console.print(_growth(small, found.large, found.empty_plan))
    console.print(
        "Start-up: `pipeline validate` of one category. COPY and fetch "
        "are timed from connecting to the end, without starting a process; the rows are ready in memory. Row by row: "
        "related loads relationships (selectin, as seed scripts have it), alone is one statement per row. "
        "Statements: as the server logs them, with BEGIN, COMMIT, COPY and what is prepared "
        "and never run. Processor time and peak memory are those of the process "
        "alone, without the server. Ratios are of the quickest runs.",
        style="dim",
    )


def _figures(found: Figures) -> Table:
    table = Table(title="Whole processes, seconds")
    for heading in ("what", "runs", "min", "median", "on a CPU", "peak MB"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    lines = {
        "pipeline --help": found.help,
        "start-up": found.start_up,
        "validate": found.validate,
        "first apply": found.first_apply,
        **_everyday(found.everyday),
        "plan of one category": found.empty_plan,
        "plan of a changed price, bundled catalogues": found.plan_price,
        "the same without its impact": found.plan_price_alone,
        "floor: COPY of the rows": found.copy,
        "floor: COPY with ledger and change log": found.copy_all,
        "floor: fetch of the rows": found.everyday.fetch,
        "floor: fetch with ledger and change log": found.fetch_all,
    }
    for way, (first, second) in found.seeds.items():
        lines[f"row by row, {way}, first run{_of(found)}"] = Costs((first,))
        lines[f"row by row, {way}, second run{_of(found)}"] = Costs((second,))
    if found.large:
        of = f" ({found.large.elements} elements)"
        lines |= {name + of: costs for name, costs in _everyday(found.large).items()}
        lines[f"floor: fetch of the rows{of}"] = found.large.fetch
    for name, costs in lines.items():
        inner = (f"{costs.processor:.2f}", f"{costs.peak / 1e6:.0f}") if costs.peak else ("", "")
        table.add_row(name, str(len(costs.runs)), f"{costs.best:.2f}", f"{costs.typical:.2f}", *inner)
    return table


def _everyday(scale: Scale) -> dict[str, Costs]:
    return {
        "no-op plan": scale.no_op,
        "plan of a changed line": scale.plan_line,
        "apply of a changed line": scale.apply_line,
        "the same plan into a file": scale.save_line,
        "apply of that file": scale.apply_saved,
    }


def _table(title: str) -> Table:
    table = Table(title=title)
    for heading in ("what", "measured", "target", ""):
        table.add_column(heading, justify="left" if heading in ("what", "") else "right")
    return table


def _add(table: Table, name: str, measured: str, target: str = "", *, met: bool | None = None) -> None:
    table.add_row(name, measured, target, "" if met is None else "met" if met else "MISSED")


def _targets(found: Figures) -> Table:
    table = _table("Against the targets")
    small, apply = found.everyday, found.first_apply.best
    allowed = 2 * (found.copy_all.best + found.fetch_all.best) + found.validate.best
    strict = 2 * found.copy.best + found.validate.best - found.start_up.best
    name = "first apply: 2 x (COPY + fetch of all that it writes) + validate"
    _add(table, name, f"{apply:.2f} s", f"<= {allowed:.2f} s", met=apply <= allowed)
    _add(table, "the same with COPY of the managed rows alone, less start-up", f"{apply:.2f} s", f"{strict:.2f} s")
    _add(table, "first apply / COPY", f"{apply / found.copy.best:.1f} x")
    _add(table, "first apply / COPY with ledger and change log", f"{apply / found.copy_all.best:.1f} x")
    _add(table, "no-op plan / fetch", f"{small.no_op.best / small.fetch.best:.1f} x")
    scaled = "" if found.seed_elements == small.elements else ", scaled up"
    for way, (first, second) in found.seeds.items():
        times = _scaled(found, first) / apply
        _add(table, f"first apply, faster than row by row ({way}, first run{scaled})", f"{times:.1f} x")
        times = _scaled(found, second) / small.no_op.best
        met = times >= 10 if way == "alone" else None
        name = f"no-op plan, faster than row by row ({way}, second run{scaled})"
        _add(table, name, f"{times:.1f} x", ">= 10 x" if way == "alone" else "", met=met)
    for name, costs in {"first apply": found.first_apply, **_everyday(small)}.items():
        each = _memory(costs, found.empty_plan, small)
        _add(table, f"memory per row above an empty plan, {name}", f"{each:.0f} B", "< 3000 B", met=each < 3000)
    for name, count, limit in (("first apply", found.statements_apply, 80), ("no-op plan", found.statements_plan, 30)):
        _add(table, f"statements, {name} of the bundled catalogues", str(count), f"< {limit}", met=count < limit)
    impact = found.plan_price.processor - found.plan_price_alone.processor
    name = f"impact of a changed price: {REQUESTS:,} requests before and after, on a processor"
    _add(table, name, f"{impact:.2f} s", "<= 1.00 s", met=impact <= 1)
    return table


def _growth(small: Scale, large: Scale, empty: Costs) -> Table:
    """How the ratios to a plain fetch of the rows grow with the catalogue."""
    table = _table(f"{large.elements} elements ({large.rows} rows) against {small.elements}: seconds / fetch")
    before = _everyday(small)
    for name, costs in _everyday(large).items():
        was, now = before[name].best / small.fetch.best, costs.best / large.fetch.best
        limit = was * WORSE
        _add(table, name, f"{now:.1f} x (was {was:.1f} x)", f"<= {limit:.1f} x", met=now <= limit)
    for name, costs in _everyday(large).items():
        was, now = _memory(before[name], empty, small), _memory(costs, empty, large)
        _add(
            table,
            f"memory per row, {name}",
            f"{now:.0f} B (was {was:.0f} B)",
            f"<= {was * WORSE:.0f} B",
            met=now <= was * WORSE,
        )
    return table


def _memory(costs: Costs, empty: Costs, scale: Scale) -> float:
    """Bytes a row above what a plan of next to nothing takes."""
    return (costs.peak - empty.peak) / scale.rows


def _of(found: Figures) -> str:
    """A remark where the row-by-row way was measured on fewer elements."""
    return "" if found.seed_elements == found.everyday.elements else f" ({found.seed_elements} elements)"


def _scaled(found: Figures, cost: Cost) -> float:
    """The row-by-row way's seconds for all elements, as if each took as long as those measured; one start-up."""
    start = found.seed_none.seconds
    return start + (cost.seconds - start) * found.everyday.elements / found.seed_elements
