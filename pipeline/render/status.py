"""What became of the rows since they were applied, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.model.address import Address
from pipeline.model.pack import Pack
from pipeline.plan.drift import Drift, How, Standing, Status
from pipeline.plan.past import Run
from pipeline.render.address import shown as shown_address
from pipeline.render.escape import width
from pipeline.render.history import signed
from pipeline.render.text import PLACE_COLUMN, Paint, excerpts, plain, shown

_SAID: dict[How, str] = {
    "changed": "changed",
    "retired": "retired by somebody else",
    "revived": "brought back by somebody else",
    "vanished": "the row is gone",
}
_WAYS_OUT = (
    "To put back what was applied: pipeline apply --allow drift",
    "To keep what the database holds: pipeline export --drift writes it into the manifests",
    "To let people edit a field by hand from now on: remove it from the manifests; the next apply resets it once",
)
_REVIVED = "What was brought back and stands in no manifest: declare it, or retire it by hand"


def render(
    pack: Pack, status: Status, runs: Mapping[Address, Run], paint: Paint = plain, *, details: bool = False
) -> str:
    """The counts of each kind; with `details` each drift, and the ways out of it. `runs` are of what drifted."""
    lines = [paint("head", pack.name), *_table(status, paint)]
    if status.drifts and not details:
        lines += ["", "See what drifted with `pipeline status --drift`."]
    elif details:
        lines.append("")
        for drift in status.drifts:
            lines += _drift(drift, runs.get(drift.address), paint)
        lines += ["", *_ways_out(status)] if status.drifts else ["Nothing was changed outside the manifests."]
    return "\n".join(lines) + "\n"


def _table(status: Status, paint: Paint) -> Iterator[str]:
    sums = [sum(column) for column in zip(*(standing[1:] for standing in status.standings), strict=True)]
    rows = [*status.standings, Standing("in all", *sums)] if sums else []
    longest = max((len(row.kind) for row in rows), default=0)
    heads = ("managed", "retired", "unmanaged", "drifted")
    yield paint("faint", f"  {'':{longest}}  " + "  ".join(f"{head:>9}" for head in heads))
    for row in rows:
        counts = [f"{count:>9}" for count in row[1:]]
        if row.drifted:
            counts[-1] = paint("cause", counts[-1])
        yield f"  {row.kind:{longest}}  " + "  ".join(counts)


def _drift(drift: Drift, run: Run | None, paint: Paint) -> Iterator[str]:
    head = f"  {shown_address(drift.address)}"
    space = " " * max(PLACE_COLUMN - width(head), 2)
    since = f" since {signed(run)}" if run else ""
    yield paint("update", head) + space + paint("faint", _SAID[drift.how] + since)
    longest = max((width(field.name) for field in drift.fields), default=0)
    for field in drift.fields:
        name = field.name + " " * (longest - width(field.name))
        applied, now = excerpts(shown(field.applied), shown(field.now))
        yield f"      {name}    applied {applied}, now {now}"


def _ways_out(status: Status) -> Iterator[str]:
    """What can be done; what is brought back needs something else than the rest."""
    how = {drift.how for drift in status.drifts}
    if how - {"revived"}:
        yield from _WAYS_OUT
    if "revived" in how:
        yield _REVIVED
