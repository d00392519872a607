"""The figures as tables."""

from __future__ import annotations

import os
import platform

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Figures
from benchmarks.process import Cost, Costs


def show(found: Figures) -> None:
    """Print everything that was measured, and how it stands to its target."""
    console = Console(width=None if Console().is_terminal else 120)
    console.print(
        f"{found.elements} elements, {found.rows} rows, {found.size / 1e6:.1f} MB of manifests; "
        f"Python {platform.python_version()}, {os.cpu_count()} cores."
    )
    console.print(_figures(found))
    console.print(_ratios(found))
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
        "no-op plan": found.no_op,
        "plan after a change of one line": found.plan_line,
        "apply of that change": found.apply_line,
        "plan of one category": found.empty_plan,
        "floor: COPY of the rows": found.copy,
        "floor: COPY with ledger and change log": found.copy_all,
        "floor: fetch of the rows": found.fetch,
        "floor: fetch with ledger and change log": found.fetch_all,
    }
    for way, (first, second) in found.seeds.items():
        lines[f"row by row, {way}, first run{_of(found)}"] = Costs((first,))
        lines[f"row by row, {way}, second run{_of(found)}"] = Costs((second,))
    for name, costs in lines.items():
        inner = (f"{costs.processor:.2f}", f"{costs.peak / 1e6:.0f}") if costs.peak else ("", "")
        table.add_row(name, str(len(costs.runs)), f"{costs.best:.2f}", f"{costs.typical:.2f}", *inner)
    return table


def _ratios(found: Figures) -> Table:
    table = Table(title="Against the targets")
    for heading in ("what", "measured", "target", ""):
        table.add_column(heading, justify="left" if heading in ("what", "") else "right")
    floor = found.copy_all.best + found.fetch_all.best
    allowed = 2 * floor + found.validate.best
    strict = 2 * found.copy.best + found.validate.best - found.start_up.best

    def add(name: str, measured: str, target: str, *, met: bool | None = None) -> None:
        table.add_row(name, measured, target, "" if met is None else "met" if met else "MISSED")

    apply = found.first_apply.best
    name = "first apply: 2 x (COPY + fetch of all that it writes) + validate"
    add(name, f"{apply:.2f} s", f"<= {allowed:.2f} s", met=apply <= allowed)
    add("the same with COPY of the managed rows alone, less start-up", f"{apply:.2f} s", f"{strict:.2f} s")
    add("first apply / COPY", f"{apply / found.copy.best:.1f} x", "")
    add("first apply / COPY with ledger and change log", f"{apply / found.copy_all.best:.1f} x", "")
    add("no-op plan / fetch", f"{found.no_op.best / found.fetch.best:.1f} x", "")
    scaled = "" if found.seed_elements == found.elements else ", scaled up"
    for way, (first, second) in found.seeds.items():
        times = _scaled(found, first) / apply
        add(f"first apply, faster than row by row ({way}, first run{scaled})", f"{times:.1f} x", "")
        times = _scaled(found, second) / found.no_op.best
        add(
            f"no-op plan, faster than row by row ({way}, second run{scaled})",
            f"{times:.1f} x",
            ">= 10 x",
            met=times >= 10,
        )
    for name, costs in {
        "first apply": found.first_apply,
        "no-op plan": found.no_op,
        "plan of one line": found.plan_line,
        "apply of one line": found.apply_line,
    }.items():
        each = (costs.peak - found.empty_plan.peak) / found.rows
        add(f"memory per row above an empty plan, {name}", f"{each:.0f} B", "< 3000 B", met=each < 3000)
    for name, count, limit in (("first apply", found.statements_apply, 80), ("no-op plan", found.statements_plan, 30)):
        add(f"statements, {name} of the bundled catalogues", str(count), f"< {limit}", met=count < limit)
    return table


def _of(found: Figures) -> str:
    """A remark where the row-by-row way was measured on fewer elements."""
    return "" if found.seed_elements == found.elements else f" ({found.seed_elements} elements)"


def _scaled(found: Figures, cost: Cost) -> float:
    """The row-by-row way's seconds for all elements, as if each took as long as those measured; one start-up."""
    start = found.seed_none.seconds
    return start + (cost.seconds - start) * found.elements / found.seed_elements
