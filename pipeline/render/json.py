"""Plans, diagnostics, drift and history as JSON, for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.model import values
from pipeline.model.address import Address
from pipeline.model.diagnostic import Diagnostic, Place
from pipeline.model.pack import Pack
from pipeline.model.server_health import ServerHealth
from pipeline.plan.blame import Account
from pipeline.plan.change import Plan, field_documents
from pipeline.plan.drift import Drift, Status
from pipeline.plan.past import Entry, Run
from pipeline.plan.scenarios import Trial
from pipeline.render.escape import visible


def plans(found: Sequence[Plan]) -> str:
    """The plans of all packs, one document."""
    return _text({"plans": [plan.document() for plan in found]})


def impacts(found: Sequence[Plan]) -> str:
    """What each of the plans changes for quotes, null where that was not compared."""
    told = [(plan, plan.impact) for plan in found]
    return _text(
        {"plans": [{"pack": plan.pack, "impact": impact.document() if impact else None} for plan, impact in told]}
    )


def document(found: Mapping[str, Any]) -> str:
    """Data that a pack made, one document."""
    return _text(found)


def diagnostics(found: Sequence[Diagnostic]) -> str:
    """All findings, one document."""
    return _text({"diagnostics": [_diagnostic(item) for item in found]})


def trials(found: Sequence[Trial]) -> str:
    """Every example that was run, and in what its answer is not as expected, one document."""
    failed = sum(bool(one.mismatches) for one in found)
    return _text({"passed": len(found) - failed, "failed": failed, "scenarios": [_trial(one) for one in found]})


def status(found: Sequence[tuple[Pack, Status, Mapping[Address, Run]]]) -> str:
    """The standing of every kind and what drifted, of all packs, one document."""
    packs = [
        {
            "pack": pack.name,
            "kinds": [standing._asdict() for standing in state.standings],
            "drifts": [_drift(drift, runs.get(drift.address)) for drift in state.drifts],
        }
        for pack, state, runs in found
    ]
    return _text({"packs": packs})


def health(found: ServerHealth) -> str:
    """How a database that answers is."""
    tables = [table._asdict() for table in found.tables]
    return _text({"status": "healthy"} | found._asdict() | {"tables": tables})


def unhealthy(error: str) -> str:
    """A database that does not answer, and why."""
    return _text({"status": "unhealthy", "error": error})


def runs(found: Sequence[Run], total: int, page: int, limit: int) -> str:
    """A page of runs, newest first, and how many there are in all."""
    return _text({"runs": [_run(run) for run in found], "total": total, "page": page, "limit": limit})


def run(found: Run, entries: Sequence[Entry]) -> str:
    """One run and all that it did; no changes where they were pruned."""
    return _text({"run": _run(found), "changes": [_entry(entry) for entry in entries]})


def blame(account: Account) -> str:
    """Where the values of a resource come from. `touch` is the run that is told of each, and what it did."""
    sources = [
        source._asdict()
        | {"touch": {"run": _run(source.touch.run), "change": _entry(source.touch.entry)} if source.touch else None}
        for source in account.sources
    ]
    return _text(_address(account.address) | account._asdict() | {"address": str(account.address), "sources": sources})


def _address(address: Address) -> dict[str, Any]:
    return {"kind": address.kind, "key": address.key, "address": str(address)}


def _drift(drift: Drift, run: Run | None) -> dict[str, Any]:
    fields = {field.name: {"applied": field.applied, "now": field.now} for field in drift.fields}
    return _address(drift.address) | {"how": drift.how, "fields": fields, "run": _run(run) if run else None}


def _run(run: Run) -> dict[str, Any]:
    return run._asdict() | {"at": run.at.isoformat()}


def _entry(entry: Entry) -> dict[str, Any]:
    return _address(entry.address) | {
        "action": entry.action,
        "cause": entry.cause,
        "moved_from": entry.moved_from,
        "fields": field_documents(entry.fields),
        "declared": entry.declared,
        "active": entry.active,
        "protected": entry.protected,
        "file": entry.file,
        "line": entry.line,
    }


def _diagnostic(item: Diagnostic) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "severity": item.severity,
        **_place(item.place or Place(item.origin.file)),
        "message": item.message,
        "hint": item.hint or None,
        "also": [_place(place) for place in item.also_places],
    }


def _trial(one: Trial) -> dict[str, Any]:
    return {
        "pack": one.pack,
        "scope": one.example.scope or None,
        "name": one.example.name,
        **_place(one.place),
        "passed": not one.mismatches,
        "mismatches": [
            {"what": wrong.what, "expected": wrong.expected, "actual": wrong.actual, **_place(place)}
            for wrong, place in one.mismatches
        ],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line or None, "column": place.column or None}


def _text(content: object) -> str:
    return visible(values.canonical_text(content, indent=True)) + "\n"  # also safe to be looked at in a terminal
