"""What `verify` found, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.model.pack import Pack, Violation
from pipeline.render.escape import one_line
from pipeline.render.text import Paint, plain


def render(
    pack: Pack,
    rows: Mapping[str, tuple[int, int]],
    violations: Mapping[str, Sequence[Violation]],
    tables: Mapping[str, Mapping[str, int | None]],
    paint: Paint = plain,
    unsound: Sequence[str] = (),
) -> str:
    """Rows and active rows per kind, rows of all tables by section, each invariant and what breaks it, and what else is
    wrong."""
    longest = max(len(name) for name in rows)
    lines = [paint("head", pack.name)]
    lines += [f"  {name.ljust(longest)}  {_rows(total)}  {active:>7} active" for name, (total, active) in rows.items()]
    lines.append("")
    longest = max((len(name) for section in tables.values() for name in section), default=0)
    for section, counted in tables.items():
        lines.append(f"  {section}")
        lines += [f"    {name.ljust(longest)}  {_rows(total).rstrip()}" for name, total in counted.items()]
    lines.append("")
    for invariant in pack.invariants:
        broken = violations[invariant.name]
        verdict = paint("deactivate", "BROKEN") if broken else paint("create", "holds")
        lines.append(f"  {verdict}  {invariant.name}: {invariant.summary}")
        lines += [f"    {one_line(found.message)}" for found in broken]
    lines += [f"  {paint('deactivate', 'BROKEN')}  {one_line(sentence)}" for sentence in unsound]
    return "\n".join(lines) + "\n"


def _rows(total: int | None) -> str:
    if total is None:
        return "not for this user to read"
    return f"{total:>7} {'row ' if total == 1 else 'rows'}"
