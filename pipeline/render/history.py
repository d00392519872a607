"""Runs, what they did, and where values come from, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.model.pack import Pack
from pipeline.plan.blame import LIVENESS, Account, Source
from pipeline.plan.past import Entry, Run, retold
from pipeline.render.address import shown as shown_address
from pipeline.render.escape import one_line, width
from pipeline.render.text import VALUE_LIMIT, Paint, changes, excerpts, plain, shown

COMMIT_LENGTH = 10
_DONE = {
    "create": "created",
    "update": "updated",
    "move": "moved",
    "reactivate": "reactivated",
    "deactivate": "deactivated",
    "record": "noted in the ledger",
}


def runs(found: Sequence[Run], total: int, page: int, limit: int, paint: Paint = plain) -> str:
    """A page of runs, newest first."""
    if not total:
        return "No runs yet: nothing was ever applied.\n"
    lines = [line for run in found for line in _run(run, paint)]
    pages = -(-total // limit)
    if not found:
        lines.append("There is only 1 page." if pages == 1 else f"There are only {pages} pages.")
    elif pages > 1:
        lines.append(f"Page {page} of {pages}." + (f" Older: --page {page + 1}" if page < pages else ""))
    return "\n".join(lines) + "\n"


def run(pack: Pack, found: Run, entries: Sequence[Entry], paint: Paint = plain) -> str:
    """One run and each of its changes, with before and after."""
    lines = [*_run(found, paint)]
    if found.pruned:
        return "\n".join([*lines, "", "What it changed was pruned from the history."]) + "\n"
    told = list(changes(retold(found, entries, pack), paint))
    noted = [entry for entry in entries if entry.action == "record"]
    if told:
        lines += ["", *told]
    if noted:
        lines += ["", "Noted in the ledger, without a change to the row:"]
        lines += [f"  {shown_address(entry.address)}" for entry in noted]
    return "\n".join(lines) + "\n"


def blame(account: Account, paint: Paint = plain) -> str:
    """Where the values of a resource come from, a line or two for each."""
    lines = [paint("head", one_line(str(account.address)))]
    if not account.managed:
        lines.append("  The pipeline does not manage it: no manifest ever declared it, or its run was taken back.")
    elif not account.present:
        lines.append("  Its row is gone from the database. What was last applied:")
    longest = max((width(source.name) for source in account.sources), default=0)
    for source in account.sources:
        lines += _source(source, longest, account, paint)
    return "\n".join(lines) + "\n"


def signed(run: Run) -> str:
    """`run 7 of 2026-11-22 09:30 UTC by ana`."""
    return f"run {run.number} of {_moment(run)} by {one_line(run.actor)}"


def _moment(run: Run) -> str:
    return f"{run.at:%Y-%m-%d %H:%M} UTC"


def _run(run: Run, paint: Paint) -> Iterator[str]:
    head = f"run {run.number}"
    if run.undoes is not None:
        head += f", takes back run {run.undoes}"
    yield paint("head", head) + f"  {_moment(run)}  {one_line(run.actor)}" + paint("faint", _from(run))
    where = run.pack + (f" · {run.scope}" if run.scope else "")
    counts = [f"{run.counts[action]} {_DONE[action]}" for action in _DONE if run.counts[action]]
    pruned = " (details pruned)" if run.pruned else ""
    yield f"    {one_line(where)}: {', '.join(counts) or 'nothing'}{pruned}"
    if run.reason:
        yield f"    reason: {one_line(run.reason)}"
    if run.allowed:
        yield f"    allowed: {', '.join(map(_allowed, run.allowed))}"


def _from(run: Run) -> str:
    """The commit, and the user that the database saw where that is another name."""
    said = f" (database user {one_line(run.database_user)})" if run.database_user != run.actor else ""
    if run.commit:
        said += f"  commit {one_line(run.commit[:COMMIT_LENGTH])}" + ("" if run.clean else " with local changes")
    return said


def _allowed(hazard: Mapping[str, Any]) -> str:
    """A hazard as the run recorded it: `drift`, or `mass-update:element (12 rows)`."""
    kind, rows = hazard.get("kind"), hazard.get("rows")
    said = str(hazard.get("name")) + (f":{kind}" if kind else "")
    return one_line(said + ("" if rows is None else " (1 row)" if rows == 1 else f" ({rows} rows)"))


def _source(source: Source, longest: int, account: Account, paint: Paint) -> Iterator[str]:
    name = source.name + " " * (longest - width(source.name))
    value = shown(source.applied if source.owned else source.now)
    yield f"  {name}  {one_line(value, VALUE_LIMIT)}"
    margin = "  " + " " * longest + "    "
    yield margin + paint("faint", _told(source))
    if source.owned and account.present and shown(source.applied) != shown(source.now):
        _, now = excerpts(shown(source.applied), shown(source.now))
        yield margin + paint("cause", f"now {now}: changed outside the manifests")


def _told(source: Source) -> str:
    """Who, when and from where, in one sentence."""
    if source.how == "unknown" or source.touch is None:
        return _unknown(source)
    run, entry = source.touch
    match source.how:
        case "created":
            said = f"created with the row in {signed(run)}"
        case "found":
            said = f"stood there already when {signed(run)} took it over"
        case _:
            said = f"{_deed(source, entry)} in {signed(run)}"
    return said + _place(run, entry)


def _unknown(source: Source) -> str:
    if not source.owned:
        return "no manifest declares it: it is not the pipeline's"
    if source.touch is None:
        return "what wrote it was pruned from the history"
    return f"written before {signed(source.touch.run)}; what was done then was pruned from the history"


def _deed(source: Source, entry: Entry) -> str:
    if source.name == LIVENESS:
        return _DONE[entry.action]
    change = next(field for field in entry.fields if field.name == source.name)
    before, after = excerpts(shown(change.before), shown(change.after))
    return f"{before} -> {after}" if source.owned else f"{before} -> {after}, as no manifest declares it any more,"


def _place(run: Run, entry: Entry) -> str:
    said = ""
    if entry.file:
        said += ", from " + one_line(entry.file) + (f":{entry.line}" if entry.line else "")
    if run.commit:
        said += f", commit {one_line(run.commit[:COMMIT_LENGTH])}" + ("" if run.clean else " with local changes")
    if run.undoes is not None:
        said += f", which took back run {run.undoes}"
    return said
